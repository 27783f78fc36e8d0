import type { PlainObject } from "../wire/plain.js";

const LATER = { startTime: "2090-01-01T00:00:00Z" };
const ZONE = "America/New_York";

export const SPECS: Readonly<Record<string, PlainObject>> = {
  empty: {},
  interval: { interval: [{ interval: "3600s", phase: "60s" }], ...LATER, jitter: "0s" },
  "interval too short": { interval: [{ interval: "0.5s" }] },
  "phase too long": { interval: [{ interval: "10s", phase: "10s" }] },
  "negative phase": { interval: [{ interval: "10s", phase: "-1s" }] },
  calendar: { calendar: [{ hour: "9-17/2", minute: "*/15", dayOfWeek: "mon-fri" }], ...LATER },
  "calendar with all": {
    calendar: [
      { second: "1,2", minute: "3-5", hour: "*", dayOfMonth: "1", month: "feb", year: "2095" },
    ],
    ...LATER,
  },
  "calendar with comment": { calendar: [{ comment: "why", dayOfWeek: "7" }], ...LATER },
  "bad calendar": { calendar: [{ hour: "25", minute: "5-2", month: "1/0", dayOfWeek: "1/2/3" }] },
  "bad calendar names": { calendar: [{ month: "jx", dayOfWeek: "m", year: "1999" }] },
  "bad calendar steps": { calendar: [{ hour: "1/", minute: "1-2-3", second: "1/x" }] },
  structured: {
    structuredCalendar: [{ hour: [{ start: 1, end: 5, step: 2 }], minute: [{ start: 3 }] }],
    ...LATER,
  },
  "bad structured": {
    structuredCalendar: [{ hour: [{ start: 30 }], dayOfWeek: [{ start: 7 }], month: [{}] }],
  },
  cron: { cronString: ["0 12 * * 1 # noon"], ...LATER },
  "cron with seconds and year": { cronString: ["30 0 12 1 1 * 2095"], ...LATER },
  "cron with zone": { cronString: [`CRON_TZ=${ZONE} 0 12 * * 1`], ...LATER },
  "cron zones differ": { cronString: [`CRON_TZ=${ZONE} 0 12 * * 1`, "0 12 * * 1"] },
  "cron zone and other zone": {
    cronString: [`CRON_TZ=${ZONE} 0 12 * * 1`],
    timezoneName: "Europe/Paris",
  },
  "cron shorthand": { cronString: ["@weekly"], ...LATER },
  "cron interval": { cronString: ["@every 14h/3h"], ...LATER },
  "cron interval of days": { cronString: ["@every 2d"], ...LATER },
  "cron interval that is none": { cronString: ["@every x"] },
  "cron interval without time": { cronString: ["@every"] },
  "cron zone alone": { cronString: ["CRON_TZ=UTC"] },
  "cron too short": { cronString: ["1 2 3 4"] },
  "cron sunday ranges": { cronString: ["0 0 * * 3-7", "0 0 * * 1-7/2", "0 0 * * 0-7"], ...LATER },
  "unknown zone": { timezoneName: "Mars/Base", ...LATER },
  excludes: {
    interval: [{ interval: "86400s" }],
    excludeCalendar: [{ hour: "*", dayOfWeek: "sun" }],
    ...LATER,
  },
};

function time(spec: PlainObject, startTime: string, endTime: string) {
  return { spec, startTime, endTime };
}

export const TIMES = {
  "spring forward": time(
    { calendar: [{ hour: "1-3", minute: "30" }], timezoneName: ZONE },
    "2090-03-11T00:00:00Z",
    "2090-03-13T00:00:00Z",
  ),
  "fall back": time(
    { calendar: [{ hour: "0-2", minute: "0,30" }], timezoneName: ZONE },
    "2090-11-04T00:00:00Z",
    "2090-11-06T00:00:00Z",
  ),
  "leap day": time(
    { calendar: [{ dayOfMonth: "29", month: "2" }] },
    "2026-01-01T00:00:00Z",
    "2040-01-01T00:00:00Z",
  ),
  "month and weekday": time(
    { calendar: [{ dayOfMonth: "13", dayOfWeek: "5" }] },
    "2026-01-01T00:00:00Z",
    "2028-01-01T00:00:00Z",
  ),
  "interval with phase": time(
    { interval: [{ interval: "5400s", phase: "600s" }] },
    "2090-01-01T00:00:00Z",
    "2090-01-01T06:00:00Z",
  ),
  "several with excludes": time(
    {
      interval: [{ interval: "21600s" }],
      calendar: [{ hour: "5", minute: "30" }],
      excludeCalendar: [{ hour: "6-12", minute: "*" }],
    },
    "2090-01-01T00:00:00Z",
    "2090-01-03T00:00:00Z",
  ),
  "start and end": time(
    {
      interval: [{ interval: "3600s" }],
      startTime: "2090-01-01T02:00:00Z",
      endTime: "2090-01-01T04:00:00Z",
    },
    "2090-01-01T00:00:00Z",
    "2090-01-02T00:00:00Z",
  ),
  "seconds of a year": time(
    { calendar: [{ second: "*/20", minute: "59", hour: "23", year: "2091", month: "12" }] },
    "2091-12-30T00:00:00Z",
    "2092-12-31T00:00:00Z",
  ),
  "zone with half hours": time(
    { calendar: [{ hour: "*/6", minute: "15" }], timezoneName: "Asia/Kolkata" },
    "2090-01-01T00:00:00Z",
    "2090-01-02T00:00:00Z",
  ),
};
