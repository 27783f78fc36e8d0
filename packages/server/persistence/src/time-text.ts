const RFC_3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads a time as RFC 3339 writes it: milliseconds since the epoch, with their parts down to
 * microseconds; `undefined` when it is none.
 */
export function parseTimeMs(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, dateTime, fraction = "", zone] = match;
  const wholeMs = Date.parse(`${dateTime}${zone}`);
  const micros = Number(fraction.padEnd(6, "0").slice(0, 6));
  return Number.isNaN(wholeMs) ? undefined : wholeMs + micros / 1000;
}
