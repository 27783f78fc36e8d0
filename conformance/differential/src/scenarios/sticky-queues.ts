import { applicationFailure, completeWorkflow } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { signal, startOnQueue } from "../scripts.js";
import { type PlainObject, pickBytes } from "../wire/plain.js";

export const stickyQueueScenarios = [
  scenario("workflow-task-sticky", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const sticky = s.name("sticky");
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, [], { stickyAttributes: stickyTo(sticky, "5s") });
    const polling = s.begin("PollWorkflowTaskQueue", stickyPoll(sticky, queue));
    await s.pause(200); // The worker must be known before the task is scheduled.
    await signal(s, run, "news");
    const response = await polling.response();
    const taskToken = pickBytes(response, "taskToken");
    await s.call("RespondWorkflowTaskCompleted", { taskToken, commands: [completeWorkflow()] });
    await s.closedHistory(run);
  }),

  scenario("workflow-task-sticky-timeout", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const sticky = s.name("sticky");
    const task = await s.pollWorkflowTask(queue);
    await pollOnce(s, sticky, queue);
    await s.completeWorkflowTask(task, [], { stickyAttributes: stickyTo(sticky, "1s") });
    await signal(s, run, "news");
    const again = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(again, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-sticky-failed", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const sticky = s.name("sticky");
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, [], { stickyAttributes: stickyTo(sticky, "5s") });
    const polling = s.begin("PollWorkflowTaskQueue", stickyPoll(sticky, queue));
    await s.pause(200); // As above.
    await signal(s, run, "news");
    const taskToken = pickBytes(await polling.response(), "taskToken");
    await s.call("RespondWorkflowTaskFailed", {
      taskToken,
      failure: applicationFailure("evicted"),
    });
    await s.describe(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-sticky-reset", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const sticky = s.name("sticky");
    const task = await s.pollWorkflowTask(queue);
    await pollOnce(s, sticky, queue);
    await s.completeWorkflowTask(task, [], { stickyAttributes: stickyTo(sticky, "60s") });
    await s.call("ResetStickyTaskQueue", { execution: { ...run } });
    await signal(s, run, "news");
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
    await s.attempt("ResetStickyTaskQueue", { execution: { ...run } });
    await s.attempt("ResetStickyTaskQueue", { execution: { workflowId: s.name("absent") } });
    await s.attempt("ResetStickyTaskQueue", {}, { label: "empty" });
  }),
];

function stickyTo(name: string, scheduleToStartTimeout: string): PlainObject {
  return {
    workerTaskQueue: { name, kind: "TASK_QUEUE_KIND_STICKY" },
    scheduleToStartTimeout,
  };
}

function stickyPoll(name: string, normalName: string): PlainObject {
  return { taskQueue: { name, kind: "TASK_QUEUE_KIND_STICKY", normalName } };
}

/** Polls a sticky queue for a moment, so that the server knows that its worker is there. */
async function pollOnce(s: Scenario, sticky: string, queue: string): Promise<void> {
  await s.attempt("PollWorkflowTaskQueue", stickyPoll(sticky, queue), { deadlineMs: 2500 });
}
