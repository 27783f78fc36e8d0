import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import {
  a1,
  change,
  flags,
  isCurrent,
  merge,
  pause,
  reset,
} from "../testing/activity-operations.js";
import { complete, fail, heartbeat, PROGRESS, runWith } from "../testing/activity-run.js";
import { MINUTE_MS } from "../testing/commands.js";
import { durationMs, toDuration } from "../wire-time.js";
import { type ActivityOptions, maskedFields, optionsOf } from "./activity-options.js";

describe("resetActivities()", () => {
  it("schedules a waiting activity at once, as its first attempt", () => {
    const run = runWith({ retryPolicy: { initialInterval: toDuration(MINUTE_MS) } });
    fail(run, run.startActivity("a1"));
    reset(run);
    assert.equal(run.offers.length, 1);
    assert.deepEqual([a1(run).progress.attempt, a1(run).progress.isReset], [1, false]);
  });

  it("tells the worker of a running attempt, until the next one", () => {
    const run = runWith();
    const target = run.startActivity("a1");
    reset(run);
    assert.deepEqual(flags(run, target), [false, false, true]);
    fail(run, target);
    run.advance(1_000);
    assert.deepEqual(flags(run, run.startActivity("a1")), [false, false, false]);
  });

  it("takes a later attempt from its worker", () => {
    const run = runWith();
    fail(run, run.startActivity("a1"));
    run.advance(1_000);
    const second = run.startActivity("a1");
    reset(run);
    assert.throws(() => complete(run, second), NotFoundError);
  });

  it("drops the details of a running attempt when it is over", () => {
    const run = runWith({ heartbeatTimeout: toDuration(30_000) });
    const target = run.startActivity("a1");
    heartbeat(run, target, PROGRESS);
    reset(run, { resetHeartbeat: true });
    assert.notEqual(a1(run).progress.heartbeatDetails, undefined);
    fail(run, target);
    assert.equal(a1(run).progress.heartbeatDetails, undefined);
    assert.equal(a1(run).progress.dropsHeartbeat, false);
  });

  const pauses: readonly (readonly [keepPaused: boolean, offers: number])[] = [
    [true, 0],
    [false, 1],
  ];
  for (const [keepPaused, offers] of pauses) {
    it(`${keepPaused ? "keeps" : "ends"} a pause with keepPaused ${keepPaused}`, () => {
      const run = runWith();
      pause(run);
      reset(run, { keepPaused });
      assert.equal(run.offers.length, offers);
      assert.equal(a1(run).progress.pause !== undefined, keepPaused);
    });
  }

  it("restores the options but the priority", () => {
    const run = runWith();
    const options = { heartbeatTimeout: toDuration(9_000), priority: { priorityKey: 2 } };
    change(run, merge(options, "heartbeatTimeout", "priority"));
    reset(run, { restoreOptions: true });
    const restored = optionsOf(a1(run));
    assert.equal(durationMs(restored.heartbeatTimeout), 0);
    assert.equal(restored.priority?.priorityKey, 2);
  });
});

describe("updateActivityOptions()", () => {
  it("moves a waiting activity to another queue and priority", () => {
    const run = runWith();
    const options = { taskQueue: { name: "other" }, priority: { priorityKey: 5 } };
    change(run, merge(options, "task_queue.name", "priority.priority_key"));
    const [offer] = run.offers;
    assert.deepEqual([offer?.queueName, offer?.priority], ["other", 5]);
    assert.deepEqual([isCurrent(run, 1), isCurrent(run, 2)], [false, true]);
  });

  it("makes the timeouts of a running attempt count from its start", () => {
    const run = runWith({ retryPolicy: { maximumAttempts: 1 } });
    run.startActivity("a1");
    run.advance(1_000);
    change(run, merge({ startToCloseTimeout: toDuration(1_500) }, "startToCloseTimeout"));
    run.advance(499);
    assert.equal(run.state.activities.size, 1);
    run.advance(1);
    assert.equal(run.state.activities.size, 0);
  });

  it("makes a back-off last as the new policy says", () => {
    const run = runWith({ retryPolicy: { initialInterval: toDuration(MINUTE_MS) } });
    fail(run, run.startActivity("a1"));
    const retryPolicy = { initialInterval: toDuration(1_000), backoffCoefficient: 2 };
    const paths = ["retryPolicy.initialInterval", "retryPolicy.backoffCoefficient"];
    change(run, merge({ retryPolicy }, ...paths));
    run.advance(1_999);
    assert.deepEqual(run.offers, []);
    run.advance(1);
    assert.equal(run.offers.length, 1);
  });

  it("keeps which failures are final", () => {
    const run = runWith({ retryPolicy: { nonRetryableErrorTypes: ["Declined"] } });
    const retryPolicy = { initialInterval: toDuration(1_000), backoffCoefficient: 1 };
    change(run, merge({ retryPolicy }, "retryPolicy"));
    const { nonRetryableErrorTypes } = optionsOf(a1(run)).retryPolicy ?? {};
    assert.deepEqual(nonRetryableErrorTypes, ["Declined"]);
  });

  it("survives a reload, and restores what the scheduled event says", () => {
    const run = runWith();
    change(run, merge({ heartbeatTimeout: toDuration(9_000) }, "heartbeatTimeout"));
    run.keepSnapshot();
    run.reload();
    assert.equal(durationMs(optionsOf(a1(run)).heartbeatTimeout), 9_000);
    const restored = change(run, { change: { kind: "restore" } });
    assert.equal(durationMs(restored.heartbeatTimeout), 0);
    assert.equal(a1(run).progress.options, undefined);
  });

  const refused: readonly (readonly [string, ActivityOptions, string])[] = [
    ["RetryPolicy is not provided", {}, "retryPolicy.maximumAttempts"],
    ["Priority is not provided", {}, "priority.fairnessKey"],
    ["TaskQueue is not provided", {}, "taskQueue.name"],
    [
      "BackoffCoefficient cannot be less than 1 on retry policy.",
      { retryPolicy: { backoffCoefficient: 0.5 } },
      "retryPolicy.backoffCoefficient",
    ],
    [
      "invalid HeartbeatTimeout: negative duration",
      { heartbeatTimeout: toDuration(-1_000) },
      "heartbeatTimeout",
    ],
  ];
  for (const [message, options, path] of refused) {
    it(`refuses: ${message}`, () => {
      const run = runWith();
      const before = run.state;
      assert.throws(() => change(run, merge(options, path)), new InvalidArgumentError(message));
      assert.equal(run.state, before);
    });
  }
});

describe("maskedFields()", () => {
  const names: readonly (readonly [string, string])[] = [
    ["heartbeat_timeout", "heartbeatTimeout"],
    ["HeartbeatTimeout", "heartbeatTimeout"],
    ["retry_policy.maximum_attempts", "retryPolicy.maximumAttempts"],
    ["retryPolicy.maximumAttempts", "retryPolicy.maximumAttempts"],
  ];
  for (const [path, field] of names) {
    it(`reads ${path}`, () => assert.deepEqual([...maskedFields({ paths: [path] })], [field]));
  }
});
