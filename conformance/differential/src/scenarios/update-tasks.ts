import { completeWorkflow } from "../commands.js";
import { scenario } from "../scenario.js";
import {
  accept,
  admitted,
  answer,
  beginUpdate,
  complete,
  fieldsOnly,
  inlineTask,
  reject,
  startIdle,
  timer,
} from "./update-messages.js";

/** The workflow tasks that bring updates, and what becomes of them. */
export const updateTaskScenarios = [
  scenario("update-then-signal-before-the-task-starts", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    await s.history(run);
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [reject("u1", task)]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-then-signal-while-the-task-runs", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    await answer(s, task, [reject("u1", task)]);
    await update.response();
    await s.runWorkflowTask(queue);
    await s.history(run);
  }),

  scenario("update-with-events-since-the-last-task", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [timer("60s")]);
    const rejected = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    const capabilities = { discardSpeculativeWorkflowTaskWithEvents: true };
    await answer(s, task, [reject("u1", task), fieldsOnly({ capabilities })]);
    await rejected.response();
    await s.history(run);
    const kept = beginUpdate(s, run, { id: "u2" });
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [reject("u2", next)]);
    await kept.response();
    await s.history(run);
  }),

  scenario("update-that-nobody-comes-for", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", deadlineMs: 30_000 });
    await admitted(s, run, "u1");
    await s.pause(6000);
    await s.history(run);
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-whose-task-times-out", async (s) => {
    const { queue, run } = await startIdle(s, { workflowTaskTimeout: "1s" });
    const update = beginUpdate(s, run, { id: "u1" });
    await s.pollWorkflowTask(queue);
    const again = await s.pollWorkflowTask(queue);
    await s.history(run);
    await answer(s, again, [accept("u1", again), complete("u1")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-whose-task-fails", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const { taskToken } = await s.pollWorkflowTask(queue);
    const cause = "WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE";
    await s.call("RespondWorkflowTaskFailed", { taskToken, cause });
    const again = await s.pollWorkflowTask(queue);
    await answer(s, again, [accept("u1", again), complete("u1")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-while-tasks-keep-failing", async (s) => {
    const queue = s.name("queue");
    const start = { taskQueue: { name: queue }, workflowTaskTimeout: "1s" };
    const run = await s.start(start);
    for (const _ of [1, 2]) await s.pollWorkflowTask(queue);
    await s.pollWorkflowTask(queue);
    await beginUpdate(s, run, { id: "u1" }).result();
  }),

  scenario("update-heartbeat", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    const inline = await s.completeWorkflowTask(task, [], {
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
    });
    const next = inlineTask(inline, run);
    await answer(s, next, [accept("u1", next), complete("u1")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-during-a-start-delay", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, workflowStartDelay: "60s" });
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-rejected-during-a-start-delay", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, workflowStartDelay: "3s" });
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [reject("u1", task)]);
    await update.response();
    await s.history(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),
] as const;
