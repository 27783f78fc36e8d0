import type { ActivitySnapshot, ActivitySnapshotInit } from "@perdure/proto/perdure/internal/v1";
import { timestampMs, toTimestamp } from "../wire-time.js";
import type { Activity } from "./run-state.js";

/** What a snapshot keeps of a pending activity. */
export function snapshotActivity(activity: Activity): ActivitySnapshotInit {
  return {
    scheduled: {
      eventId: BigInt(activity.scheduledEventId),
      eventTime: toTimestamp(activity.scheduledTimeMs),
      attributes: { kind: "activityTaskScheduledEventAttributes", value: activity.scheduled },
    },
    progress: activity.progress,
  };
}

/** Restores what `snapshotActivity` kept, by the ID of the scheduled event. */
export function restoreActivities(
  snapshots: readonly ActivitySnapshot[],
): readonly (readonly [number, Activity])[] {
  const activities: [number, Activity][] = [];
  for (const { scheduled, progress } of snapshots) {
    if (scheduled?.attributes?.kind !== "activityTaskScheduledEventAttributes") continue;
    if (progress === undefined) continue;
    const { scheduledEventId } = progress;
    const scheduledTimeMs = timestampMs(scheduled.eventTime);
    const { value } = scheduled.attributes;
    activities.push([
      scheduledEventId,
      { scheduledEventId, scheduled: value, scheduledTimeMs, progress },
    ]);
  }
  return activities;
}
