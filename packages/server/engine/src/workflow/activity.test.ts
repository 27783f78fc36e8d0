import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import { RetryState } from "@perdure/proto/temporal/api/enums/v1";
import {
  BY_ID,
  cancel,
  complete,
  fail,
  heartbeat,
  PROGRESS,
  runWith,
} from "../testing/activity-run.js";
import { requestCancelActivity, scheduleActivity } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import { type ActivityTarget, isActivityTaskCurrent } from "./activity.js";

describe("activity", () => {
  it("is offered to its own queue with its priority", () => {
    const run = runWith({ priority: { priorityKey: 1 } });
    const offer = { kind: "activity", queueName: "charges", scheduledEventId: 5, stamp: 1 };
    const unset = { fallbackQueueName: undefined, isSpeculative: undefined, directive: undefined };
    const absent = { ...unset, workflowId: "workflow-1" };
    assert.deepEqual(run.offers, [{ ...offer, priority: 1, ...absent }]);
  });

  it("has no started event before it ends", () => {
    const run = runWith();
    const target = run.startActivity("a1", "worker-7");
    assert.deepEqual(run.names(6), []);
    run.advance(1_000);
    complete(run, target, PROGRESS);
    assert.deepEqual(run.names(6), [
      "ActivityTaskStarted",
      "ActivityTaskCompleted",
      "WorkflowTaskScheduled",
    ]);
    assert.equal(run.last("ActivityTaskStarted").identity, "worker-7");
    assert.equal(run.last("ActivityTaskCompleted").startedEventId, 6n);
    assert.equal(run.state.activities.size, 0);
    assert.equal(run.state.activityIds.size, 0);
  });

  it("is current for a queue while it waits there", () => {
    const run = runWith();
    const start = { scheduledEventId: 5, stamp: 1, identity: "w", requestId: "r" };
    assert.equal(isActivityTaskCurrent(run.state, start), true);
    assert.equal(isActivityTaskCurrent(run.state, { ...start, stamp: 2 }), false);
    const target = run.startActivity("a1");
    assert.equal(isActivityTaskCurrent(run.state, start), false);
    fail(run, target);
    const next = { ...start, stamp: 2 };
    assert.equal(isActivityTaskCurrent(run.state, next), false, "It backs off");
    run.advance(1_000);
    assert.equal(isActivityTaskCurrent(run.state, next), true);
  });

  it("goes to the worker of the workflow task when it wants that", () => {
    const run = new TestRun();
    const command = scheduleActivity("a1", { requestEagerExecution: true });
    const completion = run.runTask([command, scheduleActivity("a2")]);
    assert.deepEqual(completion.eagerActivities, [5]);
    assert.deepEqual(
      run.offers.map(({ scheduledEventId }) => scheduledEventId),
      [6],
    );
    assert.notEqual(run.state.activities.get(5)?.progress.startedAtMs, 0);
  });

  it("may be completed by its ID, even when no worker has it", () => {
    const run = runWith();
    complete(run, BY_ID);
    assert.deepEqual(run.names(6).slice(0, 2), ["ActivityTaskStarted", "ActivityTaskCompleted"]);
  });

  it("refuses two pending activities of one ID, and lets the ID be used again", () => {
    const run = runWith();
    run.signal("news");
    const { refusal } = run.runTask([scheduleActivity("a1")]);
    assert.match(refusal?.message ?? "", /ActivityID: a1/);
    complete(run, BY_ID);
    run.startTask();
    assert.equal(run.complete([scheduleActivity("a1")]).refusal, undefined);
  });

  it("refuses more pending activities than the limit", () => {
    const run = new TestRun({ limits: { pendingActivitiesMax: 1 } });
    const { refusal } = run.runTask([scheduleActivity("a1"), scheduleActivity("a2")]);
    assert.match(refusal?.message ?? "", /has reached the per-workflow limit of 1/);
  });
});

describe("activity target", () => {
  const misses: readonly (readonly [string, (target: ActivityTarget) => ActivityTarget])[] = [
    ["of another attempt", (target) => ({ ...target, attempt: 2 }) as ActivityTarget],
    ["started at another time", (target) => ({ ...target, startedAtMs: 1 }) as ActivityTarget],
    ["of another event", (target) => ({ ...target, scheduledEventId: 9 }) as ActivityTarget],
    ["with an unknown ID", () => ({ kind: "id", activityId: "a2" })],
  ];
  for (const [what, change] of misses) {
    it(`${what} is not found`, () => {
      const run = runWith();
      const target = change(run.startActivity("a1"));
      assert.throws(() => complete(run, target), NotFoundError);
      assert.throws(() => fail(run, target), NotFoundError);
      assert.throws(() => heartbeat(run, target), NotFoundError);
      assert.throws(() => cancel(run, target), NotFoundError);
    });
  }

  it("must be running to fail, beat or be cancelled by its ID", () => {
    const run = runWith();
    assert.throws(() => fail(run, BY_ID), NotFoundError);
    assert.throws(() => heartbeat(run, BY_ID), NotFoundError);
    assert.throws(() => cancel(run, BY_ID), NotFoundError);
    run.startActivity("a1");
    assert.equal(heartbeat(run, BY_ID), false);
  });
});

describe("activity heartbeat", () => {
  it("keeps its details for the next attempt", () => {
    const run = runWith();
    const target = run.startActivity("a1");
    assert.equal(heartbeat(run, target, PROGRESS), false);
    fail(run, target);
    assert.equal(run.state.activities.get(5)?.progress.heartbeatDetails?.payloads.length, 1);
  });
});

describe("activity cancellation", () => {
  it("is told by the heartbeat, and ends with the worker's answer", () => {
    const run = runWith();
    const target = run.startActivity("a1");
    run.signal("news");
    run.runTask([requestCancelActivity(5)]);
    assert.equal(heartbeat(run, target), true);
    cancel(run, target);
    assert.deepEqual(run.names(11), [
      "ActivityTaskStarted",
      "ActivityTaskCanceled",
      "WorkflowTaskScheduled",
    ]);
    assert.equal(run.last("ActivityTaskCanceled").latestCancelRequestedEventId, 10n);
  });

  it("ends an activity at once that nobody runs, and makes a workflow task", () => {
    const run = runWith();
    run.signal("news");
    run.runTask([requestCancelActivity(5)]);
    assert.deepEqual(run.names(10), [
      "ActivityTaskCancelRequested",
      "ActivityTaskCanceled",
      "WorkflowTaskScheduled",
    ]);
  });

  it("lets no further attempt begin", () => {
    const run = runWith();
    const target = run.startActivity("a1");
    run.signal("news");
    run.runTask([requestCancelActivity(5)]);
    fail(run, target);
    assert.equal(run.last("ActivityTaskFailed").retryState, RetryState.CANCEL_REQUESTED);
  });

  it("must have been asked for", () => {
    const run = runWith();
    const target = run.startActivity("a1");
    assert.throws(() => cancel(run, target), InvalidArgumentError);
  });

  it("of an activity that is unknown, or cancelled before, is an illegal command", () => {
    for (const eventId of [0, 99]) {
      const run = runWith();
      run.signal("news");
      assert.notEqual(run.runTask([requestCancelActivity(eventId)]).refusal, undefined);
    }
    const run = runWith();
    run.startActivity("a1");
    run.signal("news");
    const twice = [requestCancelActivity(5), requestCancelActivity(5)];
    assert.match(run.runTask(twice).refusal?.message ?? "", /ScheduledEventID: 5/);
  });
});
