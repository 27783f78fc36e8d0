import { command, completeWorkflow, payloads } from "../commands.js";
import { type PolledWorkflowTask, type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";
import {
  type Answer,
  accept,
  admitted,
  answer,
  beginUpdate,
  commandsOnly,
  complete,
  fieldsOnly,
  inlineTask,
  reject,
  startIdle,
  timer,
} from "./update-messages.js";

const close = commandsOnly(completeWorkflow());

function continueAsNew(queue: string): Answer {
  return commandsOnly(
    command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", {
      workflowType: { name: "Type" },
      taskQueue: { name: queue },
      input: payloads("next"),
    }),
  );
}

/** Updates sent to whichever run is current, at the turn from one run to the next. */
export const updateChainScenarios = [
  scenario("update-ignored-by-a-run-that-continues-as-new", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, currentRun(run), { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await s.pause(1100); // A run that is younger is followed after a wait.
    await answer(s, task, [continueAsNew(queue)]);
    await s.pause(1500); // The update goes on to the next run by then.
    const last = await s.pollWorkflowTask(queue);
    await answer(s, last, [accept("u1", last), complete("u1"), close]);
    await update.result();
    await s.closedHistory(run);
    await s.closedHistory(last.execution);
  }),

  scenario("update-that-waits-while-the-run-continues-as-new", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    await s.pause(1100); // A run that is younger is followed after a wait.
    await answer(s, task, [continueAsNew(queue)]);
    await update.result();
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("update-accepted-by-a-run-that-continues-as-new", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await s.pause(1100); // A run that is younger is followed after a wait.
    await answer(s, task, [accept("u1", task), continueAsNew(queue)]);
    await update.result();
    await beginUpdate(s, run, { id: "u1" }).result();
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, []);
    const again = beginUpdate(s, currentRun(run), { id: "u1" });
    const last = await s.pollWorkflowTask(queue);
    await answer(s, last, [accept("u1", last), complete("u1"), close]);
    await again.response();
    await s.closedHistory(run);
    await s.closedHistory(last.execution);
  }),

  scenario("update-completed-by-a-run-that-continues-as-new", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await s.pause(1100); // A run that is younger is followed after a wait.
    await answer(s, task, [accept("u1", task), complete("u1"), continueAsNew(queue)]);
    await update.response();
    await beginUpdate(s, run, { id: "u1" }).response();
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("update-on-a-sticky-queue", async (s) => {
    const { sticky, run } = await startSticky(s, "10s");
    const polling = await pollSticky(s, sticky);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await polling.task;
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-rejected-on-a-sticky-queue", async (s) => {
    const { sticky, run } = await startSticky(s, "10s");
    const polling = await pollSticky(s, sticky);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await polling.task;
    await answer(s, task, [reject("u1", task), stay(sticky, "10s")]);
    await update.response();
    await s.history(run);
    const again = await pollSticky(s, sticky);
    const second = beginUpdate(s, run, { id: "u2" });
    const next = await again.task;
    await answer(s, next, [accept("u2", next), complete("u2")]);
    await second.response();
    await s.history(run);
  }),

  scenario("update-on-a-sticky-queue-that-nobody-polls-in-time", async (s) => {
    const { queue, sticky, run } = await startSticky(s, "1s");
    await knownWorker(s, sticky);
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    const task = await s.pollWorkflowTask(queue);
    await s.history(run);
    await answer(s, task, [accept("u1", task), complete("u1"), stay(sticky, "1s")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-then-signal-on-a-sticky-queue", async (s) => {
    const { sticky, run } = await startSticky(s, "10s");
    await knownWorker(s, sticky);
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    const task = await s.pollWorkflowTask(sticky.name, stickyPoll(sticky));
    await answer(s, task, [accept("u1", task), complete("u1"), close]);
    await update.response();
    await s.closedHistory(run);
  }),

  scenario("update-heartbeat-on-a-sticky-queue", async (s) => {
    const { sticky, run } = await startSticky(s, "10s");
    const polling = await pollSticky(s, sticky);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await polling.task;
    const inline = await s.completeWorkflowTask(task, [timer("60s")], {
      stickyAttributes: attributes(sticky, "10s"),
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
    });
    const next = inlineTask(inline, run);
    await answer(s, next, [accept("u1", next), complete("u1"), close]);
    await update.response();
    await s.closedHistory(run);
  }),

  scenario("update-then-signal-that-nobody-comes-for", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", deadlineMs: 30_000 });
    await admitted(s, run, "u1");
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    await s.pause(6000);
    await s.history(run);
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1"), close]);
    await update.response();
    await s.closedHistory(run);
  }),

  scenario("update-in-flight-limit-drops-those-that-nobody-waits-for", async (s) => {
    const { queue, run } = await startIdle(s);
    const first = [];
    for (let count = 1; count <= 10; count++) {
      first.push(beginUpdate(s, run, { id: `u${count}`, deadlineMs: 1000 }));
      await admitted(s, run, `u${count}`);
    }
    for (const update of first) await update.result();
    await beginUpdate(s, run, { id: "refused" }).result();
    await s.attempt("PollWorkflowExecutionUpdate", {
      updateRef: { workflowExecution: { ...run }, updateId: "u1" },
    });
    const update = beginUpdate(s, run, { id: "last" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("last", task), complete("last")]);
    await update.response();
    await s.history(run);
  }),

  scenario("update-rejected-without-a-failure", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", request: { requestId: "request-1" } });
    const task = await s.pollWorkflowTask(queue);
    const { messages } = reject("u1", task);
    const bodies = messages.map((message) => {
      const body = { ...(message.body as PlainObject), failure: undefined };
      return { ...message, body };
    });
    await answer(s, task, [{ messages: bodies, commands: [] }]);
    await update.result();
    await s.history(run);
  }),
] as const;

