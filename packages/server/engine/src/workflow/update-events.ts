import type { EventPlace } from "./apply-event.js";
import type { EventAttributes } from "./event-types.js";
import type { RunDraft } from "./run-state.js";

/** Folds an event of an update into the state; false when the event is of another kind. */
export function applyUpdateEvent(
  draft: RunDraft,
  attributes: EventAttributes,
  place: EventPlace,
): boolean {
  switch (attributes.kind) {
    case "workflowExecutionUpdateAcceptedEventAttributes": {
      const updateId = attributes.value.protocolInstanceId ?? "";
      const progress = { updateId, acceptedEventId: place.eventId, completedEventId: 0 };
      draft.updates = draft.updates.set(updateId, progress);
      draft.admittedUpdates = draft.admittedUpdates.delete(updateId);
      const requestId = attributes.value.acceptedRequest?.requestId ?? "";
      if (requestId !== "") draft.requestIds = draft.requestIds.set(requestId, place.eventId);
      return true;
    }
    case "workflowExecutionUpdateCompletedEventAttributes": {
      const updateId = attributes.value.meta?.updateId ?? "";
      const acceptedEventId = Number(attributes.value.acceptedEventId ?? 0n);
      const progress = { updateId, acceptedEventId, completedEventId: place.eventId };
      draft.updates = draft.updates.set(updateId, progress);
      draft.completedUpdateCount += 1;
      return true;
    }
    default:
      return false;
  }
}
