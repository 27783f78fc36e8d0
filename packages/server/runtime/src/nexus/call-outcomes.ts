import type { NexusCancelOutcome, NexusStartOutcome } from "@perdure/engine";
import { Payload } from "@perdure/proto/temporal/api/common/v1";
import { TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import {
  handlerFailure,
  isRetryableHandlerFailure,
  type NexusTaskOutcome,
  sentPayload,
} from "./nexus-call.js";
import { fromNexusLinks } from "./nexus-links.js";

/** No worker was there, or it did not answer in time. */
export const UPSTREAM_TIMEOUT = handlerFailure("UPSTREAM_TIMEOUT", "upstream timeout");

/** The endpoint was deleted. */
export const ENDPOINT_MISSING = callFailed(handlerFailure("NOT_FOUND", "endpoint not registered"));

/** A call that the handler, or the way to it, failed. */
export function callFailed(failure: FailureInit): NexusCallFailed {
  return { kind: "callFailed", failure, isRetryable: isRetryableHandlerFailure(failure) };
}

/** What a worker's answer to a request to start comes to. */
export function startOutcome(outcome: NexusTaskOutcome): NexusStartOutcome {
  switch (outcome.kind) {
    case "succeeded":
      return {
        kind: "succeeded",
        result: sentPayload(outcome.result),
        links: fromNexusLinks(outcome.links),
      };
    case "started":
      return { ...outcome, links: fromNexusLinks(outcome.links) };
    case "unsuccessful":
      return outcome;
    case "handlerFailed":
      return callFailed(outcome.failure);
    case "timedOut":
      return callFailed(UPSTREAM_TIMEOUT);
    case "canceling":
      return callFailed(handlerFailure("INTERNAL", "empty outcome"));
  }
}

/** A failure of the call that lies with neither side's handler. */
export function callError(message: string, isRetryable: boolean): NexusCallFailed {
  const value = { type: "CallError", nonRetryable: !isRetryable };
  const failure = { message, failureInfo: { kind: "applicationFailureInfo", value } } as const;
  return { kind: "callFailed", failure, isRetryable };
}

type NexusCallFailed = Extract<NexusCancelOutcome, { kind: "callFailed" }>;

const TIMEOUT_NAMES: ReadonlyMap<TimeoutType, string> = new Map([
  [TimeoutType.START_TO_CLOSE, "StartToClose"],
  [TimeoutType.SCHEDULE_TO_START, "ScheduleToStart"],
  [TimeoutType.SCHEDULE_TO_CLOSE, "ScheduleToClose"],
]);

/** There was too little time left for a call. */
export function outOfTime(timeoutType: TimeoutType): NexusCallFailed {
  const name = TIMEOUT_NAMES.get(timeoutType) ?? "Unspecified";
  return callError(`not enough time to execute another request before ${name} timeout`, false);
}

/** What is too large to be kept makes the operation fail. */
export function checkOutcome(
  outcome: NexusStartOutcome,
  limits: { readonly tokenLengthMax: number; readonly resultBytesMax: number },
): NexusStartOutcome {
  if (outcome.kind === "started") {
    const length = Buffer.byteLength(outcome.operationToken);
    if (length <= limits.tokenLengthMax) return outcome;
    const reason = `length exceeds allowed limit (${length}/${limits.tokenLengthMax})`;
    return callError(`invalid operation token: ${reason}`, false);
  }
  if (outcome.kind !== "succeeded" || outcome.result === undefined) return outcome;
  if (Payload.encode(outcome.result).length <= limits.resultBytesMax) return outcome;
  return callError("http: response body too large", false);
}
