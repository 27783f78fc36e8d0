import { Failure, type FailureInit } from "@perdure/proto/temporal/api/failure/v1";

/** What the server says in place of an answer that it does not take. */
export const TOO_LARGE = {
  result: "Complete result exceeds size limit.",
  failure: "Failure exceeds size limit.",
  cancelDetails: "Cancel details exceed size limit.",
  heartbeatDetails: "Heartbeat details exceed size limit.",
} as const;

/** Causes that are kept of a failure which is cut. */
const DEPTH_MAX = 20;
/** What the fields of a message are taken to cost besides their content, bytes. */
const FIELD_BYTES = 4;
const INFO_BYTES = 8;

/** A failure that the server makes up. */
export function serverFailure(message: string, nonRetryable: boolean): FailureInit {
  return { message, failureInfo: { kind: "serverFailureInfo", value: { nonRetryable } } };
}

/**
 * Puts one of the server's in place of a failure that is too large, with as much of it as `cause`
 * as fits into `keptBytesMax`.
 *
 * Source: the reference server, `conformance/differential`, set-up `smallBlobs`.
 */
export function boundedFailure(
  failure: FailureInit,
  limit: {
    readonly bytesMax: number;
    readonly keptBytesMax: number;
    /** Whether the activity that failed so is not tried again. */
    readonly nonRetryable: boolean;
  },
): FailureInit {
  if (Failure.encode(failure).length <= limit.bytesMax) return failure;
  const cause = cutFailure(failure, limit.keptBytesMax, DEPTH_MAX);
  return { ...serverFailure(TOO_LARGE.failure, limit.nonRetryable), cause };
}

/** Keeps of a failure what fits: its type and texts, in order of their importance. */
function cutFailure(failure: FailureInit, bytesMax: number, depthMax: number): FailureInit {
  let leftBytes = bytesMax;
  const cut = (text: string | undefined): string => {
    const kept = cutText(text ?? "", leftBytes);
    if (kept !== "") leftBytes -= Buffer.byteLength(kept) + FIELD_BYTES;
    return kept;
  };
  let failureInfo: FailureInit["failureInfo"];
  const info = failure.failureInfo;
  if (info?.kind === "applicationFailureInfo") {
    const { nonRetryable, type } = info.value;
    failureInfo = { kind: info.kind, value: { nonRetryable, type: cut(type) } };
    leftBytes -= INFO_BYTES;
  } else if (info?.kind === "serverFailureInfo") {
    failureInfo = { kind: info.kind, value: { nonRetryable: info.value.nonRetryable } };
    leftBytes -= FIELD_BYTES;
  }
  const source = cut(failure.source);
  const message = cut(failure.message);
  const stackTrace = cut(failure.stackTrace);
  const kept = { source, message, stackTrace, failureInfo };
  if (failure.cause === undefined || leftBytes <= FIELD_BYTES || depthMax === 0) return kept;
  return { ...kept, cause: cutFailure(failure.cause, leftBytes - FIELD_BYTES, depthMax - 1) };
}

/** The longest start of a text that takes at most `bytesMax` in UTF-8 and ends with a character. */
function cutText(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = Math.max(0, bytesMax);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}
