import { InvalidArgumentError } from "@perdure/kernel";
import { zoneName } from "../time-zone.js";
import { type CronFields, parseCronFields } from "./cron-fields.js";
import { nextGridTime } from "./cron-grid.js";
import { parseGoDurationMs } from "./go-duration.js";

/**
 * When a cron workflow runs. Times on the grid are whole minutes of a time zone; those of an
 * interval are counted from the run before.
 */
export type CronSchedule =
  | { readonly kind: "interval"; readonly intervalMs: number }
  | { readonly kind: "grid"; readonly fields: CronFields; readonly timeZone: string };

/** What stands for five fields. */
export const CRON_SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

const INTERVAL_PREFIX = "@every ";
const SECOND_MS = 1000;

/**
 * Reads a cron specification: five fields, a shorthand such as `@daily`, or `@every 1h30m`; each
 * may follow `CRON_TZ=<zone>` or `TZ=<zone>`, else the zone is UTC.
 *
 * No library serves here: those of this platform take more (seconds, `L`, `#`, weekday 7) or choose
 * other times around daylight-saving changes than the service that these schedules come from.
 *
 * @returns `undefined` when the specification is malformed.
 */
export function parseCronSchedule(text: string): CronSchedule | undefined {
  const zoned = /^(?:CRON_TZ|TZ)=(\S*)\s+(.*)$/s.exec(text);
  const timeZone = zoned === null ? "UTC" : zoneName(zoned[1] ?? "");
  if (timeZone === undefined) return undefined;
  const rest = (zoned === null ? text : (zoned[2] ?? "")).trim();
  if (rest.startsWith(INTERVAL_PREFIX)) return interval(rest.slice(INTERVAL_PREFIX.length));
  const expanded = rest.startsWith("@") ? CRON_SHORTHANDS.get(rest) : rest;
  const fields = expanded === undefined ? undefined : parseCronFields(expanded);
  return fields === undefined ? undefined : { kind: "grid", fields, timeZone };
}

function interval(text: string): CronSchedule | undefined {
  const durationMs = parseGoDurationMs(text);
  if (durationMs === undefined) return undefined;
  const wholeSeconds = Math.floor(durationMs / SECOND_MS);
  return { kind: "interval", intervalMs: Math.max(1, wholeSeconds) * SECOND_MS };
}

/**
 * The first time after `afterMs` that the schedule names and that is not before `nowMs`, all in
 * milliseconds since the epoch; `undefined` when there is none within five years.
 */
export function nextCronTimeMs(
  schedule: CronSchedule,
  afterMs: number,
  nowMs: number,
): number | undefined {
  if (schedule.kind === "grid") {
    return nextGridTime(schedule.fields, schedule.timeZone, Math.max(afterMs, nowMs - 1));
  }
  const firstMs = Math.floor(afterMs / SECOND_MS) * SECOND_MS + schedule.intervalMs;
  const missedCount = Math.max(0, Math.ceil((nowMs - firstMs) / schedule.intervalMs));
  return firstMs + missedCount * schedule.intervalMs;
}

/**
 * How long the next run of a cron workflow waits, in milliseconds, whole seconds.
 *
 * @param scheduledMs - When the run before was to run, milliseconds since the epoch.
 * @returns `undefined` when the schedule is empty or names no further time.
 */
export function cronBackoffMs(
  text: string | undefined,
  scheduledMs: number,
  nowMs: number,
): number | undefined {
  if (text === undefined || text === "") return undefined;
  const schedule = parseCronSchedule(text);
  if (schedule === undefined) return undefined;
  const nextMs = nowMs < scheduledMs ? scheduledMs : nextCronTimeMs(schedule, scheduledMs, nowMs);
  if (nextMs === undefined) return undefined;
  return Math.ceil((nextMs - nowMs) / SECOND_MS) * SECOND_MS;
}

/**
 * Checks the cron specification of a request; an empty one is none.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkCronSchedule(text: string, nowMs: number): void {
  if (text === "") return;
  const schedule = parseCronSchedule(text);
  if (schedule === undefined) throw new InvalidArgumentError("invalid CronSchedule.");
  if (nextCronTimeMs(schedule, nowMs, nowMs) !== undefined) return;
  throw new InvalidArgumentError(
    "invalid CronSchedule, no time can be found to satisfy the schedule",
  );
}
