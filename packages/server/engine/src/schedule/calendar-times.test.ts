import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DateTime } from "luxon";
import { zoneOf } from "../time-zone.js";
import { type Calendar, calendarOf } from "./calendar-times.js";
import { parseCalendar } from "./parse-calendar.js";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Zones with the days around which their clocks change. */
const CHANGES = [
  ["America/New_York", "2026-03-08"],
  ["America/New_York", "2026-11-01"],
  ["Europe/Berlin", "2026-03-29"],
  ["Europe/Berlin", "2026-10-25"],
  ["Australia/Lord_Howe", "2026-04-05"],
  ["Australia/Lord_Howe", "2026-10-04"],
  ["America/Santiago", "2026-04-05"],
  ["America/Santiago", "2026-09-06"],
  ["Asia/Kolkata", "2026-06-01"],
  ["UTC", "2026-06-01"],
] as const;

/** Every minute of four days whose clock shows one of the hours and minutes, by the library. */
function shownTimes(zone: string, fromMs: number, isWanted: (shown: DateTime) => boolean) {
  const times: number[] = [];
  for (let atMs = fromMs; atMs < fromMs + 4 * DAY_MS; atMs += MINUTE_MS) {
    if (isWanted(DateTime.fromMillis(atMs, { zone }))) times.push(atMs);
  }
  return times;
}

function timesBetween(calendar: Calendar, fromMs: number) {
  const times: number[] = [];
  let next = calendar.next(fromMs - 1);
  while (next !== undefined && next < fromMs + 4 * DAY_MS) {
    times.push(next);
    next = calendar.next(next);
  }
  return times;
}

describe("calendarOf()", () => {
  for (const [zone, day] of CHANGES) {
    it(`names the times that the clocks of ${zone} show around ${day}`, () => {
      const fromMs = Date.parse(`${day}T00:00:00Z`) - 2 * DAY_MS;
      const expected = shownTimes(zone, fromMs, ({ hour, minute }) => {
        return hour <= 3 && (minute === 15 || minute === 45);
      });
      const calendar = calendarOf(parseCalendar({ hour: "0-3", minute: "15,45" }), zoneOf(zone));
      assert.deepEqual(timesBetween(calendar, fromMs), expected);
      assert.ok(expected.every((atMs) => calendar.matches(atMs)));
      assert.ok(expected.every((atMs) => !calendar.matches(atMs + MINUTE_MS)));
    });
  }

  it("finds a day that comes once in many years, and none that never comes", () => {
    const zone = zoneOf("UTC");
    const leap = calendarOf(parseCalendar({ dayOfMonth: "29", month: "feb" }), zone);
    assert.equal(leap.next(Date.parse("2096-03-01T00:00:00Z")), undefined);
    assert.equal(leap.next(Date.parse("2092-03-01T00:00:00Z")), Date.parse("2096-02-29T00:00:00Z"));
    const never = calendarOf(parseCalendar({ dayOfMonth: "30", month: "feb" }), zone);
    assert.equal(never.next(0), undefined);
  });

  it("knows years and seconds", () => {
    const spec = { year: "2030", month: "1", dayOfMonth: "1", second: "10,50" };
    const calendar = calendarOf(parseCalendar(spec), zoneOf("UTC"));
    const first = calendar.next(0);
    assert.equal(first, Date.parse("2030-01-01T00:00:10Z"));
    const second = calendar.next(first ?? 0);
    assert.equal(second, Date.parse("2030-01-01T00:00:50Z"));
    assert.equal(calendar.next(second ?? 0), undefined);
  });
});
