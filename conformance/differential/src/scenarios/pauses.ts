import { completeWorkflow, payloads, scheduleActivity } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { signal, terminate } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";
import { reset } from "./reset-calls.js";
import { beginUpdate, startIdle, timer } from "./update-messages.js";

const setup = "pauses";

async function pause(s: Scenario, run: WorkflowRef, more: PlainObject = {}): Promise<void> {
  const requestId = s.uuid("pause-request");
  await s.attempt("PauseWorkflowExecution", { ...run, reason: "wait", requestId, ...more });
}

async function unpause(s: Scenario, run: WorkflowRef, more: PlainObject = {}): Promise<void> {
  const requestId = s.uuid("unpause-request");
  await s.attempt("UnpauseWorkflowExecution", { ...run, reason: "go on", requestId, ...more });
}

async function query(s: Scenario, run: WorkflowRef): Promise<void> {
  await s.attempt("QueryWorkflow", { execution: { ...run }, query: { queryType: "state" } });
}

export const pauseScenarios = [
  scenario("pause-is-not-enabled", async (s) => {
    const { run } = await startIdle(s);
    await pause(s, run);
    await s.attempt("PauseWorkflowExecution", { namespace: "no-such-namespace" });
    await s.attempt("PauseWorkflowExecution", {});
    await unpause(s, run);
    await s.attempt("UnpauseWorkflowExecution", {});
    await s.history(run);
    await terminate(s, run);
  }),

  scenario(
    "pause-and-unpause",
    async (s) => {
      const { queue, run } = await startIdle(s);
      await pause(s, run);
      await s.describe(run);
      await s.history(run);
      await signal(s, run, "one");
      await query(s, run);
      const update = beginUpdate(s, run, { id: "u1" });
      await update.result();
      await s.history(run);
      await unpause(s, run);
      await s.describe(run);
      await s.runWorkflowTask(queue, [completeWorkflow()]);
      await s.history(run);
    },
    { setup },
  ),

  scenario(
    "pause-errors",
    async (s) => {
      const { queue, run } = await startIdle(s);
      await s.attempt("PauseWorkflowExecution", {});
      await s.attempt("PauseWorkflowExecution", { namespace: "no-such-namespace" });
      await pause(s, { workflowId: s.name("nothing"), runId: "" });
      await pause(s, { workflowId: run.workflowId, runId: s.uuid("unknown") });
      await pause(s, { workflowId: run.workflowId, runId: "no-uuid" });
      for (const field of ["reason", "requestId", "identity"]) {
        await pause(s, run, { [field]: "x".repeat(1001) });
        await unpause(s, run, { [field]: "x".repeat(1001) });
      }
      await unpause(s, run);
      await s.attempt("UnpauseWorkflowExecution", {});
      const requestId = s.uuid("same");
      await pause(s, run, { requestId });
      await pause(s, run, { requestId });
      await pause(s, run);
      await unpause(s, run);
      await unpause(s, run);
      await s.history(run);
      await s.runWorkflowTask(queue, [completeWorkflow()]);
      await pause(s, run);
      await unpause(s, run);
    },
    { setup },
  ),

  scenario(
    "pause-before-the-task-started",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      await pause(s, run);
      await s.history(run);
      await s.describe(run);
      await unpause(s, run);
      await s.runWorkflowTask(queue, [completeWorkflow()]);
      await s.history(run);
    },
    { setup },
  ),

  scenario(
    "pause-while-a-task-runs",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const task = await s.pollWorkflowTask(queue);
      await pause(s, run);
      await s.history(run);
      await s.describe(run);
      await signal(s, run, "one");
      await s.attempt("RespondWorkflowTaskCompleted", {
        taskToken: task.taskToken,
        forceCreateNewWorkflowTask: true,
      });
      await s.completeWorkflowTask(task, [timer("60s")]);
      await s.history(run);
      await s.describe(run);
      await unpause(s, run);
      await s.runWorkflowTask(queue, [completeWorkflow()]);
      await s.history(run);
    },
    { setup },
  ),

  scenario(
    "pause-while-a-task-completes-the-workflow",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const task = await s.pollWorkflowTask(queue);
      await pause(s, run);
      await s.attempt("RespondWorkflowTaskCompleted", {
        taskToken: task.taskToken,
        commands: [completeWorkflow()],
      });
      await s.history(run);
      await s.describe(run);
      await terminate(s, run);
      await s.history(run);
      await s.describe(run);
    },
    { setup },
  ),

  scenario(
    "pause-with-activities-and-timers",
    async (s) => {
      const { queue, run } = await startIdle(s);
      await signal(s, run, "go");
      const activityQueue = s.name("activity-queue");
      const secondQueue = s.name("second-queue");
      await s.runWorkflowTask(queue, [
        scheduleActivity(activityQueue, { activityId: "a1" }),
        scheduleActivity(secondQueue, { activityId: "a2" }),
        timer("2s"),
      ]);
      const first = await s.pollActivityTask(activityQueue);
      await pause(s, run);
      await s.call("RespondActivityTaskCompleted", {
        taskToken: first.taskToken,
        result: payloads("done"),
      });
      await s.callUntil("GetWorkflowExecutionHistory", { execution: { ...run } }, (answer) =>
        JSON.stringify(answer).includes("timerFiredEventAttributes"),
      );
      await unpause(s, run);
      await s.describe(run);
      const second = await s.pollActivityTask(secondQueue);
      await s.call("RespondActivityTaskCompleted", { taskToken: second.taskToken });
      await s.runWorkflowTask(queue, [completeWorkflow()]);
      await s.history(run);
    },
    { setup },
  ),

  scenario(
    "pause-with-a-started-activity",
    async (s) => {
      const { queue, run } = await startIdle(s);
      await signal(s, run, "go");
      const activityQueue = s.name("activity-queue");
      await s.runWorkflowTask(queue, [scheduleActivity(activityQueue, { heartbeatTimeout: "9s" })]);
      const first = await s.pollActivityTask(activityQueue);
      await pause(s, run);
      await s.call("RecordActivityTaskHeartbeat", { taskToken: first.taskToken });
      await s.describe(run);
      await unpause(s, run);
      await s.call("RecordActivityTaskHeartbeat", { taskToken: first.taskToken });
      await s.describe(run);
      await s.call("RespondActivityTaskFailed", {
        taskToken: first.taskToken,
        failure: { message: "no", applicationFailureInfo: {} },
      });
      await terminate(s, run);
      await s.history(run);
    },
    { setup },
  ),

  scenario(
    "pause-is-listed",
    async (s) => {
      const { run } = await startIdle(s);
      await pause(s, run);
      const list = (clause: string, length: number) =>
        s.callUntil(
          "ListWorkflowExecutions",
          { query: `WorkflowId = '${run.workflowId}' AND ${clause}` },
          (answer) => ((answer["executions"] as unknown[] | undefined) ?? []).length === length,
        );
      await list("ExecutionStatus = 'Paused'", 1);
      await list("ExecutionStatus = 'Running'", 0);
      await list("TemporalPauseInfo IS NOT NULL", 1);
      await s.attempt(
        "StartWorkflowExecution",
        s.startRequest({
          workflowId: run.workflowId,
          taskQueue: { name: s.name("queue") },
        }),
      );
      await unpause(s, run);
      await list("ExecutionStatus = 'Running'", 1);
      await list("ExecutionStatus = 'Paused'", 0);
      await terminate(s, run);
    },
    { setup },
  ),

  scenario(
    "pause-and-signal-with-start-and-cancel",
    async (s) => {
      const { queue, run } = await startIdle(s);
      await pause(s, run);
      await s.call("SignalWithStartWorkflowExecution", {
        ...s.startRequest({ workflowId: run.workflowId, taskQueue: { name: queue } }),
        signalName: "two",
      });
      await s.call("RequestCancelWorkflowExecution", { workflowExecution: { ...run } });
      await s.history(run);
      await unpause(s, run);
      await s.runWorkflowTask(queue, [completeWorkflow()]);
      await s.history(run);
    },
    { setup },
  ),

  scenario(
    "pause-and-reset",
    async (s) => {
      const { queue, run } = await startIdle(s);
      await signal(s, run, "go");
      await s.runWorkflowTask(queue);
      await pause(s, run);
      const next = await reset(s, run, 4);
      await s.history(run);
      await s.history(next);
      await s.describe(next);
      await pause(s, next);
      await unpause(s, next);
      await s.runWorkflowTask(queue);
      await s.history(next);
      const last = await reset(s, next, 12);
      await s.history(last);
      await s.describe(last);
      await terminate(s, last);
    },
    { setup },
  ),
] as const;
