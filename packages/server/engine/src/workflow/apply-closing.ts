import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { EventPlace } from "./apply-event.js";
import { scheduleCallbacks } from "./callback-progress.js";
import type { EventAttributes } from "./event-types.js";
import { leftoverOf } from "./leftover.js";
import { closePeers } from "./peers.js";
import type { RunDraft } from "./run-state.js";

/** Folds an event that closes the run into the state; false when the event is of another kind. */
export function applyClosing(
  draft: RunDraft,
  attributes: EventAttributes,
  place: EventPlace,
): boolean {
  const status = CLOSING_STATUS.get(attributes.kind);
  if (status === undefined) return false;
  const leftover = leftoverOf(draft);
  if (leftover !== undefined) draft.uncommon = { ...draft.uncommon, leftover };
  draft.status = status;
  draft.closeTimeMs = place.timeMs;
  draft.workflowTask = undefined;
  draft.sticky = undefined;
  draft.firstTaskAtMs = 0;
  draft.activities = draft.activities.clear();
  draft.activityIds = draft.activityIds.clear();
  draft.timers = draft.timers.clear();
  draft.buffered = draft.buffered.clear();
  if ("newExecutionRunId" in attributes.value) {
    draft.newExecutionRunId = attributes.value.newExecutionRunId ?? "";
  }
  scheduleCallbacks(draft, attributes);
  draft.peers = closePeers(draft.peers, peersAfterClose(draft, attributes));
  return true;
}

/** A run that a reset ends hands its parent and its children over to the new one. */
function peersAfterClose(
  draft: RunDraft,
  attributes: EventAttributes,
): { readonly isParentTold: boolean; readonly areChildrenKept: boolean } {
  const { newExecutionRunId, started } = draft;
  const isReset =
    attributes.kind === "workflowExecutionTerminatedEventAttributes" &&
    attributes.value.identity === RESETTER_IDENTITY;
  const hasParent = started.parentWorkflowExecution !== undefined;
  return {
    isParentTold: hasParent && newExecutionRunId === "" && !isReset,
    areChildrenKept: isReset && draft.uncommon.resetRunId !== "",
  };
}

/** Who terminates a run because of a reset. */
export const RESETTER_IDENTITY = "history-resetter";

const CLOSING_STATUS: ReadonlyMap<EventAttributes["kind"], WorkflowExecutionStatus> = new Map([
  ["workflowExecutionCompletedEventAttributes", WorkflowExecutionStatus.COMPLETED],
  ["workflowExecutionFailedEventAttributes", WorkflowExecutionStatus.FAILED],
  ["workflowExecutionCanceledEventAttributes", WorkflowExecutionStatus.CANCELED],
  ["workflowExecutionTerminatedEventAttributes", WorkflowExecutionStatus.TERMINATED],
  ["workflowExecutionTimedOutEventAttributes", WorkflowExecutionStatus.TIMED_OUT],
  ["workflowExecutionContinuedAsNewEventAttributes", WorkflowExecutionStatus.CONTINUED_AS_NEW],
] as const);
