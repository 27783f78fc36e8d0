import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  FailedPreconditionError,
  NotFoundError,
  ResourceExhaustedError,
  WorkflowNotReadyError,
} from "@perdure/kernel";
import { SuggestContinueAsNewReason, TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import { completeWorkflow, continueAsNew, startTimer } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import {
  acceptance,
  completion,
  idleRun,
  REFUSAL,
  rejection,
  sendUpdate,
} from "../testing/update-run.js";
import { toDuration } from "../wire-time.js";
import { terminateRun } from "./messages.js";
import { updateStatus } from "./update-notices.js";
import { forgetUpdates, loseSpeculativeTask, taskMessages } from "./updates.js";

describe("update", () => {
  it("waits in memory with a workflow task of its own, and nothing is stored", () => {
    const run = idleRun();
    const step = sendUpdate(run, "u1");
    assert.equal(step.record, undefined);
    assert.equal(run.offers[0]?.isSpeculative, true);
    assert.deepEqual(run.names(5), []);
    assert.deepEqual(updateStatus(run.state, "u1"), { kind: "admitted" });
  });

  it("reaches the worker as a message of its task, in the order in which updates came", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    sendUpdate(run, "u2");
    run.startTask();
    const ids = taskMessages(run.state).map(({ id }) => id);
    assert.deepEqual(ids, ["u1/request", "u2/request"]);
    assert.deepEqual(taskMessages(run.state)[0]?.sequencingId, { kind: "eventId", value: 5n });
  });

  it("is written with its task when the workflow accepts it", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    const { notices } = run.runTask([], { messages: [acceptance("u1"), completion("u1")] });
    assert.deepEqual(run.names(5), [
      "WorkflowTaskScheduled",
      "WorkflowTaskStarted",
      "WorkflowTaskCompleted",
      "WorkflowExecutionUpdateAccepted",
      "WorkflowExecutionUpdateCompleted",
    ]);
    assert.equal(run.last("WorkflowExecutionUpdateCompleted").acceptedEventId, 8n);
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      ["accepted", "completed"],
    );
    assert.deepEqual(updateStatus(run.state, "u1"), { kind: "completed", completedEventId: 9 });
  });

  it("leaves no trace when the workflow rejects it", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    const step = run.runTask([], { messages: [rejection("u1")] });
    assert.equal(step.record, undefined);
    assert.equal(step.resetHistoryEventId, 3);
    assert.deepEqual(run.names(5), []);
    const [notice] = step.notices;
    assert.ok(notice?.kind === "rejected");
    assert.equal(notice.failure?.message, REFUSAL.message);
    assert.equal(updateStatus(run.state, "u1"), undefined);
  });

  it("is rejected when the worker ignores it", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    const { notices } = run.runTask();
    assert.equal(notices[0]?.kind, "rejected");
  });

  it("stays with the worker over a heartbeat", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    run.runTask([], { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true });
    sendUpdate(run, "u2");
    assert.deepEqual(taskMessages(run.state), []);
    assert.deepEqual(updateStatus(run.state, "u1"), { kind: "admitted" });
  });

  it("makes its task an ordinary one when something is stored meanwhile", () => {
    const waiting = idleRun();
    sendUpdate(waiting, "u1");
    waiting.signal("hello");
    assert.deepEqual(waiting.names(5), ["WorkflowTaskScheduled", "WorkflowExecutionSignaled"]);
    assert.equal(waiting.offers[0]?.isSpeculative, undefined);
    waiting.keepSnapshot();
    waiting.advance(5_000);
    assert.deepEqual(waiting.names(7), ["WorkflowTaskTimedOut", "WorkflowTaskScheduled"]);
    waiting.advance(60_000);
    assert.deepEqual(waiting.names(9), []);
    const started = idleRun();
    sendUpdate(started, "u1");
    started.startTask();
    started.signal("hello");
    assert.deepEqual(started.names(5), ["WorkflowTaskScheduled", "WorkflowTaskStarted"]);
    started.complete([], { messages: [rejection("u1")] });
    assert.deepEqual(started.names(7).slice(0, 2), [
      "WorkflowTaskCompleted",
      "WorkflowExecutionSignaled",
    ]);
  });

  it("goes to the normal queue as an ordinary task when nobody comes for it", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    run.advance(5_000);
    assert.deepEqual(run.names(5), [
      "WorkflowTaskScheduled",
      "WorkflowTaskTimedOut",
      "WorkflowTaskScheduled",
    ]);
    assert.equal(run.last("WorkflowTaskTimedOut").timeoutType, TimeoutType.SCHEDULE_TO_START);
    run.startTask();
    assert.equal(taskMessages(run.state).length, 1);
  });

  it("is sent again when its worker is silent or fails", () => {
    for (const end of [(run: TestRun) => run.advance(10_000), (run: TestRun) => run.failTask()]) {
      const run = idleRun();
      sendUpdate(run, "u1");
      run.startTask();
      end(run);
      assert.equal(run.names(5).length, 3);
      run.startTask();
      assert.equal(taskMessages(run.state).length, 1);
    }
  });

  it("is given up when the answer that held its own is refused", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    const { notices, refusal } = run.runTask([startTimer("")], { messages: [acceptance("u1")] });
    assert.notEqual(refusal, undefined);
    assert.deepEqual(notices[0], { kind: "aborted", updateId: "u1", reason: "taskFailed" });
  });

  it("comes with the first task, and cuts a start delay short", () => {
    const run = new TestRun({ request: { workflowStartDelay: toDuration(60_000) } });
    sendUpdate(run, "u1");
    run.runTask([], { messages: [rejection("u1")] });
    assert.deepEqual(run.names(2), []);
    run.advance(60_000);
    assert.deepEqual(run.names(2), ["WorkflowTaskScheduled"]);
  });

  it("is known by its ID, also to a server that was started anew", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    run.runTask([], { messages: [acceptance("u1"), completion("u1")] });
    sendUpdate(run, "u2");
    run.runTask([], { messages: [acceptance("u2")] });
    run.keepSnapshot();
    run.reload();
    assert.equal(updateStatus(run.state, "u1")?.kind, "completed");
    assert.equal(updateStatus(run.state, "u2")?.kind, "accepted");
    sendUpdate(run, "u2");
    assert.equal(run.state.workflowTask, undefined);
  });

  it("is written from the worker's answer when the server forgot it", () => {
    const run = new TestRun();
    run.startTask();
    const acceptedRequest = { meta: { updateId: "u1" }, input: { name: "book" } };
    run.complete([], { messages: [acceptance("u1", { acceptedRequest })] });
    assert.equal(run.last("WorkflowExecutionUpdateAccepted").protocolInstanceId, "u1");
  });
});

