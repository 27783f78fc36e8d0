import type { CronFields } from "./cron-fields.js";

/** Years that are searched for a time; a leap day is found within them. */
const SEARCH_YEARS = 5;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A time as the clocks of a zone show it. */
interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 0 (Sunday) to 6. */
  readonly weekday: number;
}

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

interface Zone {
  wallTime(epochMs: number): WallTime;
  /** When a day begins; months and days beyond the last count on into the next. */
  startOfDay(year: number, month: number, day: number): number;
}

const UTC: Zone = {
  wallTime: (epochMs) => utcWallTime(epochMs),
  startOfDay: (year, month, day) => Date.UTC(year, month - 1, day),
};

function zoneOf(timeZone: string): Zone {
  if (timeZone === "UTC") return UTC;
  const offsetMs = offsetReader(timeZone);
  return {
    wallTime: (epochMs) => utcWallTime(epochMs + offsetMs(epochMs)),
    startOfDay: (year, month, day) => {
      const asUtcMs = Date.UTC(year, month - 1, day);
      const guessMs = asUtcMs - offsetMs(asUtcMs);
      const startMs = asUtcMs - offsetMs(guessMs);
      // Where the clocks skip midnight the day begins with the first hour that they show.
      const { hour } = utcWallTime(startMs + offsetMs(startMs));
      if (hour === 0) return startMs;
      return hour > 12 ? startMs + (24 - hour) * HOUR_MS : startMs - hour * HOUR_MS;
    },
  };
}

function utcWallTime(epochMs: number): WallTime {
  const date = new Date(epochMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    weekday: date.getUTCDay(),
  };
}

/** Reads how far a zone's clocks are ahead of UTC at a time, milliseconds. */
function offsetReader(timeZone: string): (epochMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (epochMs) => {
    const parts = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const shownMs = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    return shownMs - Math.floor(epochMs / 1000) * 1000;
  };
}
