import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FailedPreconditionError, NotFoundError } from "@perdure/kernel";
import {
  a1,
  change,
  flags,
  isCurrent,
  pause,
  reset,
  unpause,
} from "../testing/activity-operations.js";
import { complete, fail, heartbeat, PROGRESS, runWith } from "../testing/activity-run.js";
import { MINUTE_MS, scheduleActivity } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import { toDuration } from "../wire-time.js";
import type { ActivitySelector } from "./activity-operations.js";
import { listedSearchAttributes } from "./listed-attributes.js";

describe("pauseActivities()", () => {
  it("makes the waiting task stale, and no time counts", () => {
    const run = runWith({ scheduleToStartTimeout: toDuration(1_000) });
    pause(run);
    assert.deepEqual([isCurrent(run, 1), isCurrent(run, 2)], [false, false]);
    run.advance(MINUTE_MS);
    assert.equal(run.state.activities.size, 1);
    unpause(run);
    assert.equal(run.offers.length, 1, "It goes on in its own time");
    run.advance(1_000);
    assert.equal(run.state.activities.size, 0);
  });

  it("lets a running attempt end, and tells its worker", () => {
    const run = runWith();
    const target = run.startActivity("a1");
    pause(run);
    assert.deepEqual(flags(run, target), [false, true, false]);
    complete(run, target);
    assert.equal(run.last("ActivityTaskCompleted").startedEventId, 6n);
  });

  it("holds back the attempt after one that failed, whatever the policy says", () => {
    const run = runWith({ retryPolicy: { maximumAttempts: 1 } });
    const target = run.startActivity("a1");
    pause(run);
    fail(run, target);
    assert.deepEqual(run.offers, []);
    run.advance(MINUTE_MS);
    assert.equal(a1(run).progress.attempt, 2);
    assert.equal(a1(run).progress.lastFailure?.message, "no luck");
    unpause(run);
    assert.equal(run.offers.length, 1);
    assert.equal(a1(run).progress.lastFailure, undefined);
  });

  it("stops a back-off", () => {
    const run = runWith();
    fail(run, run.startActivity("a1"));
    pause(run);
    run.advance(MINUTE_MS);
    assert.deepEqual(run.offers, []);
    unpause(run);
    assert.equal(run.offers.length, 1);
  });

  it("is the same for a repeated request, and refused for another", () => {
    const run = runWith();
    pause(run);
    pause(run, { reason: "again" });
    assert.equal(a1(run).progress.pause?.reason, "a break");
    assert.throws(() => pause(run, { requestId: "pause-2" }), FailedPreconditionError);
  });

  it("lists the types of paused activities until a pause begins or ends", () => {
    const run = new TestRun();
    run.runTask([scheduleActivity("a1"), scheduleActivity("a2", { activityType: { name: "b" } })]);
    const listed = (): string | undefined => {
      const info = listedSearchAttributes(run.state)?.indexedFields?.get("TemporalPauseInfo");
      return info?.data === undefined ? undefined : Buffer.from(info.data).toString();
    };
    assert.equal(listed(), undefined);
    run.keepSnapshot();
    pause(run, { selector: { kind: "all" } });
    const both = '["property:activityType=b","property:activityType=charge"]';
    assert.equal(listed(), both);
    complete(run, { kind: "id", activityId: "a1" });
    assert.equal(listed(), both);
    unpause(run, { selector: { kind: "type", typeName: "b" } });
    assert.equal(listed(), undefined);
  });
});

describe("unpauseActivities()", () => {
  it("leaves alone what is not paused", () => {
    const run = runWith();
    const before = run.state;
    unpause(run);
    assert.equal(run.state, before);
  });

  it("begins again from the first attempt and without details when it is told to", () => {
    const run = runWith({ heartbeatTimeout: toDuration(30_000) });
    const target = run.startActivity("a1");
    heartbeat(run, target, PROGRESS);
    fail(run, target);
    pause(run);
    unpause(run, { resetAttempts: true, resetHeartbeat: true });
    const { attempt, heartbeatDetails, lastHeartbeatAtMs } = a1(run).progress;
    assert.deepEqual([attempt, heartbeatDetails, lastHeartbeatAtMs], [1, undefined, 0]);
  });

  it("waits as long as was drawn", () => {
    const run = runWith();
    pause(run);
    unpause(run, { drawDelayMs: () => 700 });
    assert.deepEqual(run.offers, []);
    run.advance(700);
    assert.equal(run.offers.length, 1);
  });
});

describe("operations on activities", () => {
  const operations: readonly (readonly [string, (run: TestRun, of: ActivitySelector) => void])[] = [
    ["pause", (run, selector) => pause(run, { selector })],
    ["unpause", (run, selector) => unpause(run, { selector })],
    ["reset", (run, selector) => reset(run, { selector })],
    ["change of options", (run, selector) => change(run, { selector })],
  ];
  for (const [name, operate] of operations) {
    it(`${name}: is refused for what is not pending`, () => {
      const run = runWith();
      const absent: readonly ActivitySelector[] = [
        { kind: "id", activityId: "none" },
        { kind: "type", typeName: "none" },
      ];
      for (const selector of absent) assert.throws(() => operate(run, selector), NotFoundError);
      complete(run, { kind: "id", activityId: "a1" });
      assert.throws(() => operate(run, { kind: "all" }), NotFoundError);
    });
  }
});
