import type {
  CalendarSpecInit,
  RangeInit,
  StructuredCalendarSpecInit,
} from "@perdure/proto/temporal/api/schedule/v1";
import {
  type CalendarField,
  DAY_OF_MONTH,
  DAY_OF_WEEK,
  HOUR,
  MINUTE,
  MONTH,
  parseRanges,
  SECOND,
  SpecError,
  YEAR,
} from "./parse-ranges.js";

/**
 * Reads a calendar whose fields are texts.
 *
 * @throws {SpecError} Names every field that is not understood, with the official wording.
 */
export function parseCalendar(calendar: CalendarSpecInit): StructuredCalendarSpecInit {
  const errors: string[] = [];
  const read = (
    text: string | undefined,
    field: CalendarField,
    defaultText: string,
  ): readonly RangeInit[] => {
    try {
      return parseRanges(text ?? "", field, defaultText);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      errors.push(error.message);
      return [];
    }
  };
  const structured: StructuredCalendarSpecInit = {
    second: read(calendar.second, SECOND, "0"),
    minute: read(calendar.minute, MINUTE, "0"),
    hour: read(calendar.hour, HOUR, "0"),
    dayOfWeek: read(calendar.dayOfWeek, DAY_OF_WEEK, "*"),
    dayOfMonth: read(calendar.dayOfMonth, DAY_OF_MONTH, "*"),
    month: read(calendar.month, MONTH, "*"),
    year: read(calendar.year, YEAR, "*"),
    comment: calendar.comment,
  };
  if (errors.length > 0) throw new SpecError(errors.join(", "));
  return structured;
}

const COMMENT_LENGTH_MAX = 200;

/**
 * Checks the ranges of a calendar.
 *
 * @throws {SpecError} Names every range that is not possible, with the official wording.
 */
export function checkCalendar(calendar: StructuredCalendarSpecInit): void {
  const errors = [
    ...rangeErrors(calendar.second, SECOND),
    ...rangeErrors(calendar.minute, MINUTE),
    ...rangeErrors(calendar.hour, HOUR),
    ...rangeErrors(calendar.dayOfMonth, DAY_OF_MONTH),
    ...rangeErrors(calendar.month, MONTH),
    ...rangeErrors(calendar.year, YEAR),
    // Only a text may say 7 for Sunday.
    ...rangeErrors(calendar.dayOfWeek, { ...DAY_OF_WEEK, max: 6 }),
  ];
  if (Buffer.byteLength(calendar.comment ?? "") > COMMENT_LENGTH_MAX) {
    errors.push("comment is too long");
  }
  if (errors.length > 0) throw new SpecError(`invalid calendar spec: ${errors.join(", ")}`);
}

function rangeErrors(
  ranges: readonly RangeInit[] | undefined,
  { name, min, max }: CalendarField,
): readonly string[] {
  return (ranges ?? []).flatMap(({ start = 0, end = 0, step = 0 }) => {
    const errors: string[] = [];
    if (start < min || start > max) errors.push(`${name} Start is not in range [${min}-${max}]`);
    if (end !== 0 && (end < start || end > max)) {
      errors.push(`${name} End is before Start or not in range [${min}-${max}]`);
    }
    if (step < 0) errors.push(`${name} has invalid Step`);
    return errors;
  });
}
