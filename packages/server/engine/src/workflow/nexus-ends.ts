import type { LinkInit, PayloadInit } from "@perdure/proto/temporal/api/common/v1";
import type { TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import { tellWorkflow } from "./messages.js";
import type { NexusOperation } from "./nexus-operation.js";
import type { Step } from "./step.js";

/** How an operation ended. */
export type NexusEnd =
  | {
      readonly kind: "completed";
      readonly result: PayloadInit | undefined;
      readonly links: readonly LinkInit[];
    }
  /** The handler says that the operation failed or was canceled, and why. */
  | { readonly kind: "failed" | "canceled"; readonly cause: FailureInit | undefined };

/** Tells the workflow how an operation ended. */
export function endNexusOperation(step: Step, operation: NexusOperation, end: NexusEnd): void {
  const { scheduledEventId: id, scheduled } = operation;
  const place = { scheduledEventId: BigInt(id), requestId: scheduled.requestId };
  if (end.kind === "completed") {
    const kind = "nexusOperationCompletedEventAttributes";
    const { result, links } = end;
    tellWorkflow(step, { kind, value: { ...place, result } }, { links });
    return;
  }
  const isCanceled = end.kind === "canceled";
  const cause = isCanceled ? canceledCause(end.cause) : end.cause;
  const value = { ...place, failure: operationFailure(operation, cause) };
  tellWorkflow(
    step,
    isCanceled
      ? { kind: "nexusOperationCanceledEventAttributes", value }
      : { kind: "nexusOperationFailedEventAttributes", value },
  );
}

/** Tells the workflow that the time of an operation is over; its handler is told nothing. */
export function timeOutNexusOperation(
  step: Step,
  operation: NexusOperation,
  timeoutType: TimeoutType,
): void {
  const cause: FailureInit = {
    message: "operation timed out",
    failureInfo: { kind: "timeoutFailureInfo", value: { timeoutType } },
  };
  const { scheduledEventId: id, scheduled } = operation;
  const value = {
    scheduledEventId: BigInt(id),
    requestId: scheduled.requestId,
    failure: operationFailure(operation, cause),
  };
  tellWorkflow(step, { kind: "nexusOperationTimedOutEventAttributes", value });
}

function operationFailure(operation: NexusOperation, cause: FailureInit | undefined): FailureInit {
  const { scheduledEventId, scheduled, progress } = operation;
  const { endpoint, service, operation: name } = scheduled;
  return {
    message: "nexus operation completed unsuccessfully",
    failureInfo: {
      kind: "nexusOperationExecutionFailureInfo",
      value: {
        endpoint,
        service,
        operation: name,
        operationToken: progress.operationToken,
        operationId: progress.operationToken,
        scheduledEventId: BigInt(scheduledEventId),
      },
    },
    cause,
  };
}

/** Older SDKs give another kind of failure for what was canceled. */
function canceledCause(cause: FailureInit | undefined): FailureInit {
  if (cause?.failureInfo?.kind === "canceledFailureInfo") return cause;
  return {
    message: cause?.message,
    stackTrace: cause?.stackTrace,
    failureInfo: { kind: "canceledFailureInfo", value: {} },
    cause: cause?.cause,
  };
}
