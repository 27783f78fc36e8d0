import { hashKey } from "@perdure/kernel";
import type { IntervalSpecInit, ScheduleSpecInit } from "@perdure/proto/temporal/api/schedule/v1";
import { zoneName, zoneOf } from "../time-zone.js";
import { durationMs, timestampMs } from "../wire-time.js";
import { type Calendar, calendarOf } from "./calendar-times.js";
import { YEAR_MAX } from "./parse-ranges.js";

/** A time that a schedule names, milliseconds since the epoch. */
export interface ScheduledTime {
  /** As the specification says. */
  readonly nominalMs: number;
  /** With jitter: when the action is due. */
  readonly actualMs: number;
}

/** Finds the times of a specification. */
export interface SpecTimes {
  /** The first time after `afterMs`; `undefined` when there is none. */
  next(afterMs: number): ScheduledTime | undefined;
}

const SECOND_MS = 1000;
const END_OF_TIMES_MS = Date.UTC(YEAR_MAX + 1, 0, 1);
const JITTER_MS_MAX = 2 ** 32 - 1;
/** `scheduler.specMaxIterations`: most times that are passed over, two weeks of seconds. */
const EXCLUDED_MAX = 14 * 24 * 3600;

/**
 * The times of a canonical specification.
 *
 * @param seed - Makes the jitter of schedules with the same specification differ.
 */
export function specTimes(spec: ScheduleSpecInit, seed: string): SpecTimes {
  const zone = zoneOf(zoneName(spec.timezoneName ?? "") ?? "UTC");
  const calendars = (spec.structuredCalendar ?? []).map((one) => calendarOf(one, zone));
  const excludes = (spec.excludeStructuredCalendar ?? []).map((one) => calendarOf(one, zone));
  const startMs = timestampMs(spec.startTime);
  const endMs = spec.endTime === undefined ? Infinity : timestampMs(spec.endTime);
  const jitterMs = Math.max(0, Math.floor(durationMs(spec.jitter)));
  const rawNext = rawTimes(calendars, spec.interval ?? []);
  return {
    next(afterMs) {
      let nominalMs = rawNext(Math.max(afterMs, startMs - SECOND_MS));
      for (let count = 0; count < EXCLUDED_MAX && nominalMs !== undefined; count++) {
        if (nominalMs > endMs || nominalMs >= END_OF_TIMES_MS) return undefined;
        const atMs = nominalMs;
        const isExcluded = excludes.some((calendar) => calendar.matches(atMs));
        if (isExcluded) {
          nominalMs = rawNext(atMs);
          continue;
        }
        if (jitterMs === 0) return { nominalMs: atMs, actualMs: atMs };
        // Jitter never moves a time beyond the one that follows it.
        const rangeMs = Math.min(jitterMs, (rawNext(atMs) ?? Infinity) - atMs, JITTER_MS_MAX);
        return { nominalMs: atMs, actualMs: atMs + jitter(seed, atMs, rangeMs) };
      }
      return undefined;
    },
  };
}

/** The next time of any of them, excluded or not. */
function rawTimes(
  calendars: readonly Calendar[],
  intervals: readonly IntervalSpecInit[],
): (afterMs: number) => number | undefined {
  return (afterMs) => {
    const times = [
      ...calendars.map((calendar) => calendar.next(afterMs)),
      ...intervals.map((interval) => nextIntervalTime(interval, afterMs)),
    ].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  };
}

/** A part of the range that is always the same for a schedule and a time. */
function jitter(seed: string, nominalMs: number, rangeMs: number): number {
  return Math.floor((hashKey(seed, String(nominalMs)) / 2 ** 32) * rangeMs);
}

function nextIntervalTime({ interval, phase }: IntervalSpecInit, afterMs: number): number {
  const spanSeconds = Math.max(1, Math.floor(durationMs(interval) / SECOND_MS));
  const phaseSeconds = Math.max(0, Math.floor(durationMs(phase) / SECOND_MS));
  const afterSeconds = Math.floor(afterMs / SECOND_MS);
  const passed = Math.floor((afterSeconds - phaseSeconds) / spanSeconds);
  return ((passed + 1) * spanSeconds + phaseSeconds) * SECOND_MS;
}
