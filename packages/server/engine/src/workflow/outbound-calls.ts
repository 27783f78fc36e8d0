import {
  CallbackState,
  NexusOperationCancellationState,
  PendingNexusOperationState,
} from "@perdure/proto/temporal/api/enums/v1";
import { isOpen, type RunState } from "./run-state.js";

/** A call that a run wants to be made, outside the server or to a worker. */
export type OutboundCall =
  | {
      readonly kind: "startOperation" | "cancelOperation";
      readonly scheduledEventId: number;
      /** Attempts before this one. */
      readonly attempt: number;
    }
  | { readonly kind: "callback"; readonly index: number; readonly attempt: number };

/** Whether the run wants a call to be made now. */
export function hasOutboundCalls(run: RunState): boolean {
  const { nexusOperations, callbacks } = run.uncommon;
  if (nexusOperations.isEmpty() && callbacks.length === 0) return false;
  return outboundCalls(run).length > 0;
}

/**
 * The calls that a run wants to be made now. A call is wanted until what came of it is recorded,
 * so that it is made again after a crash: at least once.
 */
export function outboundCalls(run: RunState): readonly OutboundCall[] {
  return isOpen(run) ? operationCalls(run) : callbackCalls(run);
}

function operationCalls(run: RunState): readonly OutboundCall[] {
  const calls: OutboundCall[] = [];
  for (const { scheduledEventId, progress } of run.uncommon.nexusOperations.values()) {
    const { state, attempt, cancellation } = progress;
    if (state === PendingNexusOperationState.SCHEDULED) {
      calls.push({ kind: "startOperation", scheduledEventId, attempt });
    }
    if (cancellation?.state === NexusOperationCancellationState.SCHEDULED) {
      calls.push({ kind: "cancelOperation", scheduledEventId, attempt: cancellation.attempt });
    }
  }
  return calls;
}

function callbackCalls(run: RunState): readonly OutboundCall[] {
  return run.uncommon.callbacks
    .filter(({ state }) => state === CallbackState.SCHEDULED)
    .map(({ index, attempt }) => ({ kind: "callback", index, attempt }));
}
