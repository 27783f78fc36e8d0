import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import {
  ResetReapplyExcludeType,
  UpdateAdmittedEventOrigin,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import { completeWorkflow, scheduleActivity, startTimer } from "../testing/commands.js";
import { resetTo } from "../testing/reset-test-run.js";
import { TestRun } from "../testing/test-run.js";
import { acceptance, completion, idleRun, sendUpdate } from "../testing/update-run.js";
import { toDuration } from "../wire-time.js";
import { activityOf, executionTimeoutAtMs, runTimeoutAtMs } from "./run-state.js";

const { SIGNAL, UPDATE, NEXUS, CANCEL_REQUEST } = ResetReapplyExcludeType;

describe("resetRun()", () => {
  it("fails the workflow task at the reset point and schedules it again", () => {
    const base = idleRun();
    const run = resetTo(base, 4);
    assert.deepEqual(run.names(3), [
      "WorkflowTaskStarted",
      "WorkflowTaskFailed",
      "WorkflowTaskScheduled",
    ]);
    const failed = run.last("WorkflowTaskFailed");
    assert.equal(failed.cause, WorkflowTaskFailedCause.RESET_WORKFLOW);
    assert.equal(failed.baseRunId, "run-1");
    assert.equal(failed.newRunId, "run-2");
    assert.equal(failed.failure.message, "again");
    assert.equal(run.offers.length, 1);
    run.runTask([completeWorkflow()]);
    assert.equal(run.state.status, WorkflowExecutionStatus.COMPLETED);
  });

  it("terminates the base run, which knows the new one", () => {
    const base = idleRun();
    resetTo(base, 4);
    assert.equal(base.state.status, WorkflowExecutionStatus.TERMINATED);
    assert.equal(base.last("WorkflowExecutionTerminated").identity, "history-resetter");
    assert.equal(base.state.uncommon.resetRunId, "run-2");
  });

  it("leaves a closed base run as it ended", () => {
    const base = new TestRun();
    base.runTask([completeWorkflow()]);
    const run = resetTo(base, 4);
    assert.equal(base.state.status, WorkflowExecutionStatus.COMPLETED);
    assert.equal(base.state.uncommon.resetRunId, "run-2");
    assert.equal(run.state.status, WorkflowExecutionStatus.RUNNING);
  });

  it("writes the start of a task that nobody had started", () => {
    const run = resetTo(idleRun(), 3);
    const started = run.last("WorkflowTaskStarted");
    assert.equal(started.identity, "history-service");
    assert.equal(started.requestId, "emptyUuid");
  });

  it("refuses a point where no workflow task is pending", () => {
    const base = idleRun();
    base.signal("go");
    assert.throws(() => resetTo(base, 5), /^InvalidArgumentError: Can only reset .*: 5$/);
    assert.equal(base.state.status, WorkflowExecutionStatus.RUNNING);
  });

  it("refuses a point within what one step wrote", () => {
    const base = idleRun();
    base.signal("go");
    const boundary = /unable to Rebuild mutable state to event ID: 5, version: 0/;
    assert.throws(() => resetTo(base, 6), boundary);
    assert.throws(() => resetTo(base, 2), InvalidArgumentError);
  });

  it("applies signals again, also those that waited when the base run was terminated", () => {
    const base = idleRun();
    base.signal("one", { requestId: "request-1" });
    base.startTask();
    base.signal("two");
    const run = resetTo(base, 4);
    const names = run.events.flatMap(({ attributes }) =>
      attributes?.kind === "workflowExecutionSignaledEventAttributes"
        ? [attributes.value.signalName]
        : [],
    );
    assert.deepEqual(names, ["one", "two"]);
    assert.ok(run.state.signalRequestIds.has("request-1"));
    assert.equal(run.state.signals.count, 2);
  });

  const exclusions = [
    { excluded: [SIGNAL], left: ["WorkflowExecutionUpdateAdmitted"] },
    { excluded: [UPDATE], left: ["WorkflowExecutionSignaled"] },
    { excluded: [SIGNAL, UPDATE, NEXUS, CANCEL_REQUEST], left: [] },
  ];
  for (const { excluded, left } of exclusions) {
    it(`applies ${left.join() || "nothing"} when ${excluded.length} kinds are excluded`, () => {
      const base = idleRun();
      sendUpdate(base, "u1");
      base.startTask();
      base.complete([], { messages: [acceptance("u1"), completion("u1")] });
      base.signal("go");
      const run = resetTo(base, 4, { excluded });
      assert.deepEqual(run.names(5), [...left, "WorkflowTaskScheduled"]);
    });
  }

  it("lets an accepted update wait for the new run's answer", () => {
    const base = idleRun();
    sendUpdate(base, "u1");
    base.startTask();
    base.complete([], { messages: [acceptance("u1"), completion("u1")] });
    const run = resetTo(base, 4);
    const admitted = run.last("WorkflowExecutionUpdateAdmitted");
    assert.equal(admitted.origin, UpdateAdmittedEventOrigin.REAPPLY);
    run.keepSnapshot();
    run.reload();
    run.startTask();
    run.complete([], { messages: [acceptance("u1"), completion("u1")] });
    assert.equal(run.last("WorkflowExecutionUpdateAccepted").acceptedRequest, undefined);
    assert.equal(run.state.completedUpdateCount, 1);
    assert.equal(run.state.admittedUpdates.size, 0);
  });

  it("forgets a reapplied update for good when the worker does not answer it", () => {
    const base = idleRun();
    sendUpdate(base, "u1");
    base.startTask();
    base.complete([], { messages: [acceptance("u1"), completion("u1")] });
    const run = resetTo(base, 4);
    run.keepSnapshot();
    run.runTask();
    assert.equal(run.state.admittedUpdates.size, 0);
    run.reload();
    assert.equal(run.state.admittedUpdates.size, 0);
  });

  it("keeps a reapplied update when the task that brought it fails", () => {
    const base = idleRun();
    sendUpdate(base, "u1");
    base.startTask();
    base.complete([], { messages: [acceptance("u1"), completion("u1")] });
    const run = resetTo(base, 4);
    run.startTask();
    run.failTask();
    assert.deepEqual([...run.state.admittedUpdates.keys()], ["u1"]);
  });

  it("begins pending activities anew and offers them", () => {
    const base = new TestRun();
    base.runTask([scheduleActivity("a1"), startTimer("t1", 5000)]);
    base.startActivity("a1");
    base.advance(1000);
    base.signal("go");
    base.runTask();
    const run = resetTo(base, 10);
    const activity = activityOf(run.state, 5);
    assert.equal(activity.progress.startedAtMs, 0);
    assert.equal(activity.progress.scheduledAtMs, run.nowMs);
    assert.deepEqual(run.offers.map(({ kind }) => kind).sort(), ["activity", "workflow"]);
    run.advance(4000);
    assert.ok(run.names().includes("TimerFired"));
  });

  it("gives the new run its whole time, and tells when the first one began", () => {
    const request = {
      workflowRunTimeout: toDuration(60_000),
      workflowExecutionTimeout: toDuration(100_000),
    };
    const base = new TestRun({ request });
    base.runTask();
    base.advance(50_000);
    const run = resetTo(base, 4);
    assert.equal(runTimeoutAtMs(run.state), run.nowMs + 60_000);
    assert.equal(executionTimeoutAtMs(run.state), run.nowMs + 100_000);
    assert.equal(run.state.uncommon.firstEventTimeMs, base.state.startTimeMs);
    run.keepSnapshot();
    run.reload();
    assert.equal(runTimeoutAtMs(run.state), run.nowMs + 60_000);
  });

  it("follows the runs that the base run continued as", () => {
    const base = idleRun();
    const next = idleRun();
    next.signal("later");
    const run = resetTo(base, 4, { successors: [next.records] });
    assert.equal(run.last("WorkflowExecutionSignaled").signalName, "later");
  });

  it("changes options before the first workflow task", () => {
    const options = { priority: { priorityKey: 1 } };
    const operations = [{ options, paths: ["priority"], identity: "" }];
    const run = resetTo(idleRun(), 4, { operations });
    assert.equal(run.offers[0]?.priority, 1);
    assert.equal(run.last("WorkflowExecutionOptionsUpdated").priority.priorityKey, 1);
  });

  it("resets a run that a reset made", () => {
    const base = idleRun();
    base.signal("one");
    const run = resetTo(base, 4);
    run.runTask();
    run.signal("two");
    const again = resetTo(run, 4);
    assert.deepEqual(again.names(4), [
      "WorkflowTaskFailed",
      "WorkflowExecutionSignaled",
      "WorkflowExecutionSignaled",
      "WorkflowTaskScheduled",
    ]);
  });
});
