import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FailedPreconditionError, NotFoundError } from "@perdure/kernel";
import {
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import { completeWorkflow, scheduleActivity, startTimer } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import { idleRun, sendUpdate } from "../testing/update-run.js";
import { toDuration } from "../wire-time.js";
import { isActivityTaskCurrent } from "./activity.js";
import { listedSearchAttributes } from "./listed-attributes.js";
import { pauseRun, unpauseRun } from "./pause-run.js";
import { isOpen } from "./run-state.js";

function pause(run: TestRun, requestId = "pause-1"): void {
  const input = { identity: "client-1", reason: "wait", requestId };
  run.apply(pauseRun(run.state, input, run.environment));
}

function unpause(run: TestRun): void {
  const input = { identity: "client-1", reason: "go on", requestId: "unpause-1" };
  run.apply(unpauseRun(run.state, input, run.environment));
}

describe("pauseRun()", () => {
  it("keeps news from becoming a workflow task until the run goes on", () => {
    const run = idleRun();
    pause(run);
    run.signal("one");
    assert.equal(run.state.workflowTask, undefined);
    assert.equal(run.state.status, WorkflowExecutionStatus.PAUSED);
    assert.ok(isOpen(run.state));
    unpause(run);
    assert.deepEqual(run.names(5), [
      "WorkflowExecutionPaused",
      "WorkflowExecutionSignaled",
      "WorkflowExecutionUnpaused",
      "WorkflowTaskScheduled",
    ]);
    assert.equal(run.state.uncommon.pause, undefined);
  });

  it("takes a workflow task back that nobody has started", () => {
    const run = new TestRun();
    pause(run);
    assert.deepEqual(run.names(3), ["WorkflowTaskFailed", "WorkflowExecutionPaused"]);
    const { cause } = run.last("WorkflowTaskFailed");
    const { WORKFLOW_PAUSE_REQUESTED_BEFORE_TASK_STARTED } = WorkflowTaskFailedCause;
    assert.equal(cause, WORKFLOW_PAUSE_REQUESTED_BEFORE_TASK_STARTED);
    unpause(run);
    assert.equal(run.state.workflowTask?.attempt, 1);
  });

  it("waits for the running workflow task to show, and takes its commands", () => {
    const run = new TestRun();
    run.startTask();
    pause(run);
    assert.deepEqual(run.names(4), []);
    assert.equal(run.state.status, WorkflowExecutionStatus.PAUSED);
    run.keepSnapshot();
    run.complete([startTimer("t1", 1000)]);
    assert.deepEqual(run.names(4), [
      "WorkflowTaskCompleted",
      "TimerStarted",
      "WorkflowExecutionPaused",
    ]);
    run.advance(2000);
    assert.deepEqual(run.names(7), ["TimerFired"]);
    assert.equal(run.state.workflowTask, undefined);
  });

  it("takes both a pause and its end while a workflow task runs", () => {
    const run = new TestRun();
    run.runTask([scheduleActivity("a1")]);
    run.signal("go");
    run.startTask();
    pause(run);
    unpause(run);
    const [offer] = run.offers;
    run.complete();
    assert.equal(run.state.status, WorkflowExecutionStatus.RUNNING);
    const start = { scheduledEventId: 5, stamp: offer?.stamp ?? 0, identity: "", requestId: "" };
    assert.ok(isActivityTaskCurrent(run.state, start));
  });

  it("refuses another workflow task at once from the worker that has one", () => {
    const run = new TestRun();
    run.startTask();
    pause(run);
    const heartbeat = { forceCreateNewWorkflowTask: true };
    assert.throws(() => run.complete([], heartbeat), FailedPreconditionError);
    assert.ok(run.state.workflowTask !== undefined);
  });

  it("fails a workflow task that would close the run without having seen the pause", () => {
    const run = new TestRun();
    run.startTask();
    pause(run);
    const { refusal } = run.complete([completeWorkflow()]);
    assert.equal(refusal?.failedCause, WorkflowTaskFailedCause.UNHANDLED_COMMAND);
    assert.equal(run.state.workflowTask, undefined);
    assert.ok(isOpen(run.state));
  });

  it("makes waiting activity tasks stale and offers them again afterwards", () => {
    const run = new TestRun();
    run.runTask([scheduleActivity("a1")]);
    const stale = { scheduledEventId: 5, stamp: 1, identity: "", requestId: "" };
    assert.ok(isActivityTaskCurrent(run.state, stale));
    pause(run);
    assert.equal(run.offers.length, 0);
    unpause(run);
    assert.ok(!isActivityTaskCurrent(run.state, stale));
    const offer = run.offers.find(({ kind }) => kind === "activity");
    const fresh = { ...stale, stamp: offer?.stamp ?? 0 };
    assert.ok(isActivityTaskCurrent(run.state, fresh));
  });

  it("turns updates away", () => {
    const run = idleRun();
    pause(run);
    assert.throws(() => sendUpdate(run, "u1"), /Workflow is paused. Cannot update the workflow./);
  });

  it("forgets a workflow task that only carries updates", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    pause(run);
    assert.deepEqual(run.names(5), ["WorkflowExecutionPaused"]);
    unpause(run);
    run.startTask();
    assert.equal(run.state.admittedUpdates.get("u1")?.sentEventId, 8);
  });

  it("holds the first workflow task of a delayed run back", () => {
    const run = new TestRun({ request: { workflowStartDelay: toDuration(1000) } });
    pause(run);
    run.advance(5000);
    assert.equal(run.state.workflowTask, undefined);
    unpause(run);
    assert.ok(run.state.workflowTask !== undefined);
  });

  it("changes nothing for a repeated request, and refuses another", () => {
    const run = idleRun();
    pause(run, "same");
    const { nextEventId } = run.state;
    pause(run, "same");
    assert.equal(run.state.nextEventId, nextEventId);
    assert.throws(() => pause(run, "other"), /workflow is already paused./);
    assert.throws(() => pause(run, ""), /workflow is already paused./);
  });

  it("refuses runs that have closed, and to let go on what is not paused", () => {
    const run = idleRun();
    assert.throws(() => unpause(run), /workflow is not paused./);
    run.signal("go");
    run.runTask([completeWorkflow()]);
    assert.throws(() => pause(run), NotFoundError);
    assert.throws(() => unpause(run), NotFoundError);
  });

  it("is told by a search attribute", () => {
    const run = idleRun();
    pause(run);
    const entries = listedSearchAttributes(run.state)?.indexedFields?.get("TemporalPauseInfo");
    const text = Buffer.from(entries?.data ?? []).toString();
    assert.equal(text, '["Workflow:workflow-1","Reason:wait"]');
  });
});
