import {
  type Activity,
  durationMs,
  optionsOf,
  toDuration,
  toTimestamp,
  versionText,
} from "@perdure/engine";
import type { TimestampInit } from "@perdure/proto/google/protobuf";
import type { ActivityPause } from "@perdure/proto/perdure/internal/v1";
import { PendingActivityState } from "@perdure/proto/temporal/api/enums/v1";
import type { PendingActivityInfoInit } from "@perdure/proto/temporal/api/workflow/v1";

/** What a description tells of an activity whose end the run has not learnt. */
export function pendingActivity(activity: Activity): PendingActivityInfoInit {
  const { progress, scheduled } = activity;
  const options = optionsOf(activity);
  const queueName = options.taskQueue?.name;
  const isBackingOff = progress.isBackingOff && progress.pause === undefined;
  return {
    activityId: scheduled.activityId,
    activityType: scheduled.activityType,
    state: activityState(activity),
    heartbeatDetails: progress.heartbeatDetails,
    lastHeartbeatTime: optionalTime(progress.lastHeartbeatAtMs),
    lastStartedTime: optionalTime(progress.startedAtMs),
    attempt: progress.attempt,
    maximumAttempts: options.retryPolicy?.maximumAttempts,
    scheduledTime: toTimestamp(progress.scheduledAtMs),
    expirationTime: activityExpiration(activity),
    lastFailure: progress.lastFailure,
    lastWorkerIdentity: progress.lastWorkerIdentity,
    lastWorkerDeploymentVersion: progress.lastVersion && versionText(progress.lastVersion),
    lastDeploymentVersion: progress.lastVersion,
    currentRetryInterval:
      isBackingOff && progress.lastAttemptCompletedAtMs > 0
        ? toDuration(progress.scheduledAtMs - progress.lastAttemptCompletedAtMs)
        : undefined,
    lastAttemptCompleteTime: optionalTime(progress.lastAttemptCompletedAtMs),
    nextAttemptScheduleTime: isBackingOff ? toTimestamp(progress.scheduledAtMs) : undefined,
    paused: progress.pause !== undefined,
    pauseInfo: pauseInfo(progress.pause),
    priority: options.priority,
    activityOptions: {
      taskQueue: { name: queueName, normalName: queueName },
      scheduleToCloseTimeout: options.scheduleToCloseTimeout,
      scheduleToStartTimeout: options.scheduleToStartTimeout,
      startToCloseTimeout: options.startToCloseTimeout,
      heartbeatTimeout: options.heartbeatTimeout,
      retryPolicy: { ...options.retryPolicy, nonRetryableErrorTypes: [] },
      priority: options.priority,
    },
  };
}

function pauseInfo(pause: ActivityPause | undefined): PendingActivityInfoInit["pauseInfo"] {
  if (pause === undefined) return undefined;
  const { pausedAtMs, identity, reason } = pause;
  return {
    pauseTime: toTimestamp(pausedAtMs),
    pausedBy: { kind: "manual", value: { identity, reason } },
  };
}

function activityState(activity: Activity): PendingActivityState {
  const { progress } = activity;
  if (progress.cancelRequested) return PendingActivityState.CANCEL_REQUESTED;
  const isStarted = progress.startedAtMs !== 0;
  if (progress.pause !== undefined) {
    return isStarted ? PendingActivityState.PAUSE_REQUESTED : PendingActivityState.PAUSED;
  }
  return isStarted ? PendingActivityState.STARTED : PendingActivityState.SCHEDULED;
}

function activityExpiration(activity: Activity): TimestampInit | undefined {
  const scheduleToCloseMs = durationMs(activity.scheduled.scheduleToCloseTimeout);
  return scheduleToCloseMs === 0
    ? undefined
    : toTimestamp(activity.scheduledTimeMs + scheduleToCloseMs);
}

/** A wire timestamp; absent for 0. */
export function optionalTime(epochMs: number): TimestampInit | undefined {
  return epochMs === 0 ? undefined : toTimestamp(epochMs);
}
