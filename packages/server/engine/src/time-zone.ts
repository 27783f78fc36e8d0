const HOUR_MS = 3_600_000;

/** A time as the clocks of a zone show it. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 (Sunday) to 6. */
  readonly weekday: number;
}

/** The name of a zone as this platform knows it; `undefined` when there is none such. */
export function zoneName(name: string): string | undefined {
  if (name === "") return "UTC";
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The clocks of a time zone. Times are milliseconds since the epoch. */
export interface Zone {
  wallTime(epochMs: number): WallTime;
  /** When a day begins; months and days beyond the last count on into the next. */
  startOfDay(year: number, month: number, day: number): number;
}

const UTC: Zone = {
  wallTime: (epochMs) => utcWallTime(epochMs),
  startOfDay: (year, month, day) => Date.UTC(year, month - 1, day),
};

/** @param timeZone - A name that `zoneName()` gave, or "UTC". */
export function zoneOf(timeZone: string): Zone {
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
    second: date.getUTCSeconds(),
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
