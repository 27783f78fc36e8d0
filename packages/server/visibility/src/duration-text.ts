const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 24 * 3_600_000],
]);

const PARTS = /^([+-]?)((?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+)$/;
const CLOCK = /^(\d+):([0-5]\d):([0-5]\d)$/;
const NANOS_PER_MS = 1e6;

/**
 * Reads a duration in milliseconds: a number of nanoseconds, parts with units such as `1h30m`, or
 * `hh:mm:ss`; `undefined` when it is none.
 */
export function parseDurationMs(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return Number(text) / NANOS_PER_MS;
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = clock.slice(1).map(Number);
    return (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
  }
  const [, sign, parts] = PARTS.exec(text) ?? [];
  if (parts === undefined) return undefined;
  let totalMs = 0;
  for (const [, count, unit] of parts.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)) {
    totalMs += Number(count) * (UNIT_MS.get(unit ?? "") ?? 0);
  }
  return sign === "-" ? -totalMs : totalMs;
}
