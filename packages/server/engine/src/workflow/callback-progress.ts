import type { CallbackProgress } from "@perdure/proto/perdure/internal/v1";
import type { CallbackInit } from "@perdure/proto/temporal/api/common/v1";
import { CallbackState, RetryState } from "@perdure/proto/temporal/api/enums/v1";
import type { EventAttributes } from "./event-types.js";
import type { RunDraft, RunState } from "./run-state.js";

/** A completion callback of a run. */
export interface RunCallback {
  readonly callback: CallbackInit;
  /** When it became the run's, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Request that attached it; empty for one that the run was started with. */
  readonly requestId: string;
}

/** All callbacks of a run: those of its start first, then those attached to it. */
export function runCallbacks(run: RunState): readonly RunCallback[] {
  const started = run.started.completionCallbacks ?? [];
  const { attachedCallbacks } = run.uncommon;
  if (started.length === 0 && attachedCallbacks.length === 0) return [];
  const sinceMs = run.startTimeMs;
  return [
    ...started.map((callback) => ({ callback, sinceMs, requestId: "" })),
    ...attachedCallbacks.map(({ callback = {}, attachedAtMs = 0, requestId = "" }) => ({
      callback,
      sinceMs: attachedAtMs,
      requestId,
    })),
  ];
}

/** Folds the end of a run: its callbacks become due, unless a later run inherits them. */
export function scheduleCallbacks(draft: RunDraft, closing: EventAttributes): void {
  const { resetRunId } = draft.uncommon;
  if (resetRunId !== "" || !firesCallbacks(closing)) return;
  const callbacks = runCallbacks(draft).map((_, index) => ({
    index,
    state: CallbackState.SCHEDULED,
    attempt: 0,
    lastAttemptAtMs: 0,
    lastFailure: undefined,
    nextAttemptAtMs: 0,
  }));
  if (callbacks.length > 0) draft.uncommon = { ...draft.uncommon, callbacks };
}

function firesCallbacks(closing: EventAttributes): boolean {
  switch (closing.kind) {
    case "workflowExecutionContinuedAsNewEventAttributes":
      return false;
    case "workflowExecutionFailedEventAttributes":
    case "workflowExecutionTimedOutEventAttributes":
      return closing.value.retryState !== RetryState.IN_PROGRESS;
    default:
      return true;
  }
}

/** Puts the progress of a callback in the place of what it was. */
export function setCallback(draft: RunDraft, progress: CallbackProgress): void {
  const callbacks = draft.uncommon.callbacks.map((known) =>
    known.index === progress.index ? progress : known,
  );
  draft.uncommon = { ...draft.uncommon, callbacks };
}

/** When a callback is to be tried again, milliseconds since the epoch; `undefined`: never. */
export function callbacksWakeMs(run: RunState): number | undefined {
  let firstMs: number | undefined;
  for (const { state, nextAttemptAtMs } of run.uncommon.callbacks) {
    if (state !== CallbackState.BACKING_OFF) continue;
    firstMs = Math.min(firstMs ?? Infinity, nextAttemptAtMs);
  }
  return firstMs;
}
