import { command, completeWorkflow, payloads, scheduleActivity } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { type PlainObject, pickBytes, pickNumber } from "../wire/plain.js";
import {
  accept,
  admitted,
  answer,
  beginUpdate,
  commandsOnly,
  complete,
  failUpdate,
  pollUpdate,
  reject,
  startIdle,
} from "./update-messages.js";

export const updateScenarios = [
  scenario("update-accept-complete", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", request: { requestId: "request-1" } });
    const task = await s.pollWorkflowTask(queue);
    await s.describe(run);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await update.response();
    await pollUpdate(s, run, { id: "u1" });
    await pollUpdate(s, run, { id: "u1", wait: "UNSPECIFIED" });
    await s.history(run);
    await s.describe(run);
  }),

  scenario("update-completes-with-failure", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), failUpdate("u1")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-rejected-leaves-no-trace", async (s) => {
    const { queue, run } = await startIdle(s);
    const rejected = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [reject("u1", task)]);
    await rejected.response();
    await s.history(run);
    await pollUpdate(s, run, { id: "u1", wait: "UNSPECIFIED" });
    const again = beginUpdate(s, run, { id: "u1", wait: "ACCEPTED" });
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [accept("u1", next), complete("u1")]);
    await again.response();
    await s.history(run);
  }),

  scenario("update-rejected-waiting-for-acceptance", async (s) => {
    const { queue, run } = await startIdle(s);
    const rejected = beginUpdate(s, run, { id: "u1", wait: "ACCEPTED" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [reject("u1", task)]);
    await rejected.response();
  }),

  scenario("update-with-the-first-task", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-rejected-with-the-first-task", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [reject("u1", task)]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-accepted-and-completed-later", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", wait: "ACCEPTED" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), commandsOnly(timer("1s"))]);
    await update.response();
    await pollUpdate(s, run, { id: "u1", wait: "ACCEPTED" });
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [complete("u1")]);
    await pollUpdate(s, run, { id: "u1" });
    await s.history(run);
  }),

  scenario("update-accepted-and-completed-in-place-of-commands", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    const activity = commandsOnly(scheduleActivity(queue));
    await answer(s, task, [
      accept("u1", task),
      activity,
      complete("u1"),
      commandsOnly(timer("60s")),
    ]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-messages-without-commands", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    const { messages: accepted } = accept("u1", task);
    const { messages: completed } = complete("u1");
    const messages = [...accepted, ...completed];
    await s.completeWorkflowTask(task, [timer("60s")], { messages });
    await update.response();
    await s.history(run);
  }),

  scenario("update-ignored-by-the-worker", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    await s.runWorkflowTask(queue);
    await update.response();
    await s.history(run);
    const second = beginUpdate(s, run, { id: "u2" });
    await s.runWorkflowTask(queue, [timer("60s")]);
    await second.response();
    await s.history(run);
  }),

  scenario("update-sent-twice", async (s) => {
    const { queue, run } = await startIdle(s);
    const first = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    const second = beginUpdate(s, run, { id: "u1", request: { input: { name: "other" } } });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), commandsOnly(timer("1s"))]);
    const third = beginUpdate(s, run, { id: "u1", wait: "ACCEPTED" });
    await third.response();
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [complete("u1", "result")]);
    await first.response();
    await second.response();
    await beginUpdate(s, run, { id: "u1" }).response();
    await s.history(run);
  }),

  scenario("update-several-in-order", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    const updates = [];
    for (const id of ["u1", "u2", "u3"]) {
      updates.push(beginUpdate(s, run, { id }));
      await admitted(s, run, id);
    }
    const inline = await s.completeWorkflowTask(task, [], { returnNewWorkflowTask: true });
    const next = inlineTask(inline, run);
    await answer(s, next, [
      accept("u1", next),
      accept("u2", next),
      complete("u2"),
      complete("u1"),
      reject("u3", next),
    ]);
    for (const update of updates) await update.response();
    await s.history(run);
  }),

  scenario("update-after-a-task-without-inline-task", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    await s.completeWorkflowTask(task, []);
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [reject("u1", next)]);
    await update.response();
    await s.history(run);
  }),

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
    await answer(s, task, [reject("u1", task)], { capabilities });
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

  scenario("update-on-a-sticky-queue", async (s) => {
    const queue = s.name("queue");
    const sticky = s.name("sticky");
    const run = await s.start({ taskQueue: { name: queue } });
    const first = await s.pollWorkflowTask(queue);
    const stickyAttributes = {
      workerTaskQueue: { name: sticky, kind: "TASK_QUEUE_KIND_STICKY", normalName: queue },
      scheduleToStartTimeout: "5s",
    };
    await s.completeWorkflowTask(first, [], { stickyAttributes });
    const taskQueue = { name: sticky, kind: "TASK_QUEUE_KIND_STICKY", normalName: queue };
    const poll = s.begin("PollWorkflowTaskQueue", { taskQueue });
    await s.pause(300);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = inlineTask({ workflowTask: await poll.response() }, run);
    await s.history(run);
    await answer(s, task, [accept("u1", task), complete("u1")], { stickyAttributes });
    await update.response();
    await s.history(run);
  }),

  scenario("update-beside-a-query", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    const query = s.begin("QueryWorkflow", {
      execution: { ...run },
      query: { queryType: "state" },
    });
    await s.pause(300);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await update.response();
    const asked = await s.pollWorkflowTask(queue);
    await s.attempt("RespondQueryTaskCompleted", {
      taskToken: asked.taskToken,
      completedType: "QUERY_RESULT_TYPE_ANSWERED",
      queryResult: payloads("state"),
    });
    await query.response();
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

function timer(startToFireTimeout: string): PlainObject {
  return command("START_TIMER", { timerId: "t1", startToFireTimeout });
}

/** The task in a completion's response. */
function inlineTask(
  response: PlainObject,
  execution: WorkflowRef,
): Awaited<ReturnType<Scenario["pollWorkflowTask"]>> {
  const taskToken = pickBytes(response, "workflowTask.taskToken");
  const startedEventId = pickNumber(response, "workflowTask.startedEventId");
  return { taskToken, execution, startedEventId, response };
}
