import { TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import { durationMs } from "../wire-time.js";
import { optionsOf } from "./activity-options.js";
import type { Activity, RunDraft, RunState } from "./run-state.js";

/** Something that has to be done for an activity at a time. */
export type ActivityDeadline =
  | { readonly kind: "backoff"; readonly atMs: number; readonly scheduledEventId: number }
  | {
      readonly kind: "activity";
      readonly atMs: number;
      readonly scheduledEventId: number;
      readonly type: TimeoutType;
    };

/** Up to so many activities all are looked at: a bound would save nothing. */
const EXACT_ACTIVITIES_MAX = 32;

/**
 * Lower bounds of the earliest deadline of sets of activities. A step of a run with thousands of
 * activities changes one or two of them, so the bound of the new set follows from that of the old.
 */
const bounds = new WeakMap<RunState["activities"], number>();

/** Puts an activity into the draft, in place of what was there. */
export function setActivity(draft: RunDraft, activity: Activity): void {
  const before = draft.activities;
  draft.activities = before.set(activity.scheduledEventId, activity);
  const bound = bounds.get(before);
  if (bound !== undefined) bounds.set(draft.activities, Math.min(bound, earliestOf(activity)));
}

/** Takes an activity out of the draft. */
export function deleteActivity(draft: RunDraft, scheduledEventId: number): void {
  const before = draft.activities;
  draft.activities = before.delete(scheduledEventId);
  const bound = bounds.get(before);
  if (bound !== undefined) bounds.set(draft.activities, bound);
}

/**
 * When the first of the activities must be looked at, or a time before that; `undefined`: never.
 * After `refreshBound` it is the exact time.
 */
export function activitiesWakeMs(activities: RunState["activities"]): number | undefined {
  const bound = activities.size <= EXACT_ACTIVITIES_MAX ? undefined : bounds.get(activities);
  const atMs = bound ?? refreshBound(activities);
  return atMs === Infinity ? undefined : atMs;
}

/** Looks at all activities, so that their bound is exact. */
export function refreshBound(activities: RunState["activities"]): number {
  let atMs = Infinity;
  for (const activity of activities.values()) atMs = Math.min(atMs, earliestOf(activity));
  if (activities.size > EXACT_ACTIVITIES_MAX) bounds.set(activities, atMs);
  return atMs;
}

function earliestOf(activity: Activity): number {
  let atMs = Infinity;
  considerActivity(activity, (deadline) => {
    if (deadline.atMs !== 0) atMs = Math.min(atMs, deadline.atMs);
  });
  return atMs;
}

/** Calls `consider` for each deadline of an activity; a paused one has none. */
export function considerActivity(
  activity: Activity,
  consider: (deadline: ActivityDeadline) => void,
): void {
  const { progress, scheduledEventId } = activity;
  if (progress.pause !== undefined) return;
  const options = optionsOf(activity);
  if (progress.isBackingOff) {
    consider({ kind: "backoff", atMs: progress.scheduledAtMs, scheduledEventId });
  }
  const addTimeout = (type: TimeoutType, fromMs: number, spanMs: number): void => {
    if (spanMs > 0) consider({ kind: "activity", atMs: fromMs + spanMs, scheduledEventId, type });
  };
  const livedAtMs = Math.max(progress.startedAtMs, progress.lastHeartbeatAtMs);
  const isStarted = progress.startedAtMs !== 0;
  // Of two that are due at the same time the first one counts.
  if (isStarted) {
    const startToCloseMs = durationMs(options.startToCloseTimeout);
    addTimeout(TimeoutType.START_TO_CLOSE, progress.startedAtMs, startToCloseMs);
  } else {
    const scheduleToStartMs = durationMs(options.scheduleToStartTimeout);
    addTimeout(TimeoutType.SCHEDULE_TO_START, progress.scheduledAtMs, scheduleToStartMs);
  }
  const scheduleToCloseMs = durationMs(options.scheduleToCloseTimeout);
  addTimeout(TimeoutType.SCHEDULE_TO_CLOSE, progress.firstScheduledAtMs, scheduleToCloseMs);
  if (isStarted) addTimeout(TimeoutType.HEARTBEAT, livedAtMs, durationMs(options.heartbeatTimeout));
}
