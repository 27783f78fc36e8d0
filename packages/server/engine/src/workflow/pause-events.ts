import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { EventPlace } from "./apply-event.js";
import type { EventAttributes } from "./event-types.js";
import type { RunDraft } from "./run-state.js";

/**
 * Folds a pause or its end into the state; false when the event is of another kind. One that waited
 * in the buffer comes twice: once all waiting events have come again, the last one counts.
 */
export function applyPauseEvent(
  draft: RunDraft,
  attributes: EventAttributes,
  place: EventPlace,
): boolean {
  switch (attributes.kind) {
    case "workflowExecutionPausedEventAttributes": {
      const { identity = "", reason = "", requestId = "" } = attributes.value;
      draft.status = WorkflowExecutionStatus.PAUSED;
      const pause = { pausedAtMs: place.timeMs, identity, reason, requestId };
      draft.uncommon = { ...draft.uncommon, pause };
      return true;
    }
    case "workflowExecutionUnpausedEventAttributes":
      draft.status = WorkflowExecutionStatus.RUNNING;
      draft.uncommon = { ...draft.uncommon, pause: undefined };
      return true;
    default:
      return false;
  }
}
