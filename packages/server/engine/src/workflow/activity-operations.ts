import { FailedPreconditionError, InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import type { ActivityProgress } from "@perdure/proto/perdure/internal/v1";
import { ActivityOptions as WireOptions } from "@perdure/proto/temporal/api/activity/v1";
import { TaskQueueKind } from "@perdure/proto/temporal/api/enums/v1";
import { changeProgress, freshStart, offerActivity } from "./activity.js";
import { type ActivityOptions, mergeOptions, optionsOf } from "./activity-options.js";
import { attributePayload } from "./payload-fields.js";
import { backoffMs } from "./retry.js";
import { type Activity, type RunState, requireOpen } from "./run-state.js";
import { checkedTimeouts } from "./schedule-activity.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";

/** Which pending activities an operation means. */
export type ActivitySelector =
  | { readonly kind: "id"; readonly activityId: string }
  | { readonly kind: "type"; readonly typeName: string }
  | { readonly kind: "all" };

/** @throws {NotFoundError} None is pending that is meant, or the run has closed. */
function selectActivities(run: RunState, selector: ActivitySelector): readonly Activity[] {
  requireOpen(run);
  const selected = run.activities
    .valueSeq()
    .filter(({ scheduled }) => {
      if (selector.kind === "all") return true;
      if (selector.kind === "id") return scheduled.activityId === selector.activityId;
      return (scheduled.activityType?.name ?? "") === selector.typeName;
    })
    .toArray()
    .sort((one, other) => one.scheduledEventId - other.scheduledEventId);
  if (selected.length > 0) return selected;
  throw new NotFoundError(
    "Can't find pending activity with such ID. Invalid activityID or activity already completed",
  );
}

/** Whether no worker runs the activity: it waits in a queue, for its back-off, or is paused. */
function isWaiting({ progress }: Activity): boolean {
  return progress.startedAtMs === 0 && !progress.cancelRequested;
}

export interface ActivityPauseInput {
  readonly selector: ActivitySelector;
  readonly identity: string;
  readonly reason: string;
  readonly requestId: string;
}

/**
 * Holds activities back: no attempt begins and no timeout counts until they are unpaused. An
 * attempt that runs goes on, and its worker learns of the pause by its heartbeat.
 *
 * @throws {NotFoundError} No such activity is pending, or the run has closed.
 * @throws {FailedPreconditionError} Another request has paused one of them.
 */
export function pauseActivities(
  run: RunState,
  input: ActivityPauseInput,
  environment: StepEnvironment,
): RunStep {
  const selected = selectActivities(run, input.selector);
  const step = new Step(run, environment);
  const { identity, reason, requestId } = input;
  for (const activity of selected) {
    const { pause, stamp } = activity.progress;
    if (pause?.requestId === requestId) continue;
    if (pause !== undefined) throw new FailedPreconditionError("activity is already paused");
    changeProgress(step, activity, {
      stamp: stamp + 1,
      pause: { pausedAtMs: step.nowMs, identity, reason, requestId },
    });
  }
  tellPauses(step);
  return step.finish();
}

/** Search attribute that names the types of paused activities. */
const PAUSE_INFO = "TemporalPauseInfo";
const NO_PAUSES = Buffer.from("[]");

/**
 * Lists the run by the types of its paused activities. As with the official server, that a paused
 * activity ends changes nothing until a pause begins or ends.
 */
function tellPauses(step: Step): void {
  const types = new Set<string>();
  for (const { progress, scheduled } of step.draft.activities.values()) {
    if (progress.pause !== undefined) types.add(scheduled.activityType?.name ?? "");
  }
  const properties = [...types].sort().map((type) => `property:activityType=${type}`);
  const payload = attributePayload("KeywordList", properties);
  const known = step.draft.searchAttributes?.indexedFields?.get(PAUSE_INFO)?.data ?? NO_PAUSES;
  if (Buffer.from(known).equals(payload.data ?? NO_PAUSES)) return;
  step.setSearchAttributes({ indexedFields: new Map([[PAUSE_INFO, payload]]) });
}

export interface ActivityUnpauseInput {
  readonly selector: ActivitySelector;
  readonly resetAttempts: boolean;
  readonly resetHeartbeat: boolean;
  /** Draws how long a waiting activity waits on, milliseconds. */
  readonly drawDelayMs: () => number;
}

/**
 * Lets paused activities go on; others stay as they are.
 *
 * @throws {NotFoundError} No such activity is pending, or the run has closed.
 */
export function unpauseActivities(
  run: RunState,
  input: ActivityUnpauseInput,
  environment: StepEnvironment,
): RunStep {
  const selected = selectActivities(run, input.selector);
  const step = new Step(run, environment);
  for (const activity of selected) {
    if (activity.progress.pause === undefined) continue;
    const changed = changeProgress(step, activity, {
      pause: undefined,
      ...(input.resetAttempts ? { attempt: 1 } : {}),
      ...(input.resetHeartbeat ? { heartbeatDetails: undefined, lastHeartbeatAtMs: 0 } : {}),
    });
    if (isWaiting(changed)) reschedule(step, changed, step.nowMs + input.drawDelayMs());
  }
  tellPauses(step);
  return step.finish();
}

export interface ActivityResetInput {
  readonly selector: ActivitySelector;
  readonly resetHeartbeat: boolean;
  readonly keepPaused: boolean;
  readonly restoreOptions: boolean;
  /** As for `ActivityUnpauseInput`. */
  readonly drawDelayMs: () => number;
}

/**
 * Makes the activities' attempts count from 1 again. One that waits is scheduled at once; of one
 * that runs, the worker learns it by its heartbeat.
 *
 * @throws {NotFoundError} No such activity is pending, or the run has closed.
 */
export function resetActivities(
  run: RunState,
  input: ActivityResetInput,
  environment: StepEnvironment,
): RunStep {
  const selected = selectActivities(run, input.selector);
  const step = new Step(run, environment);
  for (const activity of selected) {
    const { progress } = activity;
    const changed = changeProgress(step, activity, {
      attempt: 1,
      isReset: true,
      dropsHeartbeat: progress.dropsHeartbeat || input.resetHeartbeat,
      pause: input.keepPaused ? progress.pause : undefined,
      ...(input.restoreOptions ? { options: restoredByReset(activity) } : {}),
    });
    if (changed.progress.pause !== undefined || !isWaiting(changed)) continue;
    reschedule(step, changed, step.nowMs + input.drawDelayMs());
  }
  if (selected.some(({ progress }) => progress.pause !== undefined)) tellPauses(step);
  return step.finish();
}

/** A reset leaves the priority as it was changed. */
function restoredByReset(activity: Activity): ActivityProgress["options"] {
  const { options } = activity.progress;
  if (options === undefined) return undefined;
  return storedOptions(activity, { ...originalOptions(activity), priority: options.priority });
}

export interface ActivityOptionsInput {
  readonly selector: ActivitySelector;
  readonly change:
    | { readonly kind: "restore" }
    | {
        readonly kind: "merge";
        readonly options: ActivityOptions | undefined;
        /** Names of the fields to change, as `maskedFields` makes them. */
        readonly fields: ReadonlySet<string> | undefined;
      };
}

/** A step and the options that the last of the activities has by it. */
export interface ActivityOptionsStep {
  readonly step: RunStep;
  readonly options: ActivityOptions;
}

/**
 * Changes options of activities. Timeouts that count already end as the new options say; an
 * activity that waits for its next attempt waits as the new retry policy says.
 *
 * @throws {NotFoundError} No such activity is pending, or the run has closed.
 * @throws {InvalidArgumentError} The changed options are illegal.
 */
export function updateActivityOptions(
  run: RunState,
  input: ActivityOptionsInput,
  environment: StepEnvironment,
): ActivityOptionsStep {
  requireOpen(run);
  const { change } = input;
  if (change.kind === "merge" && change.options === undefined) {
    throw new InvalidArgumentError("ActivityOptions are not provided");
  }
  const selected = selectActivities(run, input.selector);
  const step = new Step(run, environment);
  let options: ActivityOptions = {};
  for (const activity of selected) {
    options =
      change.kind === "merge" ? mergedOptions(step, activity, change) : originalOptions(activity);
    const changed = changeProgress(step, activity, {
      options: change.kind === "merge" ? storedOptions(activity, options) : undefined,
    });
    if (isWaiting(changed)) reschedule(step, changed, nextAttemptAtMs(changed));
  }
  return { step: step.finish(), options };
}

function originalOptions({ scheduled }: Activity): ActivityOptions {
  return {
    taskQueue: { name: scheduled.taskQueue?.name },
    scheduleToCloseTimeout: scheduled.scheduleToCloseTimeout,
    scheduleToStartTimeout: scheduled.scheduleToStartTimeout,
    startToCloseTimeout: scheduled.startToCloseTimeout,
    heartbeatTimeout: scheduled.heartbeatTimeout,
    priority: scheduled.priority,
    retryPolicy: scheduled.retryPolicy,
  };
}

function mergedOptions(
  step: Step,
  activity: Activity,
  change: ActivityOptionsInput["change"] & { readonly kind: "merge" },
): ActivityOptions {
  const { scheduled } = activity;
  const present = optionsOf(activity);
  if (change.fields === undefined) throw new InvalidArgumentError("UpdateMask is not provided");
  const into = {
    ...originalOptions({ ...activity, scheduled: { ...scheduled, ...present } }),
    taskQueue: { name: present.taskQueue?.name, kind: TaskQueueKind.NORMAL },
    retryPolicy: { ...present.retryPolicy, nonRetryableErrorTypes: [] },
  };
  const merged = mergeOptions(into, change.options ?? {}, change.fields);
  const { activityId, activityType } = scheduled;
  const { retryPolicy: _retry, priority: _priority, ...rest } = merged;
  return { ...merged, ...checkedTimeouts(step, { ...rest, activityId, activityType }, 0) };
}

/** Which failures are final can't be changed. */
function storedOptions(activity: Activity, options: ActivityOptions): ActivityProgress["options"] {
  const nonRetryableErrorTypes = activity.scheduled.retryPolicy?.nonRetryableErrorTypes;
  const retryPolicy = { ...options.retryPolicy, nonRetryableErrorTypes };
  // A delay of the start means nothing to an activity that a workflow scheduled.
  const { startDelay: _startDelay, ...others } = options;
  return WireOptions.decode(WireOptions.encode({ ...others, retryPolicy }));
}

/**
 * When a waiting activity's attempt comes by its present options. The delay counts the coming
 * attempt, and so is one step longer than the one that the failure had led to; so does the
 * official server.
 */
function nextAttemptAtMs(activity: Activity): number {
  const { attempt, scheduledAtMs, lastAttemptCompletedAtMs } = activity.progress;
  if (attempt <= 1 || lastAttemptCompletedAtMs === 0) return scheduledAtMs;
  const delayMs = backoffMs(optionsOf(activity).retryPolicy ?? {}, attempt);
  return delayMs > 0 ? lastAttemptCompletedAtMs + delayMs : scheduledAtMs;
}

/** Schedules a waiting activity's attempt anew; what waits in queues for it is stale. */
function reschedule(step: Step, activity: Activity, scheduledAtMs: number): void {
  const { progress } = activity;
  const isBackingOff = scheduledAtMs > step.nowMs;
  const changed = changeProgress(step, activity, {
    ...freshStart(progress),
    stamp: progress.stamp + 1,
    scheduledAtMs,
    lastFailure: undefined,
    isBackingOff,
  });
  if (progress.pause === undefined && !isBackingOff) offerActivity(step, changed);
}
