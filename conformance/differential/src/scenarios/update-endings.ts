import { command, completeWorkflow } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import {
  accept,
  admitted,
  answer,
  beginUpdate,
  commandsOnly,
  complete,
  fieldsOnly,
  pollUpdate,
  reject,
  startIdle,
} from "./update-messages.js";

const close = commandsOnly(completeWorkflow());

/** What becomes of updates when their workflow ends. */
export const updateEndingScenarios = [
  scenario("update-of-a-closed-workflow", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1"), close]);
    await update.response();
    await beginUpdate(s, run, { id: "u1" }).result();
    await beginUpdate(s, run, { id: "u2" }).result();
    await pollUpdate(s, run, { id: "u1" });
    await pollUpdate(s, run, { id: "u2" });
    await s.closedHistory(run);
  }),

  scenario("update-unfinished-when-the-workflow-closes", async (s) => {
    const { queue, run } = await startIdle(s);
    const early = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task)]);
    const late = beginUpdate(s, run, { id: "u2" });
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [accept("u2", next), close]);
    await early.result();
    await late.result();
    await pollUpdate(s, run, { id: "u1" });
    await pollUpdate(s, run, { id: "u2", wait: "ACCEPTED" });
    await beginUpdate(s, run, { id: "u1", wait: "ACCEPTED" }).result();
    await s.closedHistory(run);
  }),

  scenario("update-completed-after-the-closing-command", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    const messages = [...accept("u1", task).messages, ...complete("u1").messages];
    await answer(s, task, [accept("u1", task), close, fieldsOnly({ messages })]);
    await update.result();
    await s.closedHistory(run);
  }),

  scenario("update-ignored-by-a-closing-workflow", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [close]);
    await update.result();
    await s.closedHistory(run);
  }),

  scenario("update-admitted-while-the-workflow-closes", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    await answer(s, task, [close]);
    await update.result();
    await pollUpdate(s, run, { id: "u1" });
    await s.closedHistory(run);
  }),

  scenario("update-of-a-terminated-workflow", async (s) => {
    const { queue, run } = await startIdle(s);
    const first = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task)]);
    const second = beginUpdate(s, run, { id: "u2" });
    await s.pollWorkflowTask(queue);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await first.result();
    await second.result();
    await s.history(run);
  }),

  scenario("update-that-waits-when-the-workflow-is-terminated", async (s) => {
    const { run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await update.result();
    await s.history(run);
  }),

  scenario("update-of-a-workflow-that-times-out", async (s) => {
    const { queue, run } = await startIdle(s, { workflowRunTimeout: "2s" });
    const first = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task)]);
    const second = beginUpdate(s, run, { id: "u2" });
    await s.pollWorkflowTask(queue);
    await first.result();
    await second.result();
    await s.closedHistory(run);
  }),

  scenario("update-while-the-workflow-tries-to-close", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    await s.attempt("RespondWorkflowTaskCompleted", {
      taskToken: task.taskToken,
      commands: [completeWorkflow()],
    });
    const again = await s.pollWorkflowTask(queue);
    await beginUpdate(s, run, { id: "u1", deadlineMs: 3000 }).result();
    await answer(s, again, [close]);
    await s.closedHistory(run);
  }),

  scenario("update-of-a-refused-completion", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await refuse(s, task.taskToken, [command("START_TIMER", { timerId: "" })]);
    await update.result();
    await s.history(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("update-that-closes-with-unhandled-news", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    const accepted = accept("u1", task);
    await s.attempt("RespondWorkflowTaskCompleted", {
      taskToken: task.taskToken,
      commands: [...accepted.commands, completeWorkflow()],
      messages: accepted.messages,
    });
    await update.result();
    await s.history(run);
  }),

  scenario("update-answered-after-a-lost-task", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [reject("u1", task)]);
    await update.response();
    const { messages, commands } = accept("u1", task);
    const { taskToken } = task;
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, messages, commands });
  }),

  scenario("update-that-the-server-forgot", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("lost", task), complete("lost")]);
    await pollUpdate(s, run, { id: "lost" });
    await s.history(run);
  }),

  scenario("update-rejected-that-the-server-forgot", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [reject("lost", task)]);
    await pollUpdate(s, run, { id: "lost", wait: "UNSPECIFIED" });
    await s.history(run);
  }),
] as const;

async function refuse(
  s: Scenario,
  taskToken: Uint8Array,
  commands: readonly ReturnType<typeof command>[],
): Promise<void> {
  await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands }, { label: "refused" });
}
