import type { DurationInit, TimestampInit } from "@perdure/proto/google/protobuf";

/**
 * A wire timestamp as milliseconds since the epoch; 0 when absent. Parts of a millisecond are cut.
 */
export function timestampMs(timestamp: TimestampInit | undefined): number {
  if (timestamp === undefined) return 0;
  return Number(timestamp.seconds ?? 0n) * 1000 + Math.floor((timestamp.nanos ?? 0) / 1e6);
}

/** Milliseconds since the epoch as a wire timestamp. */
export function toTimestamp(epochMs: number): TimestampInit {
  const wholeSeconds = Math.floor(epochMs / 1000);
  return {
    seconds: BigInt(wholeSeconds),
    nanos: Math.round((epochMs - wholeSeconds * 1000) * 1e6),
  };
}

/** A wire duration in milliseconds; 0 when absent. */
export function durationMs(duration: DurationInit | undefined): number {
  if (duration === undefined) return 0;
  return Number(duration.seconds ?? 0n) * 1000 + (duration.nanos ?? 0) / 1e6;
}

/** Milliseconds as a wire duration. */
export function toDuration(spanMs: number): DurationInit {
  const wholeSeconds = Math.trunc(spanMs / 1000);
  return { seconds: BigInt(wholeSeconds), nanos: Math.round((spanMs - wholeSeconds * 1000) * 1e6) };
}
