import type { NexusOperationProgress } from "@perdure/proto/perdure/internal/v1";
import {
  NexusOperationCancellationState,
  PendingNexusOperationState,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  HistoryEventInit,
  NexusOperationScheduledEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";
import type { EventPlace } from "./apply-event.js";
import type { EventAttributes } from "./event-types.js";
import type { RunDraft, RunState } from "./run-state.js";

/** A Nexus operation of a workflow whose end the workflow has not learnt. */
export interface NexusOperation {
  readonly scheduledEventId: number;
  readonly scheduled: NexusOperationScheduledEventAttributesInit;
  /** Time of the scheduled event, milliseconds since the epoch. */
  readonly scheduledTimeMs: number;
  readonly progress: NexusOperationProgress;
}

type Cancellation = NonNullable<NexusOperationProgress["cancellation"]>;

/** The operation that `scheduledEventId` scheduled; `undefined` when it has ended. */
export function nexusOperationOf(
  run: RunState,
  scheduledEventId: number,
): NexusOperation | undefined {
  return run.uncommon.nexusOperations.get(scheduledEventId);
}

/** Puts an operation in the place of what it was. */
export function setNexusOperation(draft: RunDraft, operation: NexusOperation): void {
  const { nexusOperations } = draft.uncommon;
  const changed = nexusOperations.set(operation.scheduledEventId, operation);
  draft.uncommon = { ...draft.uncommon, nexusOperations: changed };
}

/** An operation that was just scheduled: it is to be started at once. */
export function newNexusOperation(
  scheduled: NexusOperationScheduledEventAttributesInit,
  place: EventPlace,
): NexusOperation {
  return {
    scheduledEventId: place.eventId,
    scheduled,
    scheduledTimeMs: place.timeMs,
    progress: {
      scheduledEventId: place.eventId,
      state: PendingNexusOperationState.SCHEDULED,
      attempt: 0,
      lastAttemptAtMs: 0,
      lastFailure: undefined,
      nextAttemptAtMs: 0,
      startedAtMs: 0,
      operationToken: "",
      cancellation: undefined,
    },
  };
}

/**
 * Folds an event about a Nexus operation; false when it is of another kind. An event that waited
 * in the buffer comes twice, and the second time changes nothing.
 */
export function applyNexusEvent(
  draft: RunDraft,
  attributes: EventAttributes,
  place: EventPlace,
): boolean {
  switch (attributes.kind) {
    case "nexusOperationScheduledEventAttributes":
      setNexusOperation(draft, newNexusOperation(attributes.value, place));
      return true;
    case "nexusOperationStartedEventAttributes":
      changeOperation(draft, attributes.value.scheduledEventId, (operation) =>
        started(operation, attributes.value.operationToken ?? "", place),
      );
      return true;
    case "nexusOperationCancelRequestedEventAttributes":
      changeOperation(draft, attributes.value.scheduledEventId, (operation) =>
        cancelRequested(operation, place),
      );
      return true;
    case "nexusOperationCancelRequestCompletedEventAttributes":
      changeOperation(draft, attributes.value.scheduledEventId, (operation) =>
        cancelEnded(operation, { state: NexusOperationCancellationState.SUCCEEDED, place }),
      );
      return true;
    case "nexusOperationCancelRequestFailedEventAttributes": {
      const { failure } = attributes.value;
      changeOperation(draft, attributes.value.scheduledEventId, (operation) =>
        cancelEnded(operation, { state: NexusOperationCancellationState.FAILED, place, failure }),
      );
      return true;
    }
    default:
      return applyNexusEnd(draft, attributes);
  }
}

function applyNexusEnd(draft: RunDraft, attributes: EventAttributes): boolean {
  switch (attributes.kind) {
    case "nexusOperationCompletedEventAttributes":
    case "nexusOperationFailedEventAttributes":
    case "nexusOperationCanceledEventAttributes":
    case "nexusOperationTimedOutEventAttributes": {
      const { nexusOperations } = draft.uncommon;
      const left = nexusOperations.delete(Number(attributes.value.scheduledEventId ?? 0n));
      draft.uncommon = { ...draft.uncommon, nexusOperations: left };
      return true;
    }
    default:
      return false;
  }
}

function changeOperation(
  draft: RunDraft,
  scheduledEventId: bigint | undefined,
  change: (operation: NexusOperation) => NexusOperationProgress,
): void {
  const operation = nexusOperationOf(draft, Number(scheduledEventId ?? 0n));
  if (operation === undefined) return;
  const progress = change(operation);
  if (progress !== operation.progress) setNexusOperation(draft, { ...operation, progress });
}

function started(
  { progress }: NexusOperation,
  operationToken: string,
  place: EventPlace,
): NexusOperationProgress {
  if (progress.state === PendingNexusOperationState.STARTED) return progress;
  const { cancellation } = progress;
  return {
    ...progress,
    state: PendingNexusOperationState.STARTED,
    attempt: progress.attempt + 1,
    lastAttemptAtMs: place.timeMs,
    lastFailure: undefined,
    nextAttemptAtMs: 0,
    startedAtMs: place.timeMs,
    operationToken,
    // A request to cancel that came too early can be sent from now on.
    cancellation: cancellation && scheduledCancellation(cancellation, place),
  };
}

function scheduledCancellation(cancellation: Cancellation, place: EventPlace): Cancellation {
  const state = NexusOperationCancellationState.SCHEDULED;
  return { ...cancellation, state, requestedAtMs: place.timeMs };
}

function cancelRequested({ progress }: NexusOperation, place: EventPlace): NexusOperationProgress {
  if (progress.cancellation !== undefined) return progress;
  const cancellation: Cancellation = {
    requestedEventId: place.eventId,
    requestedAtMs: 0,
    state: NexusOperationCancellationState.UNSPECIFIED,
    attempt: 0,
    lastAttemptAtMs: 0,
    lastFailure: undefined,
    nextAttemptAtMs: 0,
  };
  const isStarted = progress.state === PendingNexusOperationState.STARTED;
  return {
    ...progress,
    cancellation: isStarted ? scheduledCancellation(cancellation, place) : cancellation,
  };
}

function cancelEnded(
  { progress }: NexusOperation,
  ended: {
    readonly state: NexusOperationCancellationState;
    readonly place: EventPlace;
    readonly failure?: Cancellation["lastFailure"] | NexusFailedAttributesFailure;
  },
): NexusOperationProgress {
  const { cancellation } = progress;
  if (cancellation === undefined || cancellation.state === ended.state) return progress;
  return {
    ...progress,
    cancellation: {
      ...cancellation,
      state: ended.state,
      attempt: cancellation.attempt + 1,
      lastAttemptAtMs: ended.place.timeMs,
      lastFailure: ended.failure as Cancellation["lastFailure"],
      nextAttemptAtMs: 0,
    },
  };
}

type NexusFailedAttributesFailure = Extract<
  NonNullable<HistoryEventInit["attributes"]>,
  { kind: "nexusOperationCancelRequestFailedEventAttributes" }
>["value"]["failure"];