describe("update of a run that ends", () => {
  it("fails when it was accepted, and is aborted when it was not", () => {
    const run = idleRun();
    sendUpdate(run, "accepted");
    run.runTask([], { messages: [acceptance("accepted")] });
    sendUpdate(run, "waiting");
    run.startTask();
    const { notices } = run.complete([completeWorkflow()]);
    assert.deepEqual(
      notices.map(({ updateId, kind }) => [updateId, kind]),
      [
        ["waiting", "aborted"],
        ["accepted", "completed"],
      ],
    );
    assert.equal(updateStatus(run.state, "accepted")?.kind, "unfinished");
    assert.throws(() => sendUpdate(run, "late"), NotFoundError);
  });

  it("may be sent on when another run follows", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    run.startTask();
    const { notices } = run.complete([continueAsNew()]);
    assert.deepEqual(notices[0], { kind: "aborted", updateId: "u1", reason: "continued" });
  });

  it("takes its waiting task with it when the run is terminated", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    const terminate = { reason: "", details: undefined, identity: "" };
    run.apply(terminateRun(run.state, terminate, run.environment));
    assert.deepEqual(run.names(5), ["WorkflowExecutionTerminated"]);
  });

  it("is lost with a task whose worker answers with what is no answer", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    run.startTask();
    const step = run.apply(loseSpeculativeTask(run.state, run.environment));
    assert.deepEqual(step.notices, [{ kind: "aborted", updateId: "u1", reason: "lost" }]);
    assert.equal(run.state.workflowTask, undefined);
  });
});

describe("limits of updates", () => {
  it("turn away updates while too many, or too large ones, wait", () => {
    const few = idleRun({ limits: { inFlightUpdatesMax: 1 } });
    sendUpdate(few, "u1");
    assert.throws(() => sendUpdate(few, "u2"), ResourceExhaustedError);
    const small = idleRun({ limits: { inFlightUpdateBytesMax: 10 } });
    assert.throws(() => sendUpdate(small, "u1"), ResourceExhaustedError);
  });

  it("count no updates that were forgotten, which only those are that no worker has", () => {
    const run = idleRun({ limits: { inFlightUpdatesMax: 2 } });
    sendUpdate(run, "held");
    run.startTask();
    sendUpdate(run, "waiting");
    assert.throws(() => sendUpdate(run, "refused"), ResourceExhaustedError);
    run.apply(forgetUpdates(run.state, () => true, run.environment));
    assert.equal(updateStatus(run.state, "held")?.kind, "admitted");
    assert.equal(updateStatus(run.state, "waiting"), undefined);
    sendUpdate(run, "u3");
  });

  it("leave no task in memory behind that would bring nothing", () => {
    const run = idleRun();
    sendUpdate(run, "u1");
    run.apply(forgetUpdates(run.state, () => false, run.environment));
    assert.notEqual(run.state.workflowTask, undefined);
    run.apply(forgetUpdates(run.state, () => true, run.environment));
    assert.equal(run.state.workflowTask, undefined);
  });

  it("end with the run's total, before which continue-as-new is suggested", () => {
    const run = idleRun({ limits: { updatesMax: 1, updatesSuggestedShare: 1 } });
    sendUpdate(run, "u1");
    run.runTask([], { messages: [acceptance("u1"), completion("u1")] });
    const started = run.last("WorkflowTaskStarted");
    assert.deepEqual(started.suggestContinueAsNewReasons, [
      SuggestContinueAsNewReason.TOO_MANY_UPDATES,
    ]);
    assert.throws(() => sendUpdate(run, "u2"), FailedPreconditionError);
  });

  it("turn away updates while workflow tasks keep failing", () => {
    const run = new TestRun();
    run.startTask();
    run.failTask();
    run.startTask();
    run.advance(10_000);
    assert.throws(() => sendUpdate(run, "u1"), WorkflowNotReadyError);
  });
});
