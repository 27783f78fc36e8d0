import { applicationFailure, command, completeWorkflow, payload, payloads } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { type PlainObject, pickText } from "../wire/plain.js";

const BIG = "x".repeat(2 * 1024 * 1024);

export const limitScenarios = [
  scenario("limit-start-payloads", async (s) => {
    const queue = s.name("queue");
    const attempt = async (label: string, fields: PlainObject): Promise<void> => {
      const request = s.startRequest({ taskQueue: { name: queue }, ...fields });
      await s.attempt("StartWorkflowExecution", request, { label });
    };
    await attempt("input", { input: payloads(BIG) });
    await attempt("memo", { memo: { fields: { note: payload(BIG) } } });
    const withSignal = { signalName: "go", signalInput: payloads(BIG) };
    const request = s.startRequest({ taskQueue: { name: queue }, ...withSignal });
    await s.attempt("SignalWithStartWorkflowExecution", request, { label: "signal input" });
    await s.attempt("DescribeWorkflowExecution", {
      execution: { workflowId: pickText(request, "workflowId") },
    });
  }),

  scenario("limit-signal-payload", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const workflowExecution = { ...run };
    const request = { workflowExecution, signalName: "go", input: payloads(BIG) };
    await s.attempt("SignalWorkflowExecution", request);
    await s.call("TerminateWorkflowExecution", { workflowExecution });
    await s.history(run);
  }),

  ...Object.entries(COMMANDS()).map(([label, commands]) =>
    scenario(`limit-payload-of-${label}`, async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const { taskToken } = await s.pollWorkflowTask(queue);
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
      await s.history(run);
      await s.describe(run);
      await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    }),
  ),

  scenario("limit-restarts-of-one-id", async (s) => {
    await restart(s, "closed", { close: true });
    await restart(s, "open", { close: false });
  }),
];

function COMMANDS(): Readonly<Record<string, readonly PlainObject[]>> {
  const big = payloads(BIG);
  const memo = { fields: { note: payload(BIG) } };
  return {
    complete: [completeWorkflow(BIG)],
    fail: [command("FAIL_WORKFLOW_EXECUTION", { failure: applicationFailure(BIG) })],
    cancel: [command("CANCEL_WORKFLOW_EXECUTION", { details: big })],
    "continue-as-new": [command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", { input: big })],
    "continue-as-new-memo": [command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", { memo })],
    marker: [command("RECORD_MARKER", { markerName: "m", details: { big } })],
    "memo-change": [command("MODIFY_WORKFLOW_PROPERTIES", { upsertedMemo: memo })],
  };
}

async function restart(
  s: Scenario,
  label: string,
  { close }: { readonly close: boolean },
): Promise<void> {
  const queue = s.name(`queue ${label}`);
  const request = s.startRequest({
    workflowId: s.name(`workflow ${label}`),
    taskQueue: { name: queue },
    workflowIdConflictPolicy: "WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING",
  });
  await s.call("StartWorkflowExecution", request);
  if (close) await s.runWorkflowTask(queue, [completeWorkflow()]);
  const again = { ...request, requestId: s.uuid(`again ${label}`) };
  await s.pause(1100);
  await s.attempt("StartWorkflowExecution", again, { label: "after a while" });
  const workflowExecution = { workflowId: pickText(request, "workflowId") };
  await s.call("TerminateWorkflowExecution", { workflowExecution });
}
