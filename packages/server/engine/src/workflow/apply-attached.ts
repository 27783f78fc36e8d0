import type { WorkflowExecutionOptionsUpdatedEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import type { RunDraft } from "./run-state.js";

/** Folds what requests attached to the run. An event that waits has the ID 0. */
export function applyAttached(
  draft: RunDraft,
  attached: WorkflowExecutionOptionsUpdatedEventAttributesInit,
  place: { readonly eventId: number; readonly timeMs: number },
): void {
  const requestId = attached.attachedRequestId ?? "";
  if (requestId !== "") draft.requestIds = draft.requestIds.set(requestId, place.eventId);
  const callbacks = attached.attachedCompletionCallbacks ?? [];
  if (callbacks.length === 0) return;
  // An event that waited is folded again when it gets its ID.
  const { attachedCallbacks } = draft.uncommon;
  if (attachedCallbacks.some((known) => known.requestId === requestId)) return;
  const { timeMs: attachedAtMs } = place;
  const added = callbacks.map((callback) => ({ callback, attachedAtMs, requestId }));
  draft.uncommon = { ...draft.uncommon, attachedCallbacks: [...attachedCallbacks, ...added] };
}
