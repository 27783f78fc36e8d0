import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NotFoundError } from "@perdure/kernel";
import type { ScheduleActivityTaskCommandAttributesInit } from "@perdure/proto/temporal/api/command/v1";
import { RetryState, TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import {
  application,
  complete,
  FAILURE,
  fail,
  heartbeat,
  PROGRESS,
  runWith,
} from "../testing/activity-run.js";
import { MINUTE_MS, scheduleActivity } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import { toDuration } from "../wire-time.js";

describe("activity retry", () => {
  it("backs off exponentially, and keeps the last failure", () => {
    const run = runWith();
    for (const backoffMs of [1_000, 2_000, 4_000]) {
      fail(run, run.startActivity("a1"));
      assert.deepEqual(run.offers, []);
      run.advance(backoffMs - 1);
      assert.equal(run.state.activities.get(5)?.progress.isBackingOff, true);
      run.advance(1);
      assert.equal(run.offers.length, 1);
    }
    complete(run, run.startActivity("a1"));
    const started = run.last("ActivityTaskStarted");
    assert.equal(started.attempt, 4);
    assert.equal(started.lastFailure.message, "no luck");
  });

  const policy = { initialInterval: toDuration(1_000), backoffCoefficient: 2 };
  const stops: readonly (readonly [
    string,
    ScheduleActivityTaskCommandAttributesInit,
    FailureInit,
    RetryState,
  ])[] = [
    [
      "attempts are used up",
      { retryPolicy: { ...policy, maximumAttempts: 1 } },
      FAILURE,
      RetryState.MAXIMUM_ATTEMPTS_REACHED,
    ],
    [
      "the failure says so",
      {},
      application({ nonRetryable: true }),
      RetryState.NON_RETRYABLE_FAILURE,
    ],
    [
      "the policy names the failure's type",
      { retryPolicy: { ...policy, nonRetryableErrorTypes: ["Declined"] } },
      application({ type: "Declined" }),
      RetryState.NON_RETRYABLE_FAILURE,
    ],
    [
      "the next attempt would come too late",
      { scheduleToCloseTimeout: toDuration(500) },
      FAILURE,
      RetryState.TIMEOUT,
    ],
  ];
  for (const [why, more, failure, state] of stops) {
    it(`ends when ${why}`, () => {
      const run = runWith(more);
      fail(run, run.startActivity("a1"), failure);
      assert.equal(run.last("ActivityTaskFailed").retryState, state);
      assert.equal(run.state.activities.size, 0);
    });
  }

  it("waits as long as the failure asks, beyond the policy's maximum too", () => {
    const run = runWith({ retryPolicy: { ...policy, maximumInterval: toDuration(2_000) } });
    const startedAtMs = run.nowMs;
    fail(run, run.startActivity("a1"), application({ delayMs: 9_000 }));
    assert.equal(run.state.activities.get(5)?.progress.scheduledAtMs, startedAtMs + 9_000);
  });
});

describe("activity timeout", () => {
  const span = (timeoutMs: number) => toDuration(timeoutMs);

  it("by schedule-to-start ends the activity without a retry", () => {
    const run = runWith({ scheduleToStartTimeout: span(2_000) });
    run.advance(2_000);
    assert.deepEqual(run.names(6), ["ActivityTaskTimedOut", "WorkflowTaskScheduled"]);
    const timedOut = run.last("ActivityTaskTimedOut");
    const { timeoutType } = timedOut.failure.failureInfo.value;
    assert.equal(timeoutType, TimeoutType.SCHEDULE_TO_START);
    assert.equal(timedOut.retryState, RetryState.TIMEOUT);
  });

  it("by start-to-close fails the attempt, and the next one follows", () => {
    const run = runWith({ startToCloseTimeout: span(2_000) });
    const target = run.startActivity("a1");
    run.advance(2_000);
    assert.deepEqual(run.names(6), []);
    assert.equal(run.state.activities.get(5)?.progress.attempt, 2);
    assert.throws(() => complete(run, target), NotFoundError);
  });

  it("by heartbeat fails the attempt once the worker is silent, with its progress", () => {
    const retryPolicy = { maximumAttempts: 1 };
    const run = runWith({ heartbeatTimeout: span(2_000), retryPolicy });
    const target = run.startActivity("a1");
    run.advance(1_500);
    heartbeat(run, target, PROGRESS);
    run.advance(1_999);
    assert.deepEqual(run.names(6), []);
    run.advance(1);
    const { timeoutType, lastHeartbeatDetails } =
      run.last("ActivityTaskTimedOut").failure.failureInfo.value;
    assert.equal(timeoutType, TimeoutType.HEARTBEAT);
    assert.equal(lastHeartbeatDetails.payloads.length, 1);
  });

  it("by schedule-to-close ends the activity whatever its attempt does", () => {
    const run = runWith({ scheduleToCloseTimeout: span(2_500), startToCloseTimeout: span(2_000) });
    fail(run, run.startActivity("a1"));
    run.advance(1_000);
    run.startActivity("a1");
    run.advance(1_500);
    const timedOut = run.last("ActivityTaskTimedOut");
    const { timeoutType } = timedOut.failure.failureInfo.value;
    assert.equal(timeoutType, TimeoutType.SCHEDULE_TO_CLOSE);
    assert.equal(timedOut.failure.cause.message, "no luck");
    assert.equal(run.state.activities.size, 0);
  });

  it("without time for another attempt says so", () => {
    const run = runWith({ scheduleToCloseTimeout: span(2_500), startToCloseTimeout: span(2_000) });
    run.startActivity("a1");
    run.advance(2_000);
    assert.match(run.last("ActivityTaskTimedOut").failure.message, /Not enough time/);
  });

  it("is capped by the timeout of the run, and filled in from schedule-to-close", () => {
    const request = { workflowRunTimeout: span(MINUTE_MS / 2) };
    const run = runWith({ scheduleToCloseTimeout: span(MINUTE_MS) }, { request });
    const scheduled = run.last("ActivityTaskScheduled");
    for (const name of [
      "scheduleToCloseTimeout",
      "scheduleToStartTimeout",
      "startToCloseTimeout",
    ]) {
      assert.equal(scheduled[name].seconds, 30n, name);
    }
  });

  it("must be given, as start-to-close or schedule-to-close", () => {
    const run = new TestRun();
    const { refusal } = run.runTask([scheduleActivity("a1", { startToCloseTimeout: undefined })]);
    assert.match(refusal?.message ?? "", /ScheduleToCloseTimeout must be set/);
  });
});
