import { command, completeWorkflow, payloads } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal, terminate } from "../scripts.js";
import { LIFE_MS } from "./family.js";
import { reset, resetRefused, resetRequest } from "./reset-calls.js";
import { startIdle, timer } from "./update-messages.js";

export const resetScenarios = [
  scenario("reset-of-an-open-run", async (s) => {
    const { queue, run } = await startIdle(s);
    await s.describe(run);
    const next = await reset(s, run, 4);
    await s.history(run);
    await s.history(next);
    await s.describe(run);
    await s.describe(next);
    await s.runWorkflowTask(queue, [completeWorkflow("out")]);
    await s.closedHistory(next);
    await s.describe(next);
  }),

  scenario("reset-of-a-closed-run", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      workflowRunTimeout: "60s",
      workflowExecutionTimeout: "100s",
    });
    await s.runWorkflowTask(queue, [completeWorkflow("first")]);
    const next = await reset(s, run, { to: 4, reason: "" });
    await s.history(run);
    await s.describe(run);
    await s.describe(next);
    await s.runWorkflowTask(queue, [completeWorkflow("second")]);
    await s.closedHistory(next);
  }),

  scenario("reset-to-a-started-task", async (s) => {
    const { queue, run } = await startIdle(s);
    await signal(s, run, "go");
    await s.pollWorkflowTask(queue);
    const next = await reset(s, run, 7);
    await s.history(next);
    const again = await reset(s, run, 3);
    await s.history(again);
    await s.history(next);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(again);
  }),

  scenario("reset-errors", async (s) => {
    const { run } = await startIdle(s);
    await s.attempt("ResetWorkflowExecution", { workflowExecution: { ...run } });
    await s.attempt("ResetWorkflowExecution", { requestId: "r" });
    await resetRefused(s, { workflowId: "", runId: "" }, 4);
    await resetRefused(s, { workflowId: run.workflowId, runId: "no-uuid" }, 4);
    await resetRefused(s, { workflowId: run.workflowId, runId: s.uuid("unknown") }, 4);
    await resetRefused(s, { workflowId: s.name("nothing"), runId: "" }, 4);
    await resetRefused(s, run, { to: 4, namespace: "no-such-namespace" });
    await resetRefused(s, run, { to: 4, requestId: "r".repeat(1001) });
    for (const eventId of [-1, 0, 1, 2, 5, 6, 1000]) await resetRefused(s, run, eventId);
    await resetRefused(s, run, { to: 4, postResetOperations: [{}] });
    await resetRefused(s, run, {
      to: 4,
      postResetOperations: [{ signalWorkflow: { signalName: "after" } }],
    });
    await s.history(run);
  }),

  scenario("reset-point-within-a-batch", async (s) => {
    const { queue, run } = await startIdle(s);
    await signal(s, run, "one");
    await signal(s, run, "two");
    await s.runWorkflowTask(queue, [timer("60s"), command("RECORD_MARKER", { markerName: "m" })]);
    await s.history(run);
    for (const eventId of [6, 10, 11, 12]) await resetRefused(s, run, eventId);
    const next = await reset(s, run, 9);
    await s.history(next);
    await resetRefused(s, run, 12);
    const earlier = await reset(s, run, 7);
    await s.history(earlier);
    await s.history(next);
    await terminate(s, earlier);
  }),

  scenario("reset-reapplies-signals", async (s) => {
    const { queue, run } = await startIdle(s);
    const link = {
      workflowEvent: { namespace: "default", workflowId: "w", runId: s.uuid("linked") },
    };
    await signal(s, run, {
      signalName: "one",
      input: payloads("a"),
      header: { fields: { h: { data: "x" } } },
      requestId: s.uuid("signal-request"),
      links: [link],
    });
    await s.pollWorkflowTask(queue);
    await signal(s, run, "buffered");
    await s.call("RequestCancelWorkflowExecution", { workflowExecution: { ...run } });
    const next = await reset(s, run, 4);
    await s.history(run);
    await s.history(next);
    await s.describe(next);
    const all = await reset(s, run, { to: 4, resetReapplyType: "RESET_REAPPLY_TYPE_ALL_ELIGIBLE" });
    await s.history(all);
    const none = await reset(s, run, { to: 4, resetReapplyType: "RESET_REAPPLY_TYPE_NONE" });
    await s.history(none);
    const excluded = await reset(s, run, {
      to: 4,
      resetReapplyExcludeTypes: ["RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL"],
    });
    await s.history(excluded);
    await terminate(s, excluded);
  }),

  scenario("reset-with-a-known-request-id", async (s) => {
    const startRequest = s.uuid("start");
    const { queue, run } = await startIdle(s, { requestId: startRequest });
    const requestId = s.uuid("reset");
    const first = await reset(s, run, { to: 4, requestId });
    await s.describe(first);
    const second = await s.attempt(
      "ResetWorkflowExecution",
      resetRequest(s, run, { to: 4, requestId }),
    );
    await s.describe({ workflowId: run.workflowId, runId: String(second?.["runId"] ?? "") });
    await s.attempt(
      "ResetWorkflowExecution",
      resetRequest(s, run, { to: 4, requestId: startRequest }),
    );
    await s.attempt("StartWorkflowExecution", {
      ...s.startRequest({ workflowId: run.workflowId, taskQueue: { name: queue } }),
      requestId: startRequest,
    });
    await s.attempt("StartWorkflowExecution", {
      ...s.startRequest({ workflowId: run.workflowId, taskQueue: { name: queue } }),
      requestId,
    });
    await terminate(s, { workflowId: run.workflowId, runId: "" });
  }),

  scenario("reset-of-a-reset-run", async (s) => {
    const { queue, run } = await startIdle(s);
    await signal(s, run, "one");
    const next = await reset(s, run, 4);
    await s.runWorkflowTask(queue, [timer("60s")]);
    await signal(s, next, "two");
    await s.runWorkflowTask(queue);
    const last = await reset(s, next, 4);
    await s.describe(next);
    await s.history(last);
    await s.describe(last);
    const later = await reset(s, next, 8);
    await s.history(later);
    await terminate(s, later);
  }),

  scenario("reset-of-an-earlier-run", async (s) => {
    const workflowId = s.name("workflow");
    const queue = s.name("queue");
    const run = await s.start({ workflowId, taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    const other = await s.start({ workflowId, taskQueue: { name: queue } });
    await s.runWorkflowTask(queue);
    await signal(s, other, "lost");
    await s.runWorkflowTask(queue);
    const next = await reset(s, run, 4);
    await s.history(next);
    await s.history(other);
    await s.describe(other);
    await s.describe(run);
    await s.describe({ workflowId, runId: "" });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(next);
    const again = await reset(s, run, 4);
    await s.history(again);
    await s.describe(next);
    await terminate(s, again);
  }),

  scenario("reset-follows-continued-runs", async (s) => {
    const workflowId = s.name("workflow");
    const queue = s.name("queue");
    const taskQueue = { name: queue };
    const run = await s.start({ workflowId, taskQueue });
    await s.runWorkflowTask(queue);
    await signal(s, run, "one");
    await s.pause(LIFE_MS);
    const again = command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", {
      workflowType: { name: "Type" },
      taskQueue,
      input: payloads("next"),
    });
    await s.runWorkflowTask(queue, [again]);
    const second = await s.runWorkflowTask(queue);
    await signal(s, second.execution, "two");
    await s.runWorkflowTask(queue);
    const next = await reset(s, run, 4);
    await s.history(next);
    await s.describe(next);
    await s.describe(second.execution);
    await s.history(second.execution);
    await terminate(s, next);
  }),

  scenario("reset-without-a-current-run", async (s) => {
    const workflowId = s.name("workflow");
    const queue = s.name("queue");
    const taskQueue = { name: queue };
    const run = await s.start({ workflowId, taskQueue });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    const other = await s.start({ workflowId, taskQueue });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(other);
    await s.call("DeleteWorkflowExecution", { workflowExecution: { ...other } });
    while (await s.exists(other)) await s.pause(50);
    await resetRefused(s, { workflowId, runId: "" }, 4);
    const next = await reset(s, run, 4);
    await s.history(next);
    await s.describe({ workflowId, runId: "" });
    await terminate(s, next);
  }),
] as const;
