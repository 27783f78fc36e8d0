import { applicationFailure, completeWorkflow } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { terminate } from "../scripts.js";

/** The search attribute that tells of workflow tasks which fail again and again. */
export const reportedProblemScenarios = [
  scenario(
    "reported-problems-of-failures",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      await failTask(s, queue);
      await s.describe(run);
      // Without an event, the cause is not noted.
      await failTask(s, queue, "WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR");
      await s.describe(run);
      await list(s, run.workflowId, 1);
      await s.runWorkflowTask(queue);
      await s.describe(run);
      await list(s, run.workflowId, 0);
      await terminate(s, run);
      await s.describe(run);
    },
    { setup: "fewProblems" },
  ),

  scenario(
    "reported-problems-of-timeouts",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue }, workflowTaskTimeout: "1s" });
      await s.pollWorkflowTask(queue);
      await s.pollWorkflowTask(queue);
      await s.pollWorkflowTask(queue);
      await s.describe(run);
      await terminate(s, run);
      await s.describe(run);
    },
    { setup: "fewProblems" },
  ),

  scenario(
    "reported-problems-until-the-end",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      await failTask(s, queue);
      await failTask(s, queue);
      await s.runWorkflowTask(queue, [completeWorkflow()]);
      await s.describe(run);
      await s.history(run);
    },
    { setup: "fewProblems" },
  ),

  scenario(
    "reported-problems-with-signals-between",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      for (const _ of [1, 2, 3]) {
        const task = await s.pollWorkflowTask(queue);
        const workflowExecution = { ...run };
        await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "go" });
        const { taskToken } = task;
        await s.call("RespondWorkflowTaskFailed", { taskToken, failure: applicationFailure("f") });
        await s.describe(run);
      }
      await terminate(s, run);
    },
    { setup: "fewProblems" },
  ),
];

async function failTask(s: Scenario, queue: string, cause?: string): Promise<void> {
  const { taskToken } = await s.pollWorkflowTask(queue);
  const failure = applicationFailure("not done");
  await s.call("RespondWorkflowTaskFailed", {
    taskToken,
    failure,
    cause: cause ?? "WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE",
  });
}

async function list(s: Scenario, workflowId: string, count: number): Promise<void> {
  const category = "category=WorkflowTaskFailed";
  const query = `WorkflowId = '${workflowId}' AND TemporalReportedProblems = '${category}'`;
  await s.callUntil(
    "CountWorkflowExecutions",
    { query },
    (response) => Number(response.count ?? 0) === count,
  );
}
