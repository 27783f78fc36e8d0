import { command, completeWorkflow, scheduleActivity } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal, terminate } from "../scripts.js";
import { reset, resetRefused } from "./reset-calls.js";
import { startIdle, timer } from "./update-messages.js";

/** Resets of runs with something pending, and what the new runs have of it. */
export const resetPendingScenarios = [
  scenario("reset-with-pending-activities", async (s) => {
    const { queue, run } = await startIdle(s);
    await signal(s, run, "go");
    await s.runWorkflowTask(queue, [
      scheduleActivity(queue, { activityId: "a1" }),
      scheduleActivity(s.name("other-queue"), { activityId: "a2" }),
    ]);
    const first = await s.pollActivityTask(queue);
    await signal(s, run, "more");
    await s.runWorkflowTask(queue);
    await s.history(run);
    const next = await reset(s, run, 14);
    await s.history(next);
    await s.attempt("RespondActivityTaskCompleted", { taskToken: first.taskToken });
    await s.runWorkflowTask(queue);
    const again = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskCompleted", { taskToken: again.taskToken });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(next);
  }),

  scenario("reset-with-a-pending-timer", async (s) => {
    const { queue, run } = await startIdle(s);
    await signal(s, run, "go");
    await s.runWorkflowTask(queue, [timer("2s")]);
    await signal(s, run, "more");
    await s.runWorkflowTask(queue);
    const next = await reset(s, run, 13);
    await s.runWorkflowTask(queue);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(next);
  }),

  scenario("reset-with-started-activities", async (s) => {
    const { queue, run } = await startIdle(s);
    await signal(s, run, "go");
    await s.runWorkflowTask(queue, [
      scheduleActivity(queue, { activityId: "a1", retryPolicy: { maximumAttempts: 1 } }),
    ]);
    await s.pollActivityTask(queue);
    await signal(s, run, "more");
    await s.runWorkflowTask(queue);
    await s.history(run);
    const next = await reset(s, run, 13);
    await s.history(next);
    await s.describe(next);
    await terminate(s, next);
  }),

  scenario("reset-after-properties-changed", async (s) => {
    const { queue, run } = await startIdle(s, {
      memo: { fields: { m: { data: "1" } } },
      searchAttributes: {
        indexedFields: { DiffKeyword: { metadata: { encoding: "json/plain" }, data: '"a"' } },
      },
      userMetadata: { summary: { metadata: { encoding: "json/plain" }, data: '"s"' } },
    });
    await signal(s, run, "go");
    await s.runWorkflowTask(queue, [
      command("MODIFY_WORKFLOW_PROPERTIES", { upsertedMemo: { fields: { n: { data: "2" } } } }),
      command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", {
        searchAttributes: {
          indexedFields: { DiffKeyword: { metadata: { encoding: "json/plain" }, data: '"b"' } },
        },
      }),
    ]);
    const next = await reset(s, run, 4);
    await s.describe(next);
    await s.describe(run);
    await s.callUntil(
      "ListWorkflowExecutions",
      { query: `WorkflowId = '${run.workflowId}'` },
      (answer) => (answer["executions"] as unknown[] | undefined)?.length === 2,
    );
    await terminate(s, next);
  }),

  scenario("reset-of-a-run-with-a-pending-retry-task", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    await s.call("RespondWorkflowTaskFailed", {
      taskToken: task.taskToken,
      cause: "WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR",
      failure: { message: "no" },
    });
    const second = await s.pollWorkflowTask(queue);
    await s.call("RespondWorkflowTaskFailed", {
      taskToken: second.taskToken,
      cause: "WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR",
      failure: { message: "no" },
    });
    await s.pollWorkflowTask(queue);
    const next = await reset(s, run, 4);
    await s.history(run);
    await s.history(next);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(next);
  }),

  scenario("reset-of-a-delayed-run", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      workflowStartDelay: "1s",
      workflowRunTimeout: "50s",
    });
    await resetRefused(s, run, 2);
    await s.runWorkflowTask(queue);
    const next = await reset(s, run, 4);
    await s.history(next);
    await s.describe(next);
    await terminate(s, next);
  }),
] as const;
