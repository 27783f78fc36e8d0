import type { TimestampInit } from "@perdure/proto/google/protobuf";

const NANOS_PER_SECOND = 1_000_000_000n;
const NANO_DIGITS = 9;
/** RFC 3339 with upper-case letters, as `2026-01-02T03:04:05.5+01:00`. */
const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** A wire timestamp as nanoseconds since the epoch. */
export function timestampNanos(timestamp: TimestampInit | undefined): bigint | undefined {
  if (timestamp === undefined) return undefined;
  return (timestamp.seconds ?? 0n) * NANOS_PER_SECOND + BigInt(timestamp.nanos ?? 0);
}

/**
 * Reads a time as RFC 3339 writes it, as nanoseconds since the epoch. `undefined`: it is none.
 */
export function readFilterTime(text: string): bigint | undefined {
  const [, seconds, fraction = "", zone] = RFC_3339.exec(text) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const epochMs = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(epochMs)) return undefined;
  const nanos = fraction.slice(0, NANO_DIGITS).padEnd(NANO_DIGITS, "0");
  return (BigInt(epochMs) / 1000n) * NANOS_PER_SECOND + BigInt(nanos);
}
