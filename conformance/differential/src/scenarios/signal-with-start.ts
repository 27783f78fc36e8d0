import { completeWorkflow, payload, payloads } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { type PlainObject, pickText } from "../wire/plain.js";

const REUSE = "WORKFLOW_ID_REUSE_POLICY_";
const CONFLICT = "WORKFLOW_ID_CONFLICT_POLICY_";

export const signalWithStartScenarios = [
  scenario("signal-with-start-new", async (s) => {
    const queue = s.name("queue");
    const request = signalWithStart(s, queue, {
      input: payloads("in"),
      header: { fields: { trace: payload("t") } },
      memo: { fields: { note: payload("memo") } },
      userMetadata: { summary: payload("summary") },
      links: [{ batchJob: { jobId: "job" } }],
      priority: { priorityKey: 2 },
      workflowExecutionTimeout: "100s",
    });
    await s.call("SignalWithStartWorkflowExecution", request, { label: "first" });
    await s.call("SignalWithStartWorkflowExecution", request, { label: "repeated" });
    const again = { ...request, requestId: s.uuid("again") };
    await s.call("SignalWithStartWorkflowExecution", again, { label: "other request" });
    await both(s, request);
  }),

  scenario("signal-with-start-delayed", async (s) => {
    const queue = s.name("queue");
    const request = signalWithStart(s, queue, { workflowStartDelay: "600s" });
    await s.call("SignalWithStartWorkflowExecution", request, { label: "first" });
    await both(s, request);
    const again = signalWithStart(s, queue, { workflowId: pickText(request, "workflowId") });
    await s.call("SignalWithStartWorkflowExecution", again, { label: "second" });
    await both(s, request);
  }),

  ...["UNSPECIFIED", "FAIL", "USE_EXISTING", "TERMINATE_EXISTING"].map((policy) =>
    scenario(
      `signal-with-start-conflict-${policy.toLowerCase().replaceAll("_", "-")}`,
      async (s) => {
        await startedBefore(s, { workflowIdConflictPolicy: `${CONFLICT}${policy}` }, "running");
      },
    ),
  ),

  ...[
    "ALLOW_DUPLICATE",
    "ALLOW_DUPLICATE_FAILED_ONLY",
    "REJECT_DUPLICATE",
    "TERMINATE_IF_RUNNING",
  ].map((policy) =>
    scenario(`signal-with-start-reuse-${policy.toLowerCase().replaceAll("_", "-")}`, async (s) => {
      await startedBefore(s, { workflowIdReusePolicy: `${REUSE}${policy}` }, "running");
      await startedBefore(s, { workflowIdReusePolicy: `${REUSE}${policy}` }, "completed");
    }),
  ),

  scenario("signal-with-start-validation", async (s) => {
    const queue = s.name("queue");
    for (const [label, fields] of Object.entries(INVALID)) {
      const request = signalWithStart(s, queue, fields);
      await s.attempt("SignalWithStartWorkflowExecution", request, { label });
    }
    await s.attempt("SignalWithStartWorkflowExecution", {}, { label: "namespace only" });
  }),
];

const LONG = "x".repeat(1001);

const INVALID: Readonly<Record<string, PlainObject>> = {
  "no workflow id": { workflowId: "" },
  "long workflow id": { workflowId: LONG },
  "no signal name": { signalName: "" },
  "long signal name": { signalName: LONG },
  "no workflow type": { workflowType: undefined },
  "long workflow type": { workflowType: { name: LONG } },
  "no task queue": { taskQueue: undefined },
  "system task queue": { taskQueue: { name: "temporal-sys-per-ns-tq" } },
  "long request id": { requestId: LONG },
  "negative execution timeout": { workflowExecutionTimeout: "-1s" },
  "negative run timeout": { workflowRunTimeout: "-1s" },
  "negative task timeout": { workflowTaskTimeout: "-1s" },
  "negative start delay": { workflowStartDelay: "-1s" },
  "start delay with cron": { workflowStartDelay: "1s", cronSchedule: "@every 1h" },
  "invalid cron": { cronSchedule: "nonsense" },
  "invalid retry policy": { retryPolicy: { backoffCoefficient: 0.1 } },
  "reuse policy with conflict policy": {
    workflowIdReusePolicy: `${REUSE}TERMINATE_IF_RUNNING`,
    workflowIdConflictPolicy: `${CONFLICT}USE_EXISTING`,
  },
  "reject duplicate with terminate existing": {
    workflowIdReusePolicy: `${REUSE}REJECT_DUPLICATE`,
    workflowIdConflictPolicy: `${CONFLICT}TERMINATE_EXISTING`,
  },
  "unknown search attribute": { searchAttributes: { indexedFields: { Nope: payload("x") } } },
  "invalid priority": { priority: { priorityKey: -1 } },
  "invalid link": { links: [{ workflowEvent: {} }] },
};

function signalWithStart(s: Scenario, queue: string, request: PlainObject): PlainObject {
  return s.startRequest({
    taskQueue: { name: queue },
    signalName: "go",
    signalInput: payloads("news"),
    ...request,
  });
}

async function startedBefore(
  s: Scenario,
  fields: PlainObject,
  state: "running" | "completed",
): Promise<void> {
  const queue = s.name(`queue ${state}`);
  const workflowId = s.name(`workflow ${state}`);
  await s.start({ workflowId, taskQueue: { name: queue } });
  if (state === "completed") await s.runWorkflowTask(queue, [completeWorkflow()]);
  await s.pause(1100);
  const request = signalWithStart(s, queue, { workflowId, ...fields });
  const label = `while ${state}`;
  const response = await s.attempt("SignalWithStartWorkflowExecution", request, { label });
  if (response === undefined) return;
  await s.history({ workflowId, runId: pickText(response, "runId") });
  await s.attempt("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
}

/** Records what became of the run that a request started. */
async function both(s: Scenario, request: PlainObject): Promise<void> {
  const run = { workflowId: pickText(request, "workflowId"), runId: "" };
  await s.history(run);
  await s.describe(run);
}
