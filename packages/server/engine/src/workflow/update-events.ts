import { Request, type RequestInit } from "@perdure/proto/temporal/api/update/v1";
import type { EventPlace } from "./apply-event.js";
import type { EventAttributes } from "./event-types.js";
import type { RunDraft } from "./run-state.js";

/** Lets an update wait for the workflow's answer that an event admitted. */
export function admitByEvent(draft: RunDraft, request: RequestInit): void {
  const requestBytes = Request.encode(request);
  const update = { request, requestBytes, sentEventId: 0, isByEvent: true };
  const updateId = request.meta?.updateId ?? "";
  draft.admittedUpdates = draft.admittedUpdates.set(updateId, update);
}

/** Folds an event of an update into the state; false when the event is of another kind. */
export function applyUpdateEvent(
  draft: RunDraft,
  attributes: EventAttributes,
  place: EventPlace,
): boolean {
  switch (attributes.kind) {
    case "workflowExecutionUpdateAdmittedEventAttributes": {
      const request = attributes.value.request ?? {};
      admitByEvent(draft, request);
      const requestId = request.requestId ?? "";
      if (requestId !== "") draft.requestIds = draft.requestIds.set(requestId, 0);
      return true;
    }
    case "workflowExecutionUpdateAcceptedEventAttributes": {
      const updateId = attributes.value.protocolInstanceId ?? "";
      const admitted = draft.admittedUpdates.get(updateId);
      const progress = { updateId, acceptedEventId: place.eventId, completedEventId: 0 };
      draft.updates = draft.updates.set(updateId, progress);
      draft.admittedUpdates = draft.admittedUpdates.delete(updateId);
      const request = attributes.value.acceptedRequest ?? admitted?.request;
      const requestId = request?.requestId ?? "";
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
