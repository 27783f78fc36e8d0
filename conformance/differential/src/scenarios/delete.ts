import { completeWorkflow } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { pickList } from "../wire/plain.js";

export const deleteScenarios = [
  scenario("delete-closed", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.call("DeleteWorkflowExecution", { workflowExecution: { ...run } });
    await gone(s, run);
  }),

  scenario("delete-open", async (s) => {
    const run = await s.start({ taskQueue: { name: s.name("queue") } });
    const { workflowId } = run;
    await s.call("DeleteWorkflowExecution", { workflowExecution: { workflowId } });
    await gone(s, run);
    await s.attempt("DeleteWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("delete-lets-the-id-be-used-again", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("workflow");
    const run = await s.start({ workflowId, taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.call("DeleteWorkflowExecution", { workflowExecution: { ...run } });
    await gone(s, run);
    await s.pause(1100);
    const again = await s.start({
      workflowId,
      taskQueue: { name: queue },
      requestId: s.uuid("second-request"),
      workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE",
    });
    await s.describe(again);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...again } });
  }),

  scenario("delete-one-run-of-two", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("workflow");
    const first = await s.start({ workflowId, taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.pause(1100);
    const requestId = s.uuid("second-request");
    const second = await s.start({ workflowId, taskQueue: { name: queue }, requestId });
    await s.call("DeleteWorkflowExecution", { workflowExecution: { ...first } });
    await untilNotFound(s, first);
    await s.describe(second);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...second } });
  }),
];

/** Waits until a run is gone from everywhere, and records how its absence is told. */
async function gone(s: Scenario, run: WorkflowRef): Promise<void> {
  await untilNotFound(s, run);
  const execution = { ...run };
  await s.attempt("DescribeWorkflowExecution", { execution });
  await s.attempt("GetWorkflowExecutionHistory", { execution });
  await s.attempt("SignalWorkflowExecution", { workflowExecution: execution, signalName: "late" });
  await s.attempt("DescribeWorkflowExecution", { execution: { workflowId: run.workflowId } });
  const query = `WorkflowId = '${run.workflowId}'`;
  await s.callUntil(
    "ListWorkflowExecutions",
    { query },
    (response) => pickList(response, "executions").length === 0,
  );
}

/** A deletion takes its time. */
async function untilNotFound(s: Scenario, run: WorkflowRef): Promise<void> {
  for (let round = 0; round < 600; round++) {
    if (!(await s.exists(run))) return;
    await s.pause(50);
  }
}
