import type { RangeInit } from "@perdure/proto/temporal/api/schedule/v1";

/** A field of a calendar: its name in messages, its values, and how they may be written. */
export interface CalendarField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of values, in lower case, the first for `firstNamed`. */
  readonly names: readonly string[];
  readonly firstNamed: number;
  /** Letters that a shortened name needs. */
  readonly lettersMin: number;
}

/** A text that is not understood; the message is meant for the user. */
export class SpecError extends Error {}

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

function numeric(name: string, min: number, max: number): CalendarField {
  return { name, min, max, names: [], firstNamed: 0, lettersMin: 0 };
}

/** The years that calendars know. */
export const YEAR_MIN = 2000;
export const YEAR_MAX = 2100;

export const SECOND = numeric("Second", 0, 59);
export const MINUTE = numeric("Minute", 0, 59);
export const HOUR = numeric("Hour", 0, 23);
export const DAY_OF_MONTH = numeric("DayOfMonth", 1, 31);
export const YEAR = numeric("Year", YEAR_MIN, YEAR_MAX);
export const MONTH: CalendarField = {
  ...numeric("Month", 1, 12),
  names: MONTHS,
  firstNamed: 1,
  lettersMin: 3,
};
/** Sunday is 0, and 7 too where a text is read. */
export const DAY_OF_WEEK: CalendarField = {
  ...numeric("DayOfWeek", 0, 7),
  names: WEEKDAYS,
  firstNamed: 0,
  lettersMin: 2,
};

/**
 * Reads a list of values, ranges and steps: `1-5/2,8`, `*`, `mon-fri`. An end or a step that is the
 * default is left 0. All years are no range at all.
 *
 * @param defaultText - Stands for an empty text.
 * @throws {SpecError} With the official wording.
 */
export function parseRanges(
  text: string,
  field: CalendarField,
  defaultText: string,
): readonly RangeInit[] {
  const given = text.trim() || defaultText;
  if (given === "*" && field === YEAR) return [];
  return given.split(",").flatMap((part) => parsePart(part, field));
}

function parsePart(part: string, field: CalendarField): readonly RangeInit[] {
  const [range = "", ...steps] = part.split("/");
  if (steps.length > 1) throw new SpecError(`${field.name} has too many slashes`);
  const step = parseStep(steps[0], field);
  const { start, end } = parseSpan(range, field, step !== undefined);
  return toRanges({ start, end, step: step ?? 1 }, field);
}

function parseStep(text: string | undefined, field: CalendarField): number | undefined {
  if (text === undefined) return undefined;
  if (text === "") throw new SpecError(`${field.name} missing step value`);
  const step = parseInteger(text);
  if (step === undefined) {
    throw new SpecError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (step < 1) throw new SpecError(`${field.name} has invalid Step`);
  return step;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function parseSpan(text: string, field: CalendarField, hasStep: boolean): Span {
  const { name, min, max } = field;
  const place = `in range [${min}-${max}]`;
  if (text === "*") return { start: min, end: max };
  const [first = "", ...others] = text.split("-");
  if (others.length > 1) throw new SpecError(`${name} has too many dashes`);
  const start = parseValue(first, field, min);
  const last = others[0];
  if (last === undefined) {
    if (start === undefined) throw new SpecError(`${name} is not ${place}`);
    // A value with a step begins a range that goes on to the last value.
    return { start, end: hasStep ? max : start };
  }
  if (start === undefined) throw new SpecError(`${name} Start is not ${place}`);
  const end = parseValue(last, field, start);
  if (end === undefined) throw new SpecError(`${name} End is before Start or not ${place}`);
  return { start, end };
}

/** A value or its name; `undefined` when it is none or out of range. */
function parseValue(text: string, field: CalendarField, min: number): number | undefined {
  const value = namedValue(text, field) ?? parseInteger(text);
  return value === undefined || value < min || value > field.max ? undefined : value;
}

function namedValue(text: string, field: CalendarField): number | undefined {
  if (field.names.length === 0 || text.length < field.lettersMin) return undefined;
  const index = field.names.findIndex((name) => name.startsWith(text.toLowerCase()));
  return index === -1 ? undefined : field.firstNamed + index;
}

function parseInteger(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function toRanges(
  { start, end, step }: Span & { readonly step: number },
  field: CalendarField,
): readonly RangeInit[] {
  const short = (from: number, to: number): RangeInit => ({
    start: from,
    end: from === to ? 0 : to,
    step: step === 1 ? 0 : step,
  });
  if (field !== DAY_OF_WEEK || end < 7) return [short(start, end)];
  // Sunday as 7 becomes 0: by a range of its own, unless the range begins with it or next to it.
  const isSundayIncluded = (7 - start) % step === 0 && (step > 1 || start > 1);
  if (!isSundayIncluded) return [short(start, 6)];
  const sunday = { start: 0, end: 0, step: 0 };
  return start === 7 ? [sunday] : [sunday, short(start, 6)];
}
