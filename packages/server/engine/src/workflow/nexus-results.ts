import { NotFoundError } from "@perdure/kernel";
import type { LinkInit, PayloadInit } from "@perdure/proto/temporal/api/common/v1";
import {
  NexusOperationCancellationState,
  PendingNexusOperationState,
  type TimeoutType,
} from "@perdure/proto/temporal/api/enums/v1";
import { Failure, type FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import { timestampMs } from "../wire-time.js";
import { tellWorkflow } from "./messages.js";
import { endNexusOperation, type NexusEnd, timeOutNexusOperation } from "./nexus-ends.js";
import { type NexusOperation, nexusOperationOf } from "./nexus-operation.js";
import { retryTimes } from "./nexus-retry.js";
import { isOpen, type RunState } from "./run-state.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";

/** What came of an attempt to start an operation. */
export type NexusStartOutcome =
  | {
      readonly kind: "succeeded";
      readonly result: PayloadInit | undefined;
      readonly links: readonly LinkInit[];
    }
  | {
      readonly kind: "started";
      readonly operationToken: string;
      readonly links: readonly LinkInit[];
    }
  | {
      readonly kind: "unsuccessful";
      readonly state: "failed" | "canceled";
      readonly cause: FailureInit | undefined;
    }
  /** The call itself failed; it is tried again when that may help. */
  | {
      readonly kind: "callFailed";
      readonly failure: FailureInit;
      readonly isRetryable: boolean;
    }
  /** There was too little time left for a call. */
  | { readonly kind: "outOfTime"; readonly timeoutType: TimeoutType };

/** What came of an attempt to cancel an operation. */
export type NexusCancelOutcome =
  | { readonly kind: "delivered" }
  | {
      readonly kind: "callFailed";
      readonly failure: FailureInit;
      readonly isRetryable: boolean;
    };

/** Names one attempt: what comes of an older one is no news. */
export interface NexusAttempt {
  readonly scheduledEventId: number;
  /** Attempts before this one. */
  readonly attempt: number;
}

/** Notes what came of an attempt to start an operation. */
export function recordNexusStart(
  run: RunState,
  { of, outcome }: { readonly of: NexusAttempt; readonly outcome: NexusStartOutcome },
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const operation = nexusOperationOf(run, of.scheduledEventId);
  const isCurrent =
    isOpen(run) &&
    operation?.progress.state === PendingNexusOperationState.SCHEDULED &&
    operation.progress.attempt === of.attempt;
  if (operation === undefined || !isCurrent) return step.finish();
  switch (outcome.kind) {
    case "succeeded":
      endNexusOperation(step, operation, { ...outcome, kind: "completed" });
      break;
    case "started":
      recordStarted(step, operation, outcome);
      break;
    case "unsuccessful":
      endNexusOperation(step, operation, { kind: outcome.state, cause: outcome.cause });
      break;
    case "callFailed":
      if (outcome.isRetryable) backOff(step, operation, outcome.failure);
      else endNexusOperation(step, operation, { kind: "failed", cause: outcome.failure });
      break;
    case "outOfTime":
      timeOutNexusOperation(step, operation, outcome.timeoutType);
  }
  return step.finish();
}

function recordStarted(
  step: Step,
  operation: NexusOperation,
  started: {
    readonly operationToken: string;
    readonly links: readonly LinkInit[];
    readonly timeMs?: number;
  },
): void {
  const { operationToken, links, timeMs } = started;
  const value = {
    scheduledEventId: BigInt(operation.scheduledEventId),
    operationToken,
    operationId: operationToken,
    requestId: operation.scheduled.requestId,
  };
  const options = timeMs === undefined ? { links } : { links, timeMs };
  tellWorkflow(step, { kind: "nexusOperationStartedEventAttributes", value }, options);
}

function backOff(step: Step, operation: NexusOperation, failure: FailureInit): void {
  const { progress } = operation;
  const attempt = progress.attempt + 1;
  const state = PendingNexusOperationState.BACKING_OFF;
  const retry = retryTimes(step.environment, attempt);
  const lastFailure = storedFailure(failure);
  step.putNexusOperation({
    ...operation,
    progress: { ...progress, state, attempt, lastFailure, ...retry },
  });
}

function storedFailure(failure: FailureInit): Failure {
  return Failure.decode(Failure.encode(failure));
}

/** Notes what came of an attempt to cancel an operation. */
export function recordNexusCancel(
  run: RunState,
  { of, outcome }: { readonly of: NexusAttempt; readonly outcome: NexusCancelOutcome },
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const operation = nexusOperationOf(run, of.scheduledEventId);
  const cancellation = operation?.progress.cancellation;
  const isCurrent =
    isOpen(run) &&
    cancellation?.state === NexusOperationCancellationState.SCHEDULED &&
    cancellation.attempt === of.attempt;
  if (operation === undefined || cancellation === undefined || !isCurrent) return step.finish();
  const value = {
    scheduledEventId: BigInt(of.scheduledEventId),
    requestedEventId: BigInt(cancellation.requestedEventId),
  };
  if (outcome.kind === "delivered") {
    const kind = "nexusOperationCancelRequestCompletedEventAttributes";
    tellWorkflow(step, { kind, value }, { workerMayIgnore: true });
  } else if (outcome.isRetryable) {
    const attempt = cancellation.attempt + 1;
    const state = NexusOperationCancellationState.BACKING_OFF;
    const retry = retryTimes(environment, attempt);
    const lastFailure = storedFailure(outcome.failure);
    const failed = { ...cancellation, state, attempt, lastFailure, ...retry };
    const progress = { ...operation.progress, cancellation: failed };
    step.putNexusOperation({ ...operation, progress });
  } else {
    const kind = "nexusOperationCancelRequestFailedEventAttributes";
    const failed = { ...value, failure: outcome.failure };
    tellWorkflow(step, { kind, value: failed }, { workerMayIgnore: true });
  }
  return step.finish();
}

/** The end of an operation as its handler reports it. */
export interface NexusCompletion {
  readonly scheduledEventId: number;
  /** Tells the operation apart from others with the same event ID. */
  readonly requestId: string;
  readonly end: NexusEnd;
  /** What is told of the start if the operation is not known to have started. */
  readonly operationToken: string;
  readonly startTime: Parameters<typeof timestampMs>[0];
  readonly links: readonly LinkInit[];
}

/**
 * Takes the end of an operation from its handler.
 *
 * @throws {NotFoundError} The run has closed or has no such operation (any more).
 */
export function completeNexusOperation(
  run: RunState,
  completion: NexusCompletion,
  environment: StepEnvironment,
): RunStep {
  if (!isOpen(run)) throw new NotFoundError("workflow execution already completed");
  const { scheduledEventId, requestId } = completion;
  const operation = nexusOperationOf(run, scheduledEventId);
  if (operation === undefined || operation.scheduled.requestId !== requestId) {
    throw new NotFoundError("operation not found");
  }
  const step = new Step(run, environment);
  if (operation.progress.state !== PendingNexusOperationState.STARTED) {
    const { operationToken, links, startTime } = completion;
    const timeMs = startTime === undefined ? {} : { timeMs: timestampMs(startTime) };
    recordStarted(step, operation, { operationToken, links, ...timeMs });
  }
  const known = nexusOperationOf(step.draft, scheduledEventId) ?? operation;
  endNexusOperation(step, known, completion.end);
  return step.finish();
}
