import {
  applicationFailure,
  command,
  completeWorkflow,
  payloads,
  scheduleActivity,
} from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { type PlainObject, pick, pickNumber } from "../wire/plain.js";

const ONCE = { maximumAttempts: 1 };

export const activityScenarios = [
  scenario("activity-retry-with-backoff", async (s) => {
    const retryPolicy = { initialInterval: "0.5s", backoffCoefficient: 2, maximumAttempts: 3 };
    const { queue, run } = await startWithActivity(s, { retryPolicy });
    for (const attempt of [1, 2, 3]) {
      const { taskToken } = await s.pollActivityTask(queue);
      const failure = applicationFailure(`failure ${attempt}`);
      await s.call("RespondActivityTaskFailed", { taskToken, failure });
      if (attempt < 3) await s.describe(run);
    }
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-retry-waits-for-next-delay", async (s) => {
    const { queue, run } = await startWithActivity(s, { retryPolicy: { initialInterval: "600s" } });
    const first = await s.pollActivityTask(queue);
    const failure = applicationFailure("soon", { nextRetryDelay: "0.2s" });
    await s.call("RespondActivityTaskFailed", { taskToken: first.taskToken, failure });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskCompleted", { taskToken });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-retry-by-default", async (s) => {
    const { queue, run } = await startWithActivity(s, {});
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskFailed", { taskToken, failure: applicationFailure("again") });
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario("activity-failure-non-retryable", async (s) => {
    const { queue, run } = await startWithActivity(s, {});
    const { taskToken } = await s.pollActivityTask(queue);
    const details = payloads("detail");
    const failure = applicationFailure("never", { nonRetryable: true, details });
    await s.call("RespondActivityTaskFailed", { taskToken, failure });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-failure-of-non-retryable-type", async (s) => {
    const retryPolicy = { nonRetryableErrorTypes: ["Broken"] };
    const { queue, run } = await startWithActivity(s, { retryPolicy });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskFailed", { taskToken, failure: applicationFailure("typed") });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-failure-without-details", async (s) => {
    const { queue, run } = await startWithActivity(s, { retryPolicy: ONCE });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskFailed", { taskToken });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-start-to-close-timeout", async (s) => {
    await timedOutActivity(s, { startToCloseTimeout: "1s", retryPolicy: ONCE }, true);
  }),

  scenario("activity-schedule-to-start-timeout", async (s) => {
    await timedOutActivity(s, { scheduleToStartTimeout: "1s" }, false);
  }),

  scenario("activity-schedule-to-close-timeout", async (s) => {
    const timeouts = { startToCloseTimeout: undefined, scheduleToCloseTimeout: "1s" };
    await timedOutActivity(s, timeouts, true);
  }),

  scenario("activity-schedule-to-close-timeout-unstarted", async (s) => {
    await timedOutActivity(s, { scheduleToCloseTimeout: "1s" }, false);
  }),

  scenario("activity-heartbeat-timeout", async (s) => {
    await timedOutActivity(s, { heartbeatTimeout: "1s", retryPolicy: ONCE }, true);
  }),

  scenario("activity-timeout-retried", async (s) => {
    const retryPolicy = { initialInterval: "0.1s", maximumAttempts: 2 };
    const { queue, run } = await startWithActivity(s, { startToCloseTimeout: "1s", retryPolicy });
    const first = await s.pollActivityTask(queue);
    await s.pollActivityTask(queue);
    await s.describe(run);
    const { taskToken } = first;
    await s.attempt(
      "RespondActivityTaskCompleted",
      { taskToken },
      { label: "by the first attempt" },
    );
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-no-retry-past-schedule-to-close", async (s) => {
    const timeouts = { scheduleToCloseTimeout: "5s", retryPolicy: { initialInterval: "60s" } };
    const { queue, run } = await startWithActivity(s, timeouts);
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskFailed", { taskToken, failure: applicationFailure("late") });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("heartbeat-details-of-the-next-attempt", async (s) => {
    const attributes = { heartbeatTimeout: "30s", retryPolicy: { initialInterval: "0.1s" } };
    const { queue, run } = await startWithActivity(s, attributes);
    const first = await s.pollActivityTask(queue);
    const beat = { taskToken: first.taskToken, details: payloads("step", 3) };
    await s.call("RecordActivityTaskHeartbeat", beat);
    await s.describe(run);
    const failure = applicationFailure("crash");
    await s.call("RespondActivityTaskFailed", { taskToken: first.taskToken, failure });
    const second = await s.pollActivityTask(queue);
    const last = {
      taskToken: second.taskToken,
      failure: applicationFailure("crash again"),
      lastHeartbeatDetails: payloads("step", 4),
    };
    await s.call("RespondActivityTaskFailed", last);
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskCompleted", { taskToken, result: payloads("resumed") });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("heartbeat-timeout-keeps-details", async (s) => {
    const retryPolicy = { initialInterval: "0.1s", maximumAttempts: 2 };
    const { queue, run } = await startWithActivity(s, { heartbeatTimeout: "1s", retryPolicy });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RecordActivityTaskHeartbeat", { taskToken, details: payloads("at 1") });
    await s.pollActivityTask(queue);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-cancel-by-heartbeat", async (s) => {
    const { queue, run } = await startWithActivity(s, { heartbeatTimeout: "30s" });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RecordActivityTaskHeartbeat", { taskToken }, { label: "before" });
    await cancelActivity(s, queue, run);
    await s.describe(run);
    await s.call("RecordActivityTaskHeartbeat", { taskToken }, { label: "after" });
    await s.call("RespondActivityTaskCanceled", { taskToken, details: payloads("cleaned up") });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-cancel-before-start", async (s) => {
    const { queue, run } = await startWithActivity(s, {});
    await cancelActivity(s, queue, run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-cancel-ignored", async (s) => {
    const { queue, run } = await startWithActivity(s, {});
    const { taskToken } = await s.pollActivityTask(queue);
    await cancelActivity(s, queue, run);
    await s.call("RespondActivityTaskCompleted", { taskToken, result: payloads("anyway") });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-cancel-during-backoff", async (s) => {
    const { queue, run } = await startWithActivity(s, { retryPolicy: { initialInterval: "600s" } });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskFailed", { taskToken, failure: applicationFailure("wait") });
    await cancelActivity(s, queue, run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-canceled-without-request", async (s) => {
    const { queue, run } = await startWithActivity(s, { retryPolicy: ONCE });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.attempt("RespondActivityTaskCanceled", { taskToken });
    await s.attempt("RespondActivityTaskCompleted", { taskToken });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-by-id", async (s) => {
    const { queue, run } = await startWithActivity(s, { heartbeatTimeout: "30s" });
    await s.pollActivityTask(queue);
    const target = { ...run, activityId: "a1" };
    await s.call("RecordActivityTaskHeartbeatById", { ...target, details: payloads("by id") });
    await s.attempt("RespondActivityTaskCanceledById", target);
    await s.attempt("RespondActivityTaskCompletedById", { ...target, activityId: "no-such" });
    await s.call("RespondActivityTaskCompletedById", { ...target, result: payloads("by id") });
    await s.attempt("RespondActivityTaskCompletedById", target, { label: "again" });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-by-id-failed-unstarted", async (s) => {
    const { queue, run } = await startWithActivity(s, { retryPolicy: ONCE });
    const target = { ...run, activityId: "a1" };
    await s.attempt("RespondActivityTaskFailedById", {
      ...target,
      failure: applicationFailure("x"),
    });
    await s.attempt("RespondActivityTaskCompletedById", { ...target, runId: "" });
    await s.attempt("RecordActivityTaskHeartbeatById", target);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
    await s.attempt("RespondActivityTaskCompletedById", target, { label: "closed" });
    await s.attempt("RecordActivityTaskHeartbeatById", target, { label: "closed" });
    await s.attempt("PollActivityTaskQueue", { taskQueue: { name: "" } });
    await s.attempt("RespondActivityTaskFailedById", { ...target, activityId: "" });
    await s.attempt("RespondActivityTaskFailedById", { ...target, workflowId: "" });
    void queue;
  }),

  scenario("activity-by-id-during-backoff", async (s) => {
    const { queue, run } = await startWithActivity(s, { retryPolicy: { initialInterval: "600s" } });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskFailed", { taskToken, failure: applicationFailure("wait") });
    await s.attempt("RespondActivityTaskCompleted", { taskToken }, { label: "by token" });
    await s.attempt("RecordActivityTaskHeartbeat", { taskToken }, { label: "by token" });
    await s.attempt("RespondActivityTaskCompletedById", { ...run, activityId: "a1" });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-of-closed-workflow", async (s) => {
    const { queue, run } = await startWithActivity(s, { heartbeatTimeout: "30s" });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.attempt("RecordActivityTaskHeartbeat", { taskToken });
    await s.attempt("RespondActivityTaskCompleted", { taskToken });
    await s.attempt("RespondActivityTaskFailed", { taskToken, failure: applicationFailure("x") });
    await s.attempt("RespondActivityTaskCanceled", { taskToken });
    await s.history(run);
  }),

  scenario("activity-defaults-from-timeouts", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, workflowRunTimeout: "100s" });
    await s.runWorkflowTask(queue, [
      scheduleActivity(queue, { activityId: "start-to-close" }),
      scheduleActivity(queue, {
        activityId: "schedule-to-close",
        startToCloseTimeout: undefined,
        scheduleToCloseTimeout: "30s",
      }),
      scheduleActivity(queue, {
        activityId: "longer-than-the-run",
        startToCloseTimeout: "500s",
        scheduleToCloseTimeout: "500s",
        scheduleToStartTimeout: "500s",
        heartbeatTimeout: "500s",
      }),
    ]);
    await s.history(run);
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),
];

interface ActivityRun {
  readonly queue: string;
  readonly run: WorkflowRef;
}

/** Starts a workflow whose first task schedules one activity. */
async function startWithActivity(s: Scenario, attributes: PlainObject): Promise<ActivityRun> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  await s.runWorkflowTask(queue, [scheduleActivity(queue, attributes)]);
  return { queue, run };
}

/** Lets an activity run into a timeout, with or without a worker having started it. */
async function timedOutActivity(
  s: Scenario,
  attributes: PlainObject,
  isStarted: boolean,
): Promise<void> {
  const { queue, run } = await startWithActivity(s, attributes);
  const taskToken = isStarted ? (await s.pollActivityTask(queue)).taskToken : undefined;
  await s.runWorkflowTask(queue, [completeWorkflow()]);
  if (taskToken !== undefined) await s.attempt("RespondActivityTaskCompleted", { taskToken });
  await s.closedHistory(run);
}

/** Wakes the workflow with a signal, and answers with a request to cancel its activity. */
async function cancelActivity(s: Scenario, queue: string, run: WorkflowRef): Promise<void> {
  const workflowExecution = { ...run };
  await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "cancel-activity" });
  const task = await s.pollWorkflowTask(queue);
  const events = pick(task.response, "history.events");
  const scheduled = Array.isArray(events)
    ? events.find((event) => pick(event, "eventType") === "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED")
    : undefined;
  const scheduledEventId = pickNumber(scheduled, "eventId");
  const cancel = command("REQUEST_CANCEL_ACTIVITY_TASK", { scheduledEventId });
  await s.completeWorkflowTask(task, [cancel]);
}
