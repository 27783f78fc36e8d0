const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

const TERM = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Reads a duration as the Go language writes it, such as `1h30m`, `1.5s` or `-2ms`, in
 * milliseconds; `undefined` when it is malformed.
 */
export function parseGoDurationMs(text: string): number | undefined {
  const isNegative = text.startsWith("-");
  const terms = isNegative || text.startsWith("+") ? text.slice(1) : text;
  if (terms === "0") return 0;
  if (terms === "") return undefined;
  let totalMs = 0;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < terms.length) {
    const match = TERM.exec(terms);
    if (match === null) return undefined;
    totalMs += Number(match[1]) * (UNIT_MS.get(match[2] ?? "") ?? 0);
  }
  return isNegative ? -totalMs : totalMs;
}
