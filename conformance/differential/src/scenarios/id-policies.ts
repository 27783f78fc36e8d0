import { applicationFailure, command, completeWorkflow } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { type PlainObject, pickText } from "../wire/plain.js";

const REUSE_POLICIES = [
  "ALLOW_DUPLICATE",
  "ALLOW_DUPLICATE_FAILED_ONLY",
  "REJECT_DUPLICATE",
  "TERMINATE_IF_RUNNING",
];

const CONFLICT_POLICIES = ["UNSPECIFIED", "FAIL", "USE_EXISTING", "TERMINATE_EXISTING"];

const FAIL = command("FAIL_WORKFLOW_EXECUTION", { failure: applicationFailure("broken") });

export const idPolicyScenarios = [
  ...REUSE_POLICIES.map((policy) =>
    scenario(`reuse-policy-${policy.toLowerCase().replaceAll("_", "-")}`, async (s) => {
      const reuse = { workflowIdReusePolicy: `WORKFLOW_ID_REUSE_POLICY_${policy}` };
      await startTwice(s, "after completed", { second: reuse, close: [completeWorkflow()] });
      await startTwice(s, "after failed", { second: reuse, close: [FAIL] });
      await startTwice(s, "while running", { second: reuse, close: [] });
    }),
  ),

  ...CONFLICT_POLICIES.map((policy) =>
    scenario(`conflict-policy-${policy.toLowerCase().replaceAll("_", "-")}`, async (s) => {
      const conflict = { workflowIdConflictPolicy: `WORKFLOW_ID_CONFLICT_POLICY_${policy}` };
      await startTwice(s, "while running", { second: conflict, close: [] });
      await startTwice(s, "after completed", { second: conflict, close: [completeWorkflow()] });
    }),
  ),

  scenario("conflict-terminate-existing-failed-only", async (s) => {
    const second = {
      workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY",
      workflowIdConflictPolicy: "WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING",
    };
    await startTwice(s, "while running", { second, close: [] });
  }),

  scenario("request-id-idempotency", async (s) => {
    const queue = s.name("queue");
    const request = s.startRequest({ taskQueue: { name: queue } });
    const first = await s.call("StartWorkflowExecution", request, { label: "first" });
    await s.call("StartWorkflowExecution", request, { label: "same request id" });
    const other = { ...request, requestId: s.uuid("other-request") };
    await s.attempt("StartWorkflowExecution", other, { label: "other request id" });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.call("StartWorkflowExecution", request, { label: "same request id, closed" });
    await s.attempt("StartWorkflowExecution", other, { label: "other request id, closed" });
    const workflowId = pickText(request, "workflowId");
    await s.history({ workflowId, runId: pickText(first, "runId") });
    await s.call("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
  }),

  scenario("request-id-generated", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, requestId: "" });
    const again = s.startRequest({
      ...run,
      runId: undefined,
      taskQueue: { name: queue },
      requestId: "",
    });
    await s.attempt("StartWorkflowExecution", again, { label: "again without a request id" });
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),
];

interface SecondStart {
  readonly second: PlainObject;
  /** Commands that close the first run before the second start; none leaves it running. */
  readonly close: readonly PlainObject[];
}

/** Starts a workflow, closes it or not, and starts it again; records both runs. */
async function startTwice(
  s: Scenario,
  label: string,
  { second, close }: SecondStart,
): Promise<void> {
  const queue = s.name(`queue ${label}`);
  const workflowId = s.name(`workflow ${label}`);
  const run = await s.start({ workflowId, taskQueue: { name: queue } });
  if (close.length > 0) await s.runWorkflowTask(queue, close);
  const request = s.startRequest({
    workflowId,
    taskQueue: { name: queue },
    requestId: s.uuid(`second request ${label}`),
    ...second,
  });
  const response = await s.attempt("StartWorkflowExecution", request, { label });
  await s.history(run);
  if (response !== undefined)
    await historyOfSecond(s, { workflowId, runId: pickText(response, "runId") });
  const terminate = { workflowExecution: { workflowId } };
  await s.attempt("TerminateWorkflowExecution", terminate, { label: `clean up ${label}` });
}

async function historyOfSecond(s: Scenario, run: WorkflowRef): Promise<void> {
  await s.describe(run);
  await s.history(run);
}
