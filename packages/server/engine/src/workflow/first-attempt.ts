import type { ActivityProgress } from "@perdure/proto/perdure/internal/v1";

/** Where an activity stands that was just scheduled. */
export function firstAttempt(place: {
  readonly eventId: number;
  readonly timeMs: number;
}): ActivityProgress {
  return {
    scheduledEventId: place.eventId,
    attempt: 1,
    stamp: 1,
    scheduledAtMs: place.timeMs,
    startedAtMs: 0,
    requestId: "",
    identity: "",
    lastHeartbeatAtMs: 0,
    heartbeatDetails: undefined,
    lastFailure: undefined,
    lastWorkerIdentity: "",
    cancelRequested: false,
    cancelRequestedEventId: 0,
    lastAttemptCompletedAtMs: 0,
    firstScheduledAtMs: place.timeMs,
    isBackingOff: false,
    pause: undefined,
    options: undefined,
    isReset: false,
    dropsHeartbeat: false,
    lastVersion: undefined,
  };
}
