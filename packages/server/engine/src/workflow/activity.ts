import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import type { ActivityProgress } from "@perdure/proto/perdure/internal/v1";
import type { PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import { Payloads } from "@perdure/proto/temporal/api/common/v1";
import { RetryState, TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import { Failure, type FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import { durationMs } from "../wire-time.js";
import { optionsOf } from "./activity-options.js";
import { boundedFailure } from "./bounded-failure.js";
import type { EventAttributes } from "./event-types.js";
import { decideRetry, isRetryable } from "./retry.js";
import {
  type Activity,
  activityOf,
  isPaused,
  type RunState,
  requireOpen,
  taskQueueName,
} from "./run-state.js";
import { taskDirective } from "./run-versioning.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";
import { ensureWorkflowTask, priorityOf, type TaskStart } from "./workflow-task.js";

/** Puts the activity's present attempt before pollers. */
export function offerActivity(step: Step, activity: Activity): void {
  // All that wait are offered when a paused run goes on.
  if (isPaused(step.draft)) return;
  const { taskQueue, priority } = optionsOf(activity);
  step.offer({
    kind: "activity",
    queueName: taskQueue?.name ?? taskQueueName(step.draft),
    fallbackQueueName: undefined,
    scheduledEventId: activity.scheduledEventId,
    stamp: activity.progress.stamp,
    priority: priorityOf(priority?.priorityKey),
    isSpeculative: undefined,
    workflowId: step.draft.workflowId,
    directive: taskDirective(step.draft),
  });
}

/** Whether the activity attempt that a queue hands out is still wanted. */
export function isActivityTaskCurrent(run: RunState, start: TaskStart): boolean {
  if (isPaused(run)) return false;
  const progress = run.activities.get(start.scheduledEventId)?.progress;
  if (progress === undefined || progress.startedAtMs !== 0 || progress.isBackingOff) return false;
  if (progress.pause !== undefined) return false;
  return progress.stamp === start.stamp;
}

/** Gives the activity's present attempt to a worker. */
export function startActivity(step: Step, start: TaskStart): void {
  const { scheduled, scheduledEventId, scheduledTimeMs, progress } = activityOf(
    step.draft,
    start.scheduledEventId,
  );
  const started = startedProgress(progress, { start, nowMs: step.nowMs });
  step.putActivity({ scheduledEventId, scheduled, scheduledTimeMs, progress: started });
}

function startedProgress(
  before: ActivityProgress,
  { start, nowMs }: { readonly start: TaskStart; readonly nowMs: number },
): ActivityProgress {
  return {
    scheduledEventId: before.scheduledEventId,
    attempt: before.attempt,
    stamp: before.stamp,
    scheduledAtMs: before.scheduledAtMs,
    startedAtMs: nowMs,
    requestId: start.requestId,
    identity: start.identity,
    lastHeartbeatAtMs: before.lastHeartbeatAtMs,
    heartbeatDetails: before.heartbeatDetails,
    lastFailure: before.lastFailure,
    lastWorkerIdentity: start.identity,
    cancelRequested: before.cancelRequested,
    cancelRequestedEventId: before.cancelRequestedEventId,
    lastAttemptCompletedAtMs: before.lastAttemptCompletedAtMs,
    firstScheduledAtMs: before.firstScheduledAtMs,
    isBackingOff: before.isBackingOff,
    pause: before.pause,
    options: before.options,
    isReset: before.isReset,
    dropsHeartbeat: before.dropsHeartbeat,
    lastVersion: start.versioning?.worker,
  };
}

/** Changes what is known of an activity; returns the changed activity. */
export function changeProgress(
  step: Step,
  activity: Activity,
  change: Partial<ActivityProgress>,
): Activity {
  const changed = { ...activity, progress: { ...activity.progress, ...change } };
  step.putActivity(changed);
  return changed;
}

/** Names an activity attempt, by what a task token holds or by the activity's ID. */
export type ActivityTarget =
  | {
      readonly kind: "token";
      readonly scheduledEventId: number;
      readonly attempt: number;
      readonly startedAtMs: number;
    }
  | { readonly kind: "id"; readonly activityId: string };

const TASK_NOT_FOUND =
  "invalid activityID or activity already timed out or invoking workflow is completed";

/**
 * The pending activity that a worker or user means.
 *
 * @param needsStarted - Whether an attempt must be running; by ID a completion may come between
 * attempts.
 * @throws {NotFoundError}
 */
export function targetActivity(
  run: RunState,
  target: ActivityTarget,
  needsStarted: boolean,
): Activity {
  requireOpen(run);
  if (target.kind === "id") {
    const scheduledEventId = run.activityIds.get(target.activityId);
    if (scheduledEventId === undefined) {
      throw new NotFoundError(
        `cannot find pending activity with ActivityID ${target.activityId}, check workflow execution history for more details`,
      );
    }
    const activity = activityOf(run, scheduledEventId);
    if (needsStarted && activity.progress.startedAtMs === 0)
      throw new NotFoundError(TASK_NOT_FOUND);
    return activity;
  }
  const activity = run.activities.get(target.scheduledEventId);
  const progress = activity?.progress;
  const isHeld =
    progress !== undefined &&
    progress.attempt === target.attempt &&
    progress.startedAtMs !== 0 &&
    progress.startedAtMs === target.startedAtMs;
  if (activity === undefined || !isHeld) throw new NotFoundError(TASK_NOT_FOUND);
  return activity;
}

/**
 * Writes the started event of the last attempt, which had none so far. Returns its ID, 0 when it
 * waits.
 */
function recordStarted(step: Step, activity: Activity): bigint {
  const { progress } = activity;
  if (progress.startedAtMs === 0) return 0n;
  const value = {
    scheduledEventId: BigInt(activity.scheduledEventId),
    identity: progress.identity,
    requestId: progress.requestId,
    attempt: progress.attempt,
    lastFailure: progress.lastFailure,
  };
  const timeMs = progress.startedAtMs;
  const kind = "activityTaskStartedEventAttributes";
  return BigInt(step.recordOrBuffer({ kind, value }, { timeMs }));
}

function close(
  step: Step,
  activity: Activity,
  ending: (startedEventId: bigint) => EventAttributes,
): void {
  const startedEventId = recordStarted(step, activity);
  step.recordOrBuffer(ending(startedEventId));
  ensureWorkflowTask(step);
}

export interface ActivityCompletion {
  readonly target: ActivityTarget;
  readonly result: PayloadsInit | undefined;
  readonly identity: string;
}

/**
 * Completes an activity.
 *
 * @throws {NotFoundError} The attempt is not running (any more) or the run has closed.
 */
export function completeActivity(
  run: RunState,
  completion: ActivityCompletion,
  environment: StepEnvironment,
): RunStep {
  let activity = targetActivity(run, completion.target, false);
  const step = new Step(run, environment);
  const { result, identity } = completion;
  // Who completes an activity that nobody runs is taken for its worker.
  if (activity.progress.startedAtMs === 0) {
    activity = changeProgress(step, activity, { startedAtMs: step.nowMs, identity });
  }
  const scheduledEventId = BigInt(activity.scheduledEventId);
  close(step, activity, (startedEventId) => ({
    kind: "activityTaskCompletedEventAttributes",
    value: { result, scheduledEventId, startedEventId, identity },
  }));
  return step.finish();
}

export interface ActivityFailure {
  readonly target: ActivityTarget;
  readonly failure: FailureInit | undefined;
  readonly identity: string;
  /** Details of the last heartbeat, which the worker did not send by itself. */
  readonly lastHeartbeatDetails: PayloadsInit | undefined;
}

/**
 * Fails an attempt: another one follows if the retry policy says so. Errors as `completeActivity`.
 */
export function failActivity(
  run: RunState,
  failed: ActivityFailure,
  environment: StepEnvironment,
): RunStep {
  let activity = targetActivity(run, failed.target, true);
  const step = new Step(run, environment);
  if (failed.lastHeartbeatDetails !== undefined) {
    const heartbeatDetails = Payloads.decode(Payloads.encode(failed.lastHeartbeatDetails));
    activity = changeProgress(step, activity, { heartbeatDetails, lastHeartbeatAtMs: step.nowMs });
  }
  activity = changeProgress(step, activity, { lastAttemptCompletedAtMs: step.nowMs });
  const { failure } = failed;
  const state = retryOrStop(step, activity, failure);
  if (state !== RetryState.IN_PROGRESS) {
    closeAsFailed(step, activity, { failure, state, identity: failed.identity });
  }
  return step.finish();
}

function closeAsFailed(
  step: Step,
  activity: Activity,
  failed: {
    readonly failure: FailureInit | undefined;
    readonly state: RetryState;
    readonly identity: string;
  },
): void {
  const scheduledEventId = BigInt(activity.scheduledEventId);
  close(step, activity, (startedEventId) => ({
    kind: "activityTaskFailedEventAttributes",
    value: {
      failure: failed.failure,
      scheduledEventId,
      startedEventId,
      identity: failed.identity,
      retryState: failed.state,
    },
  }));
}

/** Schedules the next attempt, or tells why there is none. */
function retryOrStop(step: Step, activity: Activity, failure: FailureInit | undefined): RetryState {
  const { progress, scheduled } = activity;
  if (progress.cancelRequested) return RetryState.CANCEL_REQUESTED;
  const policy = optionsOf(activity).retryPolicy;
  if (progress.pause !== undefined && policy !== undefined && isRetryable(failure, policy)) {
    // Whether there are attempts left is not asked: who ends the pause gets one.
    changeProgress(step, activity, {
      ...nextAttempt(progress),
      lastFailure: rememberedFailure(step, failure),
    });
    return RetryState.IN_PROGRESS;
  }
  // Options that were changed later do not move the end of all retries.
  const scheduleToCloseMs = durationMs(scheduled.scheduleToCloseTimeout);
  const answer = decideRetry({
    policy,
    attempt: progress.attempt,
    failure,
    nowMs: step.nowMs,
    expiresAtMs: scheduleToCloseMs > 0 ? progress.firstScheduledAtMs + scheduleToCloseMs : 0,
    mayExceedMaximum: true,
  });
  if (answer.kind === "stop") return answer.state;
  changeProgress(step, activity, {
    ...nextAttempt(progress),
    ...freshStart(progress),
    scheduledAtMs: step.nowMs + answer.delayMs,
    lastFailure: rememberedFailure(step, failure),
    isBackingOff: true,
  });
  return RetryState.IN_PROGRESS;
}

function nextAttempt(progress: ActivityProgress): Partial<ActivityProgress> {
  return {
    attempt: progress.attempt + 1,
    stamp: progress.stamp + 1,
    startedAtMs: 0,
    requestId: "",
    identity: "",
  };
}

/** What a reset left to be done when another attempt is scheduled. */
export function freshStart(progress: ActivityProgress): Partial<ActivityProgress> {
  if (!progress.isReset && !progress.dropsHeartbeat) return {};
  const forgotten = { heartbeatDetails: undefined, lastHeartbeatAtMs: 0 };
  return { isReset: false, dropsHeartbeat: false, ...(progress.dropsHeartbeat ? forgotten : {}) };
}

/** The failure as the next attempt's worker and those who look at the run are told of it. */
function rememberedFailure(step: Step, failure: FailureInit | undefined): Failure | undefined {
  if (failure === undefined) return undefined;
  const bytesMax = step.environment.limits.lastFailureMaxBytes;
  const limit = { bytesMax, keptBytesMax: bytesMax, nonRetryable: false };
  return Failure.decode(Failure.encode(boundedFailure(failure, limit)));
}

/** Puts an attempt whose back-off is over before pollers. */
export function endBackoff(step: Step, activity: Activity): void {
  offerActivity(step, changeProgress(step, activity, { isBackingOff: false }));
}

export interface ActivityCancellation {
  readonly target: ActivityTarget;
  readonly details: PayloadsInit | undefined;
  readonly identity: string;
}

/**
 * Ends an activity as cancelled, which the workflow asked for.
 *
 * @throws {NotFoundError} As `completeActivity`.
 * @throws {InvalidArgumentError} Nobody asked to cancel it.
 */
export function cancelActivity(
  run: RunState,
  canceled: ActivityCancellation,
  environment: StepEnvironment,
): RunStep {
  const activity = targetActivity(run, canceled.target, true);
  const step = new Step(run, environment);
  const { details, identity } = canceled;
  if (!activity.progress.cancelRequested) {
    throw new InvalidArgumentError(
      "unable to mark activity as canceled without activity being request canceled first",
    );
  }
  recordCanceled(step, activity, { details, identity });
  return step.finish();
}

/** Closes an activity as cancelled. */
export function recordCanceled(
  step: Step,
  activity: Activity,
  canceled: { readonly details: PayloadsInit | undefined; readonly identity: string },
): void {
  const value = {
    details: canceled.details,
    identity: canceled.identity,
    scheduledEventId: BigInt(activity.scheduledEventId),
    latestCancelRequestedEventId: BigInt(activity.progress.cancelRequestedEventId),
  };
  close(step, activity, (startedEventId) => ({
    kind: "activityTaskCanceledEventAttributes",
    value: { ...value, startedEventId },
  }));
}

/** A step and what the worker is told about its activity. */
export interface HeartbeatStep {
  readonly step: RunStep;
  readonly isCancelRequested: boolean;
  readonly isPaused: boolean;
  readonly isReset: boolean;
}

/** Records that the activity lives, with its progress. Errors as `completeActivity`. */
export function heartbeatActivity(
  run: RunState,
  heartbeat: { readonly target: ActivityTarget; readonly details: PayloadsInit | undefined },
  environment: StepEnvironment,
): HeartbeatStep {
  const activity = targetActivity(run, heartbeat.target, true);
  const step = new Step(run, environment);
  const details = heartbeat.details;
  const heartbeatDetails =
    details === undefined ? undefined : Payloads.decode(Payloads.encode(details));
  changeProgress(step, activity, { heartbeatDetails, lastHeartbeatAtMs: step.nowMs });
  const { cancelRequested, pause, isReset } = activity.progress;
  const isPaused = pause !== undefined;
  return { step: step.finish(), isCancelRequested: cancelRequested, isPaused, isReset };
}

const TIMEOUT_NAME: ReadonlyMap<TimeoutType, string> = new Map([
  [TimeoutType.START_TO_CLOSE, "StartToClose"],
  [TimeoutType.SCHEDULE_TO_START, "ScheduleToStart"],
  [TimeoutType.SCHEDULE_TO_CLOSE, "ScheduleToClose"],
  [TimeoutType.HEARTBEAT, "Heartbeat"],
]);

const NO_TIME_FOR_RETRY =
  "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying";

/** Ends the present attempt, or the whole activity, because a time is over. */
export function timeOutActivity(step: Step, activity: Activity, type: TimeoutType): void {
  let failure = timeoutFailure(`activity ${TIMEOUT_NAME.get(type)} timeout`, type);
  const isScheduleTimeout =
    type === TimeoutType.SCHEDULE_TO_START || type === TimeoutType.SCHEDULE_TO_CLOSE;
  const state = isScheduleTimeout
    ? scheduleTimeoutState(activity)
    : retryOrStop(step, activity, failure);
  if (state === RetryState.IN_PROGRESS) return;
  if (state === RetryState.TIMEOUT && type !== TimeoutType.SCHEDULE_TO_START) {
    failure = timeoutFailure(NO_TIME_FOR_RETRY, TimeoutType.SCHEDULE_TO_CLOSE);
  }
  closeAsTimedOut(step, activity, { failure, state });
}

function scheduleTimeoutState(activity: Activity): RetryState {
  return activity.progress.cancelRequested ? RetryState.CANCEL_REQUESTED : RetryState.TIMEOUT;
}

function timeoutFailure(message: string, timeoutType: TimeoutType): FailureInit {
  return {
    message,
    source: "Server",
    failureInfo: { kind: "timeoutFailureInfo", value: { timeoutType } },
  };
}

function closeAsTimedOut(
  step: Step,
  activity: Activity,
  timedOut: { readonly failure: FailureInit; readonly state: RetryState },
): void {
  const { progress } = activity;
  const info = timedOut.failure.failureInfo;
  const timeoutType = info?.kind === "timeoutFailureInfo" ? info.value.timeoutType : undefined;
  const lastHeartbeatDetails = progress.heartbeatDetails;
  const failure: FailureInit = {
    ...timedOut.failure,
    failureInfo: { kind: "timeoutFailureInfo", value: { timeoutType, lastHeartbeatDetails } },
    cause: progress.lastFailure,
  };
  const scheduledEventId = BigInt(activity.scheduledEventId);
  close(step, activity, (startedEventId) => ({
    kind: "activityTaskTimedOutEventAttributes",
    value: { failure, scheduledEventId, startedEventId, retryState: timedOut.state },
  }));
}
