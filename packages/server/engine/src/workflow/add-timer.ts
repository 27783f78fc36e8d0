import type { TimerStartedEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import { durationMs } from "../wire-time.js";
import type { RunDraft } from "./run-state.js";

/** Folds the start of a timer. */
export function addTimer(
  draft: RunDraft,
  started: TimerStartedEventAttributesInit,
  place: { readonly eventId: number; readonly timeMs: number },
): void {
  const timerId = started.timerId ?? "";
  const fireAtMs = place.timeMs + durationMs(started.startToFireTimeout);
  const timer = { timerId, startedEventId: place.eventId, fireAtMs };
  draft.timers = draft.timers.set(timerId, timer);
}
