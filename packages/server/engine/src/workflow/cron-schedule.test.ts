import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import {
  checkCronSchedule,
  cronBackoffMs,
  nextCronTimeMs,
  parseCronSchedule,
} from "./cron-schedule.js";

const TABLE = new URL("../../test-data/cron-times.tsv", import.meta.url);

interface Row {
  readonly text: string;
  readonly from: string;
  readonly times: readonly string[];
}

function rows(): readonly Row[] {
  const lines = readFileSync(TABLE, "utf8").trimEnd().split("\n").slice(1);
  return lines.map((line) => {
    const [text = "", from = "", times = ""] = line.split("\t");
    return { text, from, times: times === "" ? [] : times.split(" ") };
  });
}

function nextTimes(row: Row): readonly string[] {
  const schedule = parseCronSchedule(row.text);
  const times: string[] = [];
  let atMs = Date.parse(row.from);
  while (schedule !== undefined && times.length < 3) {
    const nextMs = nextCronTimeMs(schedule, atMs, atMs);
    if (nextMs === undefined) break;
    times.push(new Date(nextMs).toISOString().replace(".000Z", "Z"));
    atMs = nextMs;
  }
  return times;
}

describe("parseCronSchedule() and nextCronTimeMs()", () => {
  for (const row of rows()) {
    const title = row.from === "" ? "refuses" : `from ${row.from} follows`;
    it(`${title} "${row.text}"`, () => {
      assert.equal(parseCronSchedule(row.text) === undefined, row.from === "");
      assert.deepEqual(nextTimes(row), row.times);
    });
  }

  it("passes over the times that were missed", () => {
    const schedule = parseCronSchedule("*/10 * * * *");
    assert.ok(schedule);
    const nowMs = Date.parse("2026-01-01T05:03:00Z");
    const nextMs = nextCronTimeMs(schedule, Date.parse("2026-01-01T00:00:00Z"), nowMs);
    assert.equal(nextMs, Date.parse("2026-01-01T05:10:00Z"));
  });
});

describe("cronBackoffMs()", () => {
  const AT_MS = Date.parse("2026-01-01T00:00:00.250Z");

  it("is nothing without a schedule", () => {
    assert.equal(cronBackoffMs(undefined, AT_MS, AT_MS), undefined);
    assert.equal(cronBackoffMs("", AT_MS, AT_MS), undefined);
  });

  it("is a whole number of seconds", () => {
    assert.equal(cronBackoffMs("@every 1s", AT_MS, AT_MS), 1000);
    assert.equal(cronBackoffMs("@every 90s", AT_MS, AT_MS), 90_000);
  });

  it("counts an interval from the run before, not from its end", () => {
    assert.equal(cronBackoffMs("@every 10s", AT_MS, AT_MS + 4000), 6000);
    assert.equal(cronBackoffMs("@every 10s", AT_MS, AT_MS + 34_000), 6000);
  });

  it("waits for a run that is yet to come", () => {
    assert.equal(cronBackoffMs("@every 10s", AT_MS + 5000, AT_MS), 5000);
  });
});

describe("checkCronSchedule()", () => {
  it("refuses what names no time", () => {
    assert.throws(() => checkCronSchedule("0 0 30 2 *", 0), /no time can be found/);
  });
});
