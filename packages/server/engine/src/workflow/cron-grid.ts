import { type WallTime, zoneOf } from "../time-zone.js";
import type { CronFields } from "./cron-fields.js";

/** Years that are searched for a time; a leap day is found within them. */
const SEARCH_YEARS = 5;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The first whole minute after `afterMs` that all fields allow, in milliseconds since the epoch;
 * `undefined` when there is none for years. It walks along real time: what the clocks skip never
 * comes, and what they show twice comes twice.
 */
export function nextGridTime(
  fields: CronFields,
  timeZone: string,
  afterMs: number,
): number | undefined {
  const zone = zoneOf(timeZone);
  let atMs = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const lastYear = zone.wallTime(atMs).year + SEARCH_YEARS;
  for (;;) {
    const wall = zone.wallTime(atMs);
    if (wall.year > lastYear) return undefined;
    if (!fields.month.values.has(wall.month)) {
      atMs = zone.startOfDay(wall.year, wall.month + 1, 1);
    } else if (!isDayAllowed(fields, wall)) {
      atMs = zone.startOfDay(wall.year, wall.month, wall.day + 1);
    } else if (!fields.hour.values.has(wall.hour)) {
      atMs += HOUR_MS - wall.minute * MINUTE_MS;
    } else if (!fields.minute.values.has(wall.minute)) {
      atMs += MINUTE_MS;
    } else {
      return atMs;
    }
  }
}

/** Two restricted day fields allow a day when either does; a wild one leaves it to the other. */
function isDayAllowed({ dayOfMonth, dayOfWeek }: CronFields, wall: WallTime): boolean {
  const isMonthDay = dayOfMonth.values.has(wall.day);
  const isWeekday = dayOfWeek.values.has(wall.weekday);
  return dayOfMonth.isWild || dayOfWeek.isWild ? isMonthDay && isWeekday : isMonthDay || isWeekday;
}