/** The current run of a workflow, whichever it is. */
function currentRun({ workflowId }: WorkflowRef): WorkflowRef {
  return { workflowId, runId: "" };
}

interface StickyQueue {
  readonly name: string;
  readonly normalName: string;
}

function attributes({ name }: StickyQueue, scheduleToStartTimeout: string): PlainObject {
  return { workerTaskQueue: { name, kind: "TASK_QUEUE_KIND_STICKY" }, scheduleToStartTimeout };
}

/** The worker keeps the workflow. */
function stay(sticky: StickyQueue, scheduleToStartTimeout: string): Answer {
  return fieldsOnly({ stickyAttributes: attributes(sticky, scheduleToStartTimeout) });
}

function stickyPoll({ name, normalName }: StickyQueue): PlainObject {
  return { taskQueue: { name, normalName, kind: "TASK_QUEUE_KIND_STICKY" } };
}

/** Begins to poll a sticky queue, and waits until the server knows that its worker is there. */
async function pollSticky(
  s: Scenario,
  sticky: StickyQueue,
): Promise<{ readonly task: Promise<PolledWorkflowTask> }> {
  const task = s.pollWorkflowTask(sticky.name, stickyPoll(sticky));
  await s.pause(200);
  return { task };
}

/** Polls for a moment, so that the server takes the worker for one that is there. */
async function knownWorker(s: Scenario, sticky: StickyQueue): Promise<void> {
  await s.attempt("PollWorkflowTaskQueue", stickyPoll(sticky), { deadlineMs: 2500 });
}

/** Starts a workflow that a worker keeps once it has run its first task. */
async function startSticky(
  s: Scenario,
  scheduleToStartTimeout: string,
): Promise<{ readonly queue: string; readonly sticky: StickyQueue; readonly run: WorkflowRef }> {
  const queue = s.name("queue");
  const sticky = { name: s.name("sticky"), normalName: queue };
  const run = await s.start({ taskQueue: { name: queue } });
  const task = await s.pollWorkflowTask(queue);
  await answer(s, task, [stay(sticky, scheduleToStartTimeout)]);
  return { queue, sticky, run };
}
