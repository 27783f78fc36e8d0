import type {
  CalendarSpecInit,
  IntervalSpecInit,
  StructuredCalendarSpecInit,
} from "@perdure/proto/temporal/api/schedule/v1";
import { toDuration } from "../wire-time.js";
import { CRON_SHORTHANDS } from "../workflow/cron-schedule.js";
import { parseGoDurationMs } from "../workflow/go-duration.js";
import { parseCalendar } from "./parse-calendar.js";
import { SpecError } from "./parse-ranges.js";

/** What a cron string stands for: a calendar or an interval, and the zone it names, if any. */
export interface ParsedCronString {
  readonly calendar?: StructuredCalendarSpecInit;
  readonly interval?: IntervalSpecInit;
  readonly timeZone: string;
}

const EVERY = "@every";

/**
 * Reads a cron string of a schedule: five fields, six with a year, seven with seconds too, a
 * shorthand or `@every 12h/1h`, after an optional `CRON_TZ=<zone>` and before an optional
 * `# comment`.
 *
 * @throws {SpecError} With the official wording.
 */
export function parseCronString(text: string): ParsedCronString {
  const { timeZone, rest } = splitZone(text.trim());
  const hash = rest.indexOf("#");
  const comment = hash === -1 ? "" : rest.slice(hash + 1).trim();
  const body = (hash === -1 ? rest : rest.slice(0, hash)).trim();
  // An interval is the same in every zone; what is named is not looked at.
  if (body.startsWith(EVERY)) return { interval: parseInterval(body), timeZone: "" };
  const fields = (CRON_SHORTHANDS.get(body) ?? body).split(/\s+/).filter((field) => field !== "");
  return { calendar: parseCalendar({ ...fieldsOf(fields), comment }), timeZone };
}

function splitZone(text: string): { readonly timeZone: string; readonly rest: string } {
  if (!text.startsWith("TZ=") && !text.startsWith("CRON_TZ=")) return { timeZone: "", rest: text };
  const space = text.indexOf(" ");
  if (space === -1) throw new SpecError("CronString has time zone but missing fields");
  const zone = text.slice(0, space);
  return { timeZone: zone.slice(zone.indexOf("=") + 1), rest: text.slice(space + 1) };
}

function fieldsOf(fields: readonly string[]): CalendarSpecInit {
  if (fields.length < 5 || fields.length > 7) {
    throw new SpecError("CronString does not have 5-7 fields");
  }
  const hasSecond = fields.length === 7;
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = hasSecond ? fields.slice(1) : fields;
  return {
    ...(hasSecond ? { second: fields[0] } : {}),
    minute,
    hour,
    dayOfMonth,
    month,
    dayOfWeek,
    ...(year === undefined ? {} : { year }),
  };
}

function parseInterval(text: string): IntervalSpecInit {
  const space = text.indexOf(" ");
  if (space === -1) throw new SpecError("CronString does not have interval after @every");
  const [interval = "", ...phases] = text.slice(space + 1).split("/");
  const phase = phases.join("/");
  return {
    interval: toDuration(parseSpan(interval)),
    ...(phase === "" ? {} : { phase: toDuration(parseSpan(phase)) }),
  };
}

/** A duration, in which `d` stands for days of 24 hours. */
function parseSpan(text: string): number {
  const inHours = text.replace(/(\d+(?:\.\d*)?)d/g, (_, days: string) => `${24 * Number(days)}h`);
  const spanMs = parseGoDurationMs(inHours);
  if (spanMs !== undefined) return spanMs;
  throw new SpecError(`time: invalid duration ${JSON.stringify(text)}`);
}
