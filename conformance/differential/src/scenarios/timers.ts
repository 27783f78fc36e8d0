import { command, completeWorkflow } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal, startOnQueue, terminatedHistory } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";

function timer(timerId: string, startToFireTimeout: string): PlainObject {
  return command("START_TIMER", { timerId, startToFireTimeout });
}

function cancelTimer(timerId: string): PlainObject {
  return command("CANCEL_TIMER", { timerId });
}

export const timerScenarios = [
  scenario("timer-fires", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await s.runWorkflowTask(queue, [timer("t", "1s")]);
    await s.history(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("timer-of-zero", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await s.runWorkflowTask(queue, [timer("t", "0s")]);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("timer-fires-during-workflow-task", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await s.runWorkflowTask(queue, [timer("t", "1s")]);
    await signal(s, run, "news");
    const task = await s.pollWorkflowTask(queue);
    await s.pause(2500); // The timer must fire while the worker holds the task.
    await s.completeWorkflowTask(task, []);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("timer-fired-then-canceled", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await s.runWorkflowTask(queue, [timer("t", "1s")]);
    await signal(s, run, "news");
    const task = await s.pollWorkflowTask(queue);
    await s.pause(2500); // As above.
    await s.completeWorkflowTask(task, [cancelTimer("t"), completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("timer-canceled-and-started-again", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await s.runWorkflowTask(queue, [timer("t", "60s")]);
    await signal(s, run, "news");
    await s.runWorkflowTask(queue, [cancelTimer("t"), timer("t", "1s")]);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("timer-canceled-in-its-task", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await s.runWorkflowTask(queue, [timer("t", "60s"), cancelTimer("t")]);
    await terminatedHistory(s, run);
  }),

  scenario("timers-of-one-deadline", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await s.runWorkflowTask(queue, [timer("b", "1s"), timer("a", "1s"), timer("c", "60s")]);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),
];
