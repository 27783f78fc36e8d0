import { scheduleActivity } from "../commands.js";
import { scenario } from "../scenario.js";
import {
  accept,
  admitted,
  answer,
  beginUpdate,
  commandsOnly,
  complete,
  failUpdate,
  inlineTask,
  pollUpdate,
  reject,
  startIdle,
  timer,
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
] as const;
