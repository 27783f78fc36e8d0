import type {
  RangeInit,
  StructuredCalendarSpecInit,
} from "@perdure/proto/temporal/api/schedule/v1";
import type { WallTime, Zone } from "../time-zone.js";
import { YEAR_MAX } from "./parse-ranges.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The values of a calendar's fields. */
interface Fields {
  /** Empty: all years. */
  readonly years: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly minutes: ReadonlySet<number>;
  readonly seconds: ReadonlySet<number>;
}

/** A calendar in a time zone. Times are whole seconds, in milliseconds since the epoch. */
export interface Calendar {
  /** The first time after `afterMs`; `undefined` when there is none up to the year 2100. */
  next(afterMs: number): number | undefined;
  matches(atMs: number): boolean;
}

/** Makes a calendar of a checked specification. */
export function calendarOf(spec: StructuredCalendarSpecInit, zone: Zone): Calendar {
  const fields: Fields = {
    years: valuesOf(spec.year),
    months: valuesOf(spec.month),
    daysOfMonth: valuesOf(spec.dayOfMonth),
    daysOfWeek: valuesOf(spec.dayOfWeek),
    hours: valuesOf(spec.hour),
    minutes: valuesOf(spec.minute),
    seconds: valuesOf(spec.second),
  };
  return {
    next: (afterMs) => nextTime(fields, zone, afterMs),
    matches: (atMs) => {
      const wall = zone.wallTime(atMs);
      if (!isDateAllowed(fields, wall)) return false;
      const { hours, minutes, seconds } = fields;
      return hours.has(wall.hour) && minutes.has(wall.minute) && seconds.has(wall.second);
    },
  };
}

function valuesOf(ranges: readonly RangeInit[] | undefined): ReadonlySet<number> {
  const values = new Set<number>();
  for (const { start = 0, end = 0, step = 0 } of ranges ?? []) {
    for (let value = start; value <= Math.max(start, end); value += Math.max(1, step)) {
      values.add(value);
    }
  }
  return values;
}

/** Walks along real time: what the clocks skip never comes, what they show twice comes twice. */
function nextTime(fields: Fields, zone: Zone, afterMs: number): number | undefined {
  let atMs = Math.floor(afterMs / SECOND_MS) * SECOND_MS + SECOND_MS;
  for (;;) {
    const wall = zone.wallTime(atMs);
    const date = nextDate(fields, wall);
    if (date === undefined) return undefined;
    if (date.day !== wall.day || date.month !== wall.month || date.year !== wall.year) {
      atMs = zone.startOfDay(date.year, date.month, date.day);
    } else if (!fields.hours.has(wall.hour)) {
      atMs += HOUR_MS - wall.minute * MINUTE_MS - wall.second * SECOND_MS;
    } else if (!fields.minutes.has(wall.minute)) {
      atMs += MINUTE_MS - wall.second * SECOND_MS;
    } else if (!fields.seconds.has(wall.second)) {
      atMs += SECOND_MS;
    } else {
      return atMs;
    }
  }
}

type CalendarDate = Pick<WallTime, "year" | "month" | "day" | "weekday">;

/** The first allowed date that is not before another; it needs no zone and so is quick. */
function nextDate(fields: Fields, from: CalendarDate): CalendarDate | undefined {
  let date = from;
  while (!isDateAllowed(fields, date)) {
    const isYearAllowed = fields.years.size === 0 || fields.years.has(date.year);
    if (!isYearAllowed) date = dateOf(date.year + 1, 1, 1);
    else if (!fields.months.has(date.month)) date = dateOf(date.year, date.month + 1, 1);
    else date = dateOf(date.year, date.month, date.day + 1);
    if (date.year > YEAR_MAX) return undefined;
  }
  return date.year > YEAR_MAX ? undefined : date;
}

function isDateAllowed(fields: Fields, { year, month, day, weekday }: CalendarDate): boolean {
  const { years, months, daysOfMonth, daysOfWeek } = fields;
  if (years.size > 0 && !years.has(year)) return false;
  return months.has(month) && daysOfMonth.has(day) && daysOfWeek.has(weekday);
}

/** A date; a month or a day beyond the last counts on into the next. */
function dateOf(year: number, month: number, day: number): CalendarDate {
  const date = new Date(Date.UTC(year, month - 1, day));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}
