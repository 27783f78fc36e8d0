import {
  type NexusOperation,
  type OutboundCall,
  outboundCalls,
  type RunState,
  runCallbacks,
  toTimestamp,
} from "@perdure/engine";
import type { NexusOperationProgress } from "@perdure/proto/perdure/internal/v1";
import {
  CallbackState,
  NexusOperationCancellationState,
  PendingNexusOperationState,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  CallbackInfoInit,
  NexusOperationCancellationInfoInit,
  PendingNexusOperationInfoInit,
} from "@perdure/proto/temporal/api/workflow/v1";
import { optionalTime } from "./describe-activity.js";

/** Whether a call waits because its destination is down. */
export type IsBlocked = (call: OutboundCall) => boolean;

const BLOCKED_REASON = "The circuit breaker is open.";

/** Callbacks of a run: they wait for its end, and are delivered after it. */
export function callbackInfos(state: RunState, isBlocked: IsBlocked): CallbackInfoInit[] {
  const { callbacks } = state.uncommon;
  return runCallbacks(state).map(({ callback, sinceMs }, index) => {
    const info = {
      callback,
      trigger: { variant: { kind: "workflowClosed", value: {} } },
      registrationTime: toTimestamp(sinceMs),
    } as const;
    const progress = callbacks[index];
    if (progress === undefined) return { ...info, state: CallbackState.STANDBY };
    const { attempt } = progress;
    const isHeld =
      progress.state === CallbackState.SCHEDULED && isBlocked({ kind: "callback", index, attempt });
    return {
      ...info,
      state: isHeld ? CallbackState.BLOCKED : (progress.state as CallbackState),
      attempt,
      lastAttemptCompleteTime: optionalTime(progress.lastAttemptAtMs),
      lastAttemptFailure: progress.lastFailure,
      nextAttemptScheduleTime: optionalTime(progress.nextAttemptAtMs),
      blockedReason: isHeld ? BLOCKED_REASON : undefined,
    };
  });
}

/** The Nexus operations of an open run, or those that a closed one left. */
export function pendingNexusOperations(
  state: RunState,
  isBlocked: IsBlocked,
): PendingNexusOperationInfoInit[] {
  if (state.uncommon.nexusOperations.isEmpty()) return [];
  const held = outboundCalls(state).filter(isBlocked);
  const isHeld = (kind: OutboundCall["kind"], scheduledEventId: number): boolean =>
    held.some(
      (call) =>
        call.kind === kind &&
        call.kind !== "callback" &&
        call.scheduledEventId === scheduledEventId,
    );
  return state.uncommon.nexusOperations
    .valueSeq()
    .toArray()
    .sort((one, other) => one.scheduledEventId - other.scheduledEventId)
    .map((operation) => pendingOperation(operation, isHeld));
}

function pendingOperation(
  operation: NexusOperation,
  isHeld: (kind: OutboundCall["kind"], scheduledEventId: number) => boolean,
): PendingNexusOperationInfoInit {
  const { scheduledEventId, scheduled, scheduledTimeMs, progress } = operation;
  const isStartHeld = isHeld("startOperation", scheduledEventId);
  const isCancelHeld = isHeld("cancelOperation", scheduledEventId);
  return {
    endpoint: scheduled.endpoint,
    service: scheduled.service,
    operation: scheduled.operation,
    operationId: progress.operationToken,
    operationToken: progress.operationToken,
    scheduledEventId: BigInt(scheduledEventId),
    scheduleToCloseTimeout: scheduled.scheduleToCloseTimeout,
    scheduleToStartTimeout: scheduled.scheduleToStartTimeout,
    startToCloseTimeout: scheduled.startToCloseTimeout,
    scheduledTime: toTimestamp(scheduledTimeMs),
    state: isStartHeld
      ? PendingNexusOperationState.BLOCKED
      : (progress.state as PendingNexusOperationState),
    attempt: progress.attempt,
    lastAttemptCompleteTime: optionalTime(progress.lastAttemptAtMs),
    lastAttemptFailure: progress.lastFailure,
    nextAttemptScheduleTime: optionalTime(progress.nextAttemptAtMs),
    cancellationInfo: cancellationInfo(progress.cancellation, isCancelHeld),
    blockedReason: isStartHeld ? BLOCKED_REASON : undefined,
  };
}

function cancellationInfo(
  cancellation: NexusOperationProgress["cancellation"],
  isHeld: boolean,
): NexusOperationCancellationInfoInit | undefined {
  if (cancellation === undefined) return undefined;
  return {
    requestedTime: optionalTime(cancellation.requestedAtMs),
    state: isHeld
      ? NexusOperationCancellationState.BLOCKED
      : (cancellation.state as NexusOperationCancellationState),
    attempt: cancellation.attempt,
    lastAttemptCompleteTime: optionalTime(cancellation.lastAttemptAtMs),
    lastAttemptFailure: cancellation.lastFailure,
    nextAttemptScheduleTime: optionalTime(cancellation.nextAttemptAtMs),
    blockedReason: isHeld ? BLOCKED_REASON : undefined,
  };
}
