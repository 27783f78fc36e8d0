const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:[0-5]\d:[0-5]\d)(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/;
/** Microseconds in a millisecond. */
const US_PER_MS = 1000;

/**
 * Reads a time as RFC 3339 writes it: milliseconds since the epoch, with their parts down to
 * microseconds; `undefined` when it is none.
 */
export function parseTimeMs(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, date = "", time = "", fraction = "", zone] = match;
  if (!isDate(date) || time >= "24") return undefined;
  const wholeMs = Date.parse(`${date}T${time}${zone}`);
  const micros = Number(fraction.padEnd(6, "0").slice(0, 6));
  return Number.isNaN(wholeMs) ? undefined : (wholeMs * US_PER_MS + micros) / US_PER_MS;
}

/** Whether the month has the day; parsers of dates count on into the next month. */
function isDate(text: string): boolean {
  const dayMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(text);
}
