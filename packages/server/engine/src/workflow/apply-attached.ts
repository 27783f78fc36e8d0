import type { WorkflowExecutionOptionsUpdatedEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import { draftOf, priorityOfRun, type RunDraft, versioningOverrideOf } from "./run-state.js";
import { applyOverride } from "./run-versioning.js";

/** Folds options that were changed and what was attached. An event that waits has the ID 0. */
export function applyOptionsUpdated(
  draft: RunDraft,
  updated: WorkflowExecutionOptionsUpdatedEventAttributesInit,
  place: { readonly eventId: number; readonly timeMs: number },
): void {
  const { versioningOverride, priority } = updated;
  const isUnset = updated.unsetVersioningOverride === true;
  if (isUnset || versioningOverride !== undefined || priority !== undefined) {
    const isOverrideChanged = isUnset || versioningOverride !== undefined;
    const before = draftOf(draft);
    const override = versioningOverrideOf(draft);
    const options = {
      priority: priority ?? priorityOfRun(draft),
      versioningOverride: isUnset ? undefined : (versioningOverride ?? override),
      overrideEventId: isOverrideChanged ? place.eventId : draft.uncommon.options?.overrideEventId,
      hasVersioning:
        draft.uncommon.options?.hasVersioning === true ||
        override !== undefined ||
        versioningOverride !== undefined,
    };
    draft.uncommon = { ...draft.uncommon, options };
    if (isOverrideChanged) applyOverride(draft, before);
  }
  applyAttached(draft, updated, place);
}

/** Folds what requests attached to the run. An event that waits has the ID 0. */
function applyAttached(
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
