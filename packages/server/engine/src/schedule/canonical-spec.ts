import type { DurationInit } from "@perdure/proto/google/protobuf";
import type {
  IntervalSpecInit,
  RangeInit,
  ScheduleSpecInit,
  StructuredCalendarSpecInit,
} from "@perdure/proto/temporal/api/schedule/v1";
import { zoneName } from "../time-zone.js";
import { durationMs } from "../wire-time.js";
import { checkCalendar, parseCalendar } from "./parse-calendar.js";
import { parseCronString } from "./parse-cron-string.js";
import { SpecError } from "./parse-ranges.js";

const CONFLICTING_ZONES = "conflicting timezone names";

/**
 * The same specification with structured calendars and intervals only, in which every text has been
 * read and every value checked.
 *
 * @throws {SpecError} With the official wording.
 */
export function canonicalSpec(spec: ScheduleSpecInit): ScheduleSpecInit {
  const crons = (spec.cronString ?? []).map(parseCronString);
  const timezoneName = zoneOfSpec(
    spec,
    crons.map(({ timeZone }) => timeZone),
  );
  const structuredCalendar = [
    ...(spec.structuredCalendar ?? []),
    ...(spec.calendar ?? []).map(parseCalendar),
    ...crons.flatMap(({ calendar }) => (calendar === undefined ? [] : [calendar])),
  ];
  const excludeStructuredCalendar = [
    ...(spec.excludeStructuredCalendar ?? []),
    ...(spec.excludeCalendar ?? []).map(parseCalendar),
  ];
  const interval = [
    ...(spec.interval ?? []),
    ...crons.flatMap((cron) => (cron.interval === undefined ? [] : [cron.interval])),
  ];
  for (const calendar of structuredCalendar) checkCalendar(calendar);
  for (const one of interval) checkInterval(one);
  checkZone(timezoneName, spec.timezoneData);
  const canonical = { structuredCalendar, excludeStructuredCalendar, interval, timezoneName };
  const emptied = { calendar: [], cronString: [], excludeCalendar: [] };
  return { ...spec, ...emptied, ...canonical };
}

/** The zone of the specification; its cron strings must agree on one, and it with them. */
function zoneOfSpec(spec: ScheduleSpecInit, cronZones: readonly string[]): string {
  const own = spec.timezoneName ?? "";
  const [first = "", ...others] = cronZones;
  if (others.some((zone) => zone !== first)) throw new SpecError(CONFLICTING_ZONES);
  if (first === "") return own;
  const hasData = (spec.timezoneData?.length ?? 0) > 0;
  if ((own !== "" && own !== first) || hasData) throw new SpecError(CONFLICTING_ZONES);
  return first;
}

function checkZone(name: string, data: Uint8Array | undefined): void {
  if ((data?.length ?? 0) > 0) {
    throw new SpecError("timezone_data is not supported, set timezone_name");
  }
  if (name !== "" && zoneName(name) === undefined) throw new SpecError(`unknown time zone ${name}`);
}

const SECOND_MS = 1000;

function checkInterval({ interval, phase }: IntervalSpecInit): void {
  checkSpan(interval, "interval");
  checkSpan(phase, "phase");
  const intervalMs = durationMs(interval);
  const phaseMs = durationMs(phase);
  if (intervalMs < SECOND_MS) throw new SpecError("interval is too small");
  if (phaseMs < 0) throw new SpecError("phase is negative");
  if (phaseMs >= intervalMs) throw new SpecError("phase cannot be greater than Interval");
}

/** Largest second of a wire duration, about 10,000 years. */
const DURATION_SECONDS_MAX = 315_576_000_000n;

function checkSpan(span: DurationInit | undefined, name: string): void {
  const { seconds = 0n, nanos = 0 } = span ?? {};
  const isMixed = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0);
  const isLong = seconds > DURATION_SECONDS_MAX || seconds < -DURATION_SECONDS_MAX;
  if (!isMixed && !isLong && Math.abs(nanos) < 1e9) return;
  throw new SpecError(`${name} is not a valid duration`);
}

/** A specification as it is shown: ranges with the end and step that they stand for. */
export function shownSpec(spec: ScheduleSpecInit): ScheduleSpecInit {
  return {
    ...spec,
    structuredCalendar: (spec.structuredCalendar ?? []).map(shownCalendar),
    excludeStructuredCalendar: (spec.excludeStructuredCalendar ?? []).map(shownCalendar),
  };
}

function shownCalendar(calendar: StructuredCalendarSpecInit): StructuredCalendarSpecInit {
  const shown = (ranges: readonly RangeInit[] | undefined): readonly RangeInit[] =>
    (ranges ?? []).map(({ start = 0, end = 0, step = 0 }) => ({
      start,
      end: Math.max(start, end),
      step: step === 0 ? 1 : step,
    }));
  return {
    ...calendar,
    second: shown(calendar.second),
    minute: shown(calendar.minute),
    hour: shown(calendar.hour),
    dayOfMonth: shown(calendar.dayOfMonth),
    month: shown(calendar.month),
    year: shown(calendar.year),
    dayOfWeek: shown(calendar.dayOfWeek),
  };
}
