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

/** Writes a duration; `undefined`: no JSON can tell it. */
export function writeDuration({ seconds, nanos }: SecondsAndNanos): string | undefined {
  const isNegative = seconds < 0n || nanos < 0;
  const isMixed = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0);
  const magnitude = isNegative ? -seconds : seconds;
  if (isMixed || magnitude > DURATION_SECONDS_MAX || Math.abs(nanos) > 999_999_999) {
    return undefined;
  }
  return `${isNegative ? "-" : ""}${magnitude}${fractionOf(Math.abs(nanos))}s`;
}

/** Writes a timestamp in UTC; `undefined`: no JSON can tell it. */
export function writeTimestamp({ seconds, nanos }: SecondsAndNanos): string | undefined {
  const whole = Number(seconds);
  const isInRange = whole >= TIMESTAMP_SECONDS_MIN && whole <= TIMESTAMP_SECONDS_MAX;
  if (!isInRange || nanos < 0 || nanos > 999_999_999) return undefined;
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}${fractionOf(nanos)}Z`;
}

/** 0, 3, 6 or 9 digits after a point. */
function fractionOf(nanos: number): string {
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
