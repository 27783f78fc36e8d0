const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 24 * 3_600_000],
]);

const PART = "(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h|d)";
const PARTS = new RegExp(`^([+-]?)((?:${PART})+)$`);
const EACH_PART = new RegExp(PART, "g");
/** What comes after the seconds is not read. */
const CLOCK = /^(\d+):(\d+):(\d+)/;
const NANOS_PER_MS = 1e6;

/**
 * Reads a duration in milliseconds: a number of nanoseconds, parts with units such as `1h30m`, or
 * `hh:mm:ss`; `undefined` when it is none.
 */
export function parseDurationMs(text: string): number | undefined {
  if (/^[+-]?\d+$/.test(text)) return Number(text) / NANOS_PER_MS;
  const [, sign, parts] = PARTS.exec(text) ?? [];
  if (parts === undefined) return parseClockMs(text);
  let totalMs = 0;
  for (const [, count, unit] of parts.matchAll(EACH_PART)) {
    totalMs += Number(count) * (UNIT_MS.get(unit ?? "") ?? 0);
  }
  return sign === "-" ? -totalMs : totalMs;
}

function parseClockMs(text: string): number | undefined {
  const clock = CLOCK.exec(text);
  if (clock === null) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map(Number);
  if (minutes > 59 || seconds > 59) return undefined;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
