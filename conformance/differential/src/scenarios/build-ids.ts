import { completeWorkflow } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { terminate } from "../scripts.js";
import { type PlainObject, pickList } from "../wire/plain.js";

/** How runs are found by the builds of the workers that worked on them. */
export const buildIdScenarios = [
  scenario("build-ids-of-plain-worker", (s) => workAndList(s, {})),

  scenario("build-ids-of-stamped-worker", async (s) => {
    await workAndList(s, { workerVersionStamp: { buildId: s.name("build") } });
  }),

  scenario("build-ids-of-checksummed-worker", async (s) => {
    await workAndList(s, { binaryChecksum: s.name("checksum") });
  }),

  scenario("build-ids-of-two-workers", async (s) => {
    const first = { buildId: s.name("first") };
    const second = { buildId: s.name("second") };
    await workAndList(s, { workerVersionStamp: first }, { workerVersionStamp: second });
  }),
];

async function workAndList(
  s: Scenario,
  completion: PlainObject,
  last: PlainObject = completion,
): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  await list(s, `WorkflowId = '${run.workflowId}'`);
  await s.completeWorkflowTask(await s.pollWorkflowTask(queue), [], completion);
  await s.describe(run);
  await list(s, `WorkflowId = '${run.workflowId}' AND BuildIds = 'unversioned'`);
  const signal = { workflowExecution: { ...run }, signalName: "go" };
  await s.call("SignalWorkflowExecution", signal);
  const isOver = completion === last;
  const commands = isOver ? [completeWorkflow()] : [];
  await s.completeWorkflowTask(await s.pollWorkflowTask(queue), commands, last);
  if (!isOver) await terminate(s, run);
  await s.describe(run);
  await list(s, `WorkflowId = '${run.workflowId}' AND ExecutionStatus != 'Running'`);
  for (const condition of ["IS NULL", "IN ('unversioned')", "STARTS_WITH 'unversioned:'"]) {
    const query = `WorkflowId = '${run.workflowId}' AND BuildIds ${condition}`;
    await s.attempt("CountWorkflowExecutions", { query });
  }
}

async function list(s: Scenario, query: string): Promise<void> {
  await s.callUntil(
    "ListWorkflowExecutions",
    { query },
    (response) => pickList(response, "executions").length === 1,
  );
}
