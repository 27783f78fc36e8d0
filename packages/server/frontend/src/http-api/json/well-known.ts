/** Seconds that a duration may have either way, and that a timestamp may have. */
const DURATION_SECONDS_MAX = 315_576_000_000n;
const TIMESTAMP_SECONDS_MIN = -62_135_596_800;
const TIMESTAMP_SECONDS_MAX = 253_402_300_799;
const NANO_DIGITS = 9;

/** Seconds and nanoseconds, as `Duration` and `Timestamp` hold them. */
export interface SecondsAndNanos {
  readonly seconds: bigint;
  readonly nanos: number;
}

export type ReadTime =
  | { readonly kind: "time"; readonly time: SecondsAndNanos }
  | { readonly kind: "malformed" | "outOfRange" };

const DURATION = /^([-+]?)(0|[1-9][0-9]*)?(?:\.([0-9]{0,9}))?s$/;

/** Reads a duration of proto3 JSON, such as `1.5s`. */
export function readDuration(text: string): ReadTime {
  const [, sign, whole, fraction] = DURATION.exec(text) ?? [];
  if (sign === undefined || (whole === undefined && fraction === undefined)) {
    return { kind: "malformed" };
  }
  const factor = sign === "-" ? -1 : 1;
  const seconds = BigInt(factor) * BigInt(whole ?? "0");
  if (seconds > DURATION_SECONDS_MAX || seconds < -DURATION_SECONDS_MAX) {
    return { kind: "outOfRange" };
  }
  return { kind: "time", time: { seconds, nanos: factor * nanosOf(fraction ?? "") } };
}

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|([-+])(\d\d):(\d\d))$/;

/** Reads a timestamp of proto3 JSON: RFC 3339 with any offset. */
export function readTimestamp(text: string): ReadTime {
  const found = TIMESTAMP.exec(text);
  if (found === null) return { kind: "malformed" };
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day);
  date.setUTCHours(hour ?? 0, minute, second);
  // A date that is none, such as 30 February, comes out as another one.
  if (date.toISOString().slice(0, 19) !== text.slice(0, 19)) return { kind: "malformed" };
  const [sign, offsetHours, offsetMinutes] = found.slice(9, 12);
  const offset = Number(offsetHours ?? 0) * 3600 + Number(offsetMinutes ?? 0) * 60;
  if (Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59) {
    return { kind: "malformed" };
  }
  const seconds = date.getTime() / 1000 - (sign === "-" ? -offset : offset);
  if (seconds < TIMESTAMP_SECONDS_MIN || seconds > TIMESTAMP_SECONDS_MAX) {
    return { kind: "outOfRange" };
  }
  return { kind: "time", time: { seconds: BigInt(seconds), nanos: nanosOf(found[7] ?? "") } };
}

function nanosOf(fraction: string): number {
  return Number(fraction.padEnd(NANO_DIGITS, "0"));
}

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_MAX = NANOS_PER_SECOND - 1n;

/** Writes a duration; one that is longer than JSON can tell as the longest that it can. */
export function writeDuration(duration: SecondsAndNanos): string {
  const max = DURATION_SECONDS_MAX * NANOS_PER_SECOND + NANOS_MAX;
  const total = clamp(totalNanos(duration), { min: -max, max });
  const magnitude = total < 0n ? -total : total;
  const sign = total < 0n ? "-" : "";
  const fraction = fractionOf(magnitude % NANOS_PER_SECOND);
  return `${sign}${magnitude / NANOS_PER_SECOND}${fraction}s`;
}

/** Writes a timestamp in UTC; one that JSON can't tell as the nearest that it can. */
export function writeTimestamp(timestamp: SecondsAndNanos): string {
  const total = clamp(totalNanos(timestamp), {
    min: BigInt(TIMESTAMP_SECONDS_MIN) * NANOS_PER_SECOND,
    max: BigInt(TIMESTAMP_SECONDS_MAX) * NANOS_PER_SECOND + NANOS_MAX,
  });
  const nanos = ((total % NANOS_PER_SECOND) + NANOS_PER_SECOND) % NANOS_PER_SECOND;
  const seconds = Number((total - nanos) / NANOS_PER_SECOND);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fractionOf(nanos)}Z`;
}

function totalNanos({ seconds, nanos }: SecondsAndNanos): bigint {
  return seconds * NANOS_PER_SECOND + BigInt(nanos);
}

function clamp(
  value: bigint,
  { min, max }: { readonly min: bigint; readonly max: bigint },
): bigint {
  if (value < min) return min;
  return value > max ? max : value;
}

/** 0, 3, 6 or 9 digits after a point. */
function fractionOf(nanos: bigint): string {
  const digits = String(nanos)
    .padStart(NANO_DIGITS, "0")
    .replace(/(?:000){1,3}$/, "");
  return digits === "" ? "" : `.${digits}`;
}

const PATH = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/** Reads the paths of a field mask such as `config.historyArchivalUri,id`, or gives a bad one. */
export function readFieldMask(
  text: string,
): { readonly paths: readonly string[] } | { readonly invalid: string } {
  const trimmed = text.trim();
  if (trimmed === "") return { paths: [] };
  const written = trimmed.split(",");
  const paths = written.map((path) => path.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));
  const bad = written.find((path, at) => path.includes("_") || !PATH.test(paths[at] ?? ""));
  return bad === undefined ? { paths } : { invalid: bad };
}

/** Writes the paths of a field mask. */
export function writeFieldMask(paths: readonly string[]): string {
  const toCamel = (path: string): string =>
    path.replace(/_([a-z0-9])/g, (_, char: string) => char.toUpperCase());
  return paths.map(toCamel).join(",");
}
