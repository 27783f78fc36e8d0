import { applicationFailure, command, payloads } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { terminate } from "../scripts.js";
import { pick } from "../wire/plain.js";
import {
  type ActivityRun,
  closed,
  fail,
  listPaused,
  noTask,
  type Operate,
  scheduledEventIdOf,
  startActivities,
} from "./activity-operations.js";

const FOREVER = { retryPolicy: { initialInterval: "600s" } };
const QUICKLY = { retryPolicy: { initialInterval: "0.1s" } };

export const activityPauseScenarios = [
  scenario("activity-pause-before-start", async (s) => {
    const { queue, run, operate } = await startActivities(s, [{}]);
    const pause = { id: "a1", reason: "a break", identity: "operator" };
    await operate("PauseActivity", pause);
    await s.describe(run);
    await listPaused(s, run);
    await noTask(s, queue);
    await operate("UnpauseActivity", { id: "a1" });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.describe(run);
    await s.call("RespondActivityTaskCompleted", { taskToken, result: payloads("done") });
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-repeated", async (s) => {
    const { run, operate } = await startActivities(s, [{}, { activityId: "a2" }]);
    const requestId = s.uuid("pause-request");
    await operate("PauseActivity", { id: "a1", requestId, reason: "first" });
    await operate("PauseActivity", { id: "a1", requestId, reason: "again" });
    await operate("PauseActivity", { id: "a1", requestId: s.uuid("other-request") });
    await operate("PauseActivity", { id: "a1" });
    await s.describe(run);
    await operate("UnpauseActivity", { id: "a2" });
    await operate("UnpauseActivity", { unpauseAll: true });
    await operate("UnpauseActivity", { id: "a1" });
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-pause-by-type", async (s) => {
    const other = { activityId: "other", activityType: { name: "Other" } };
    const { queue, run, operate } = await startActivities(s, [{}, other, { activityId: "a2" }]);
    await operate("PauseActivity", { type: "Act" });
    await s.describe(run);
    await s.pollActivityTask(queue);
    await noTask(s, queue);
    await operate("UnpauseActivity", { type: "Other" });
    await operate("UnpauseActivity", { type: "Act" });
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-pause-while-it-runs", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...QUICKLY, heartbeatTimeout: "30s" },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    await beat(s, taskToken, "before");
    await operate("PauseActivity", { id: "a1", reason: "a break" });
    await beat(s, taskToken, "paused");
    await s.describe(run);
    await fail(s, taskToken);
    await s.describe(run);
    await s.attempt("RecordActivityTaskHeartbeat", { taskToken }, { label: "after the failure" });
    await noTask(s, queue);
    await operate("UnpauseActivity", { id: "a1" });
    const second = await s.pollActivityTask(queue);
    await s.describe(run);
    await s.call("RespondActivityTaskCompleted", { taskToken: second.taskToken });
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-and-unpause-while-it-runs", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...QUICKLY, heartbeatTimeout: "30s" },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    await beat(s, taskToken, "before");
    await operate("PauseActivity", { id: "a1" });
    await operate("UnpauseActivity", { id: "a1", resetHeartbeat: true });
    await s.describe(run);
    await beat(s, taskToken, "after");
    await fail(s, taskToken);
    const second = await s.pollActivityTask(queue);
    await operate("PauseActivity", { id: "a1" });
    await operate("UnpauseActivity", { id: "a1", resetAttempts: true });
    await s.describe(run);
    const late = { taskToken: second.taskToken };
    await s.attempt("RecordActivityTaskHeartbeat", late, { label: "of the second attempt" });
    await s.attempt("RespondActivityTaskCompletedById", { ...run, activityId: "a1" });
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-then-completion", async (s) => {
    const { queue, run, operate } = await startActivities(s, [{}]);
    const { taskToken } = await s.pollActivityTask(queue);
    await operate("PauseActivity", { id: "a1" });
    await s.call("RespondActivityTaskCompleted", { taskToken, result: payloads("done") });
    await operate("UnpauseActivity", { id: "a1" });
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-then-last-failure", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { retryPolicy: { maximumAttempts: 1 } },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    await operate("PauseActivity", { id: "a1" });
    await fail(s, taskToken, { nonRetryable: false });
    await s.describe(run);
    await operate("UnpauseActivity", { id: "a1" });
    const second = await s.pollActivityTask(queue);
    await fail(s, second.taskToken);
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-then-fatal-failure", async (s) => {
    const { queue, run, operate } = await startActivities(s, [{}]);
    const { taskToken } = await s.pollActivityTask(queue);
    await operate("PauseActivity", { id: "a1" });
    await fail(s, taskToken, { nonRetryable: true });
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-during-backoff", async (s) => {
    const retryPolicy = { initialInterval: "0.5s" };
    const { queue, run, operate } = await startActivities(s, [
      { retryPolicy, heartbeatTimeout: "30s" },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    await beat(s, taskToken, "before");
    await fail(s, taskToken);
    await operate("PauseActivity", { id: "a1" });
    await s.describe(run);
    await noTask(s, queue);
    const unpause = { id: "a1", resetAttempts: true, resetHeartbeat: true, jitter: "0.2s" };
    await operate("UnpauseActivity", unpause);
    await s.pollActivityTask(queue);
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-pause-holds-timeouts", async (s) => {
    const timeouts = { scheduleToCloseTimeout: "1s", scheduleToStartTimeout: "1s" };
    const { queue, run, operate } = await startActivities(s, [timeouts]);
    await operate("PauseActivity", { id: "a1" });
    await s.pause(1500);
    await s.describe(run);
    await operate("UnpauseActivity", { id: "a1" });
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-holds-timeouts-of-an-attempt", async (s) => {
    const timeouts = { startToCloseTimeout: "1s", retryPolicy: { maximumAttempts: 1 } };
    const { queue, run, operate } = await startActivities(s, [timeouts]);
    const { taskToken } = await s.pollActivityTask(queue);
    await operate("PauseActivity", { id: "a1" });
    await s.pause(1500);
    await s.describe(run);
    await s.attempt("RespondActivityTaskCompleted", { taskToken });
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-completed-by-id", async (s) => {
    const { queue, run, operate } = await startActivities(s, [{}]);
    await operate("PauseActivity", { id: "a1" });
    const target = { ...run, activityId: "a1" };
    await s.attempt("RecordActivityTaskHeartbeatById", target);
    await s.attempt("RespondActivityTaskFailedById", {
      ...target,
      failure: applicationFailure("x"),
    });
    await s.attempt("RespondActivityTaskCompletedById", target);
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-then-cancel", async (s) => {
    const elsewhere = { activityId: "a2", taskQueue: { name: s.name("other-queue") } };
    const { queue, run, operate } = await startActivities(s, [{}, elsewhere]);
    const first = await s.pollActivityTask(queue);
    await operate("PauseActivity", { type: "Act" });
    await cancelBoth(s, { queue, run });
    await s.describe(run);
    const { taskToken } = first;
    await s.call("RecordActivityTaskHeartbeat", { taskToken });
    await operate("UnpauseActivity", { unpauseAll: true });
    await s.call("RecordActivityTaskHeartbeat", { taskToken }, { label: "unpaused" });
    await s.call("RespondActivityTaskCanceled", { taskToken });
    await closed(s, { queue, run });
  }),

  scenario("activity-pause-refused", async (s) => {
    const { queue, run, operate } = await startActivities(s, [FOREVER]);
    for (const rpc of ["PauseActivity", "UnpauseActivity", "ResetActivity"]) {
      await refuse(s, rpc, { run, operate });
    }
    await s.attempt("RespondActivityTaskCompletedById", { ...run, activityId: "a1" });
    await closed(s, { queue, run });
    for (const rpc of ["PauseActivity", "UnpauseActivity", "ResetActivity"]) {
      await operate(rpc, { id: "a1" }, "closed");
      await operate(rpc, { type: "Act" }, "closed, by type");
      await operate(rpc, { id: "a1", execution: { ...run, runId: "" } }, "closed, current run");
    }
  }),
];

async function refuse(
  s: Scenario,
  rpc: string,
  { run, operate }: { readonly run: ActivityRun["run"]; readonly operate: Operate },
): Promise<void> {
  await operate(rpc, {}, "no activity");
  await operate(rpc, { id: "" }, "empty id");
  await operate(rpc, { id: "none" }, "absent id");
  await operate(rpc, { type: "" }, "empty type");
  await operate(rpc, { type: "None" }, "absent type");
  await operate(rpc, { id: "a1", execution: { ...run, workflowId: "" } }, "no workflow ID");
  await operate(rpc, { id: "a1", execution: { ...run, workflowId: "none" } }, "absent workflow");
  await operate(rpc, { id: "a1", execution: { ...run, runId: "no-uuid" } }, "bad run ID");
  await operate(rpc, { id: "a1", execution: { ...run, runId: s.uuid("no-run") } }, "absent run");
  await operate(rpc, { id: "a1", namespace: "absent" }, "absent namespace");
  await s.attempt(rpc, { id: "a1" }, { label: "no execution" });
}

async function beat(s: Scenario, taskToken: Uint8Array, label: string): Promise<void> {
  const request = { taskToken, details: payloads(label) };
  await s.call("RecordActivityTaskHeartbeat", request, { label });
}

async function cancelBoth(s: Scenario, { queue, run }: ActivityRun): Promise<void> {
  const workflowExecution = { ...run };
  await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "cancel" });
  const task = await s.pollWorkflowTask(queue);
  const events = pick(task.response, "history.events");
  const cancels = scheduledEventIdOf(events).map((scheduledEventId) =>
    command("REQUEST_CANCEL_ACTIVITY_TASK", { scheduledEventId }),
  );
  await s.completeWorkflowTask(task, cancels);
}
