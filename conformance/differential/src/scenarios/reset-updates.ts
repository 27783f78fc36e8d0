import { completeWorkflow } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal, terminate } from "../scripts.js";
import { reset } from "./reset-calls.js";
import {
  accept,
  admitted,
  answer,
  beginUpdate,
  commandsOnly,
  complete,
  pollUpdate,
  startIdle,
  timer,
} from "./update-messages.js";

export const resetUpdateScenarios = [
  scenario("reset-reapplies-updates", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", request: { requestId: "request-1" } });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await update.response();
    const accepted = beginUpdate(s, run, { id: "u2", wait: "ACCEPTED" });
    const second = await s.pollWorkflowTask(queue);
    await answer(s, second, [accept("u2", second), commandsOnly(timer("60s"))]);
    await accepted.response();
    await signal(s, run, "go");
    const next = await reset(s, run, 4);
    await s.history(run);
    await s.history(next);
    await s.describe(next);
    const third = await s.pollWorkflowTask(queue);
    await answer(s, third, [accept("u1", third), complete("u1", "again")]);
    await pollUpdate(s, next, { id: "u1" });
    await s.history(next);
    await terminate(s, next);
  }),

  scenario("reset-reapplies-no-updates", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await update.response();
    await signal(s, run, "go");
    const signalsOnly = await reset(s, run, {
      to: 4,
      resetReapplyType: "RESET_REAPPLY_TYPE_SIGNAL",
    });
    await s.history(signalsOnly);
    const updatesOnly = await reset(s, run, {
      to: 4,
      resetReapplyExcludeTypes: [
        "RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL",
        "RESET_REAPPLY_EXCLUDE_TYPE_NEXUS",
      ],
    });
    await s.history(updatesOnly);
    const nothing = await reset(s, run, {
      to: 4,
      resetReapplyExcludeTypes: [
        "RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL",
        "RESET_REAPPLY_EXCLUDE_TYPE_UPDATE",
        "RESET_REAPPLY_EXCLUDE_TYPE_NEXUS",
        "RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST",
      ],
    });
    await s.history(nothing);
    await terminate(s, nothing);
  }),

  scenario("reset-of-a-run-with-a-waiting-update", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    await admitted(s, run, "u1");
    const next = await reset(s, run, 4);
    await s.history(run);
    await update.result();
    await s.history(next);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(next);
  }),

  scenario("reset-past-an-accepted-update", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", wait: "ACCEPTED" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), commandsOnly(timer("60s"))]);
    await update.response();
    await signal(s, run, "go");
    await s.runWorkflowTask(queue);
    await s.history(run);
    const next = await reset(s, run, 12);
    await s.history(next);
    const third = await s.pollWorkflowTask(queue);
    await answer(s, third, [complete("u1", "late")]);
    await pollUpdate(s, next, { id: "u1" });
    await pollUpdate(s, run, { id: "u1" });
    await s.history(next);
    await terminate(s, next);
  }),
] as const;
