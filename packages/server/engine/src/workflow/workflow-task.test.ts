import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import {
  TaskQueueKind,
  TimeoutType,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import { cancelTimer, startTimer } from "../testing/commands.js";
import { START_MS, TestRun, WORKFLOW_TASK_TIMEOUT_MS } from "../testing/test-run.js";
import { toDuration } from "../wire-time.js";
import { completeWorkflowTask } from "./complete-task.js";
import { reportTaskFailure } from "./report-task-failure.js";
import { Step } from "./step.js";
import { isWorkflowTaskCurrent, resetSticky, transientEvents } from "./workflow-task.js";

const STICKY = {
  stickyAttributes: {
    workerTaskQueue: { name: "orders-sticky", kind: TaskQueueKind.STICKY },
    scheduleToStartTimeout: toDuration(5_000),
  },
};

describe("workflow task", () => {
  it("is scheduled and offered by the start", () => {
    const run = new TestRun();
    assert.deepEqual(run.names(), ["WorkflowExecutionStarted", "WorkflowTaskScheduled"]);
    const offer = { kind: "workflow", queueName: "orders", scheduledEventId: 2, stamp: 1 };
    const unset = { fallbackQueueName: undefined, isSpeculative: undefined, directive: undefined };
    const absent = { ...unset, workflowId: "workflow-1" };
    assert.deepEqual(run.offers, [{ ...offer, priority: 3, ...absent }]);
  });

  it("waits for a start delay, which ends with the first task", () => {
    const run = new TestRun({ request: { workflowStartDelay: toDuration(30_000) } });
    assert.deepEqual(run.names(), ["WorkflowExecutionStarted"]);
    assert.equal(run.nextWakeMs, START_MS + 30_000);
    run.advance(29_999);
    assert.deepEqual(run.names(2), []);
    run.advance(1);
    assert.deepEqual(run.names(2), ["WorkflowTaskScheduled"]);
  });

  it("is held by the starter alone when the start is eager", () => {
    const run = new TestRun({ eagerIdentity: "worker-1" });
    assert.deepEqual(run.names(2), ["WorkflowTaskScheduled", "WorkflowTaskStarted"]);
    assert.deepEqual(run.offers, []);
    run.complete();
    assert.equal(run.state.workflowTask, undefined);
  });

  it("is current for a queue until somebody starts it", () => {
    const run = new TestRun();
    const start = { scheduledEventId: 2, stamp: 1, identity: "w", requestId: "r" };
    assert.equal(isWorkflowTaskCurrent(run.state, start), true);
    assert.equal(isWorkflowTaskCurrent(run.state, { ...start, stamp: 2 }), false);
    assert.equal(isWorkflowTaskCurrent(run.state, { ...start, scheduledEventId: 5 }), false);
    run.startTask();
    assert.equal(isWorkflowTaskCurrent(run.state, start), false);
  });

  it("completes with the events that it makes in order", () => {
    const run = new TestRun();
    run.runTask([startTimer("t1"), startTimer("t2")]);
    assert.deepEqual(run.names(2), [
      "WorkflowTaskScheduled",
      "WorkflowTaskStarted",
      "WorkflowTaskCompleted",
      "TimerStarted",
      "TimerStarted",
    ]);
    assert.equal(run.last("TimerStarted").workflowTaskCompletedEventId, 4n);
    assert.equal(run.state.previousStartedEventId, 3);
    assert.equal(run.state.lastCompletedEventId, 4);
  });

  it("counts the events that a worker is told to continue as new for", () => {
    const run = new TestRun({ limits: { historyCountSuggested: 3, historySizeSuggestedBytes: 1 } });
    run.startTask();
    const started = run.last("WorkflowTaskStarted");
    assert.equal(started.suggestContinueAsNew, true);
    assert.equal(started.suggestContinueAsNewReasons.length, 2);
  });
});

describe("workflow task timeout", () => {
  it("makes the next attempt transient: no events until it ends well", () => {
    const run = new TestRun();
    run.startTask();
    run.advance(WORKFLOW_TASK_TIMEOUT_MS);
    assert.deepEqual(run.names(4), ["WorkflowTaskTimedOut"]);
    assert.equal(run.last("WorkflowTaskTimedOut").timeoutType, TimeoutType.START_TO_CLOSE);
    assert.equal(run.state.workflowTask?.attempt, 2);
    assert.equal(run.state.workflowTask?.isTransient, true);

    run.advance(1_000);
    run.startTask("worker-2");
    assert.deepEqual(run.names(5), []);
    run.advance(1_000);
    run.complete();
    assert.deepEqual(run.names(5), [
      "WorkflowTaskScheduled",
      "WorkflowTaskStarted",
      "WorkflowTaskCompleted",
    ]);
    assert.equal(run.last("WorkflowTaskScheduled").attempt, 2);
    assert.equal(run.last("WorkflowTaskStarted").identity, "worker-2");
  });

  it("shows a worker the events of a transient task that are not in the history", () => {
    const run = new TestRun();
    run.startTask();
    run.advance(WORKFLOW_TASK_TIMEOUT_MS);
    run.startTask();
    const shown = transientEvents(new Step(run.state, run.environment));
    assert.deepEqual(
      shown.map(({ eventId, attributes }) => [eventId, attributes?.kind]),
      [
        [5n, "workflowTaskScheduledEventAttributes"],
        [6n, "workflowTaskStartedEventAttributes"],
      ],
    );
  });

  it("turns a transient task into an ordinary one when events came before it started", () => {
    const run = new TestRun();
    run.startTask();
    run.advance(WORKFLOW_TASK_TIMEOUT_MS);
    run.signal("news");
    run.startTask();
    assert.deepEqual(run.names(5), [
      "WorkflowExecutionSignaled",
      "WorkflowTaskScheduled",
      "WorkflowTaskStarted",
    ]);
    assert.equal(run.state.workflowTask?.isTransient, false);
  });

  it("writes no event for later attempts that time out", () => {
    const run = new TestRun();
    for (let attempt = 1; attempt <= 4; attempt++) {
      run.startTask();
      run.advance(60_000);
    }
    assert.deepEqual(run.names(4), ["WorkflowTaskTimedOut"]);
    assert.equal(run.state.workflowTask?.attempt, 5);
  });

  it("refuses the worker that comes after it", () => {
    const run = new TestRun();
    const proof = run.startTask();
    run.advance(WORKFLOW_TASK_TIMEOUT_MS);
    const input = { proof, request: {} };
    assert.throws(
      () => completeWorkflowTask(run.state, input, run.environment),
      new NotFoundError("Workflow task not found."),
    );
  });
});

describe("workflow task failure", () => {
  it("is written for the first attempt and schedules another", () => {
    const run = new TestRun();
    run.startTask();
    run.failTask();
    assert.deepEqual(run.names(4), ["WorkflowTaskFailed"]);
    assert.equal(run.last("WorkflowTaskFailed").failure.message, "no luck");
    assert.equal(run.offers[0]?.stamp, 2);
  });

  it("of a later attempt is followed by another one and by no event", () => {
    const run = new TestRun();
    run.startTask();
    run.failTask();
    run.startTask();
    const step = run.failTask();
    assert.equal(step.record?.eventCount, 0);
    assert.equal(run.state.workflowTask?.attempt, 3);
  });

  it("terminates the run when the worker's answer is too large for the wire", () => {
    const run = new TestRun();
    run.startTask();
    run.failTask(WorkflowTaskFailedCause.GRPC_MESSAGE_TOO_LARGE);
    assert.deepEqual(run.names(4), ["WorkflowTaskFailed", "WorkflowExecutionTerminated"]);
    assert.equal(run.last("WorkflowExecutionTerminated").reason, "GrpcMessageTooLarge");
  });

  it("needs the proof of the running attempt", () => {
    const run = new TestRun();
    const { proof } = run;
    const cause = WorkflowTaskFailedCause.UNSPECIFIED;
    const failed = { proof, cause, failure: undefined, identity: "", binaryChecksum: "" };
    const report = () => reportTaskFailure(run.state, failed, run.environment);
    assert.throws(report, NotFoundError);
  });

  it("follows an illegal command, and nothing of the completion is kept", () => {
    const run = new TestRun();
    const completion = run.runTask([startTimer("t1"), cancelTimer("unknown")]);
    assert.match(completion.refusal?.message ?? "", /TimerID: unknown/);
    assert.deepEqual(run.names(4), ["WorkflowTaskFailed"]);
    assert.equal(run.state.timers.size, 0);
    assert.equal(
      run.last("WorkflowTaskFailed").cause,
      WorkflowTaskFailedCause.BAD_CANCEL_TIMER_ATTRIBUTES,
    );
  });

  it("is not written for an illegal command of a later attempt", () => {
    const run = new TestRun();
    run.startTask();
    run.failTask();
    run.startTask();
    const before = run.state;
    assert.throws(() => run.complete([cancelTimer("unknown")]), InvalidArgumentError);
    assert.equal(run.state, before);
  });
});

describe("sticky queue", () => {
  it("gets the next task, with the normal queue to fall back on", () => {
    const run = new TestRun();
    run.runTask([], STICKY);
    run.signal("news");
    assert.equal(run.offers[0]?.queueName, "orders-sticky");
    assert.equal(run.offers[0]?.fallbackQueueName, "orders");
    assert.equal(run.last("WorkflowTaskScheduled").taskQueue.normalName, "orders");
  });

  it("loses the task to the normal queue when nobody comes for it", () => {
    const run = new TestRun();
    run.runTask([], STICKY);
    run.signal("news");
    run.advance(5_000);
    assert.deepEqual(run.names(7), ["WorkflowTaskTimedOut", "WorkflowTaskScheduled"]);
    assert.equal(run.last("WorkflowTaskTimedOut").timeoutType, TimeoutType.SCHEDULE_TO_START);
    assert.equal(run.offers[0]?.queueName, "orders");
    assert.equal(run.state.workflowTask?.attempt, 1);
  });

  it("is forgotten by a failed attempt, which does not count", () => {
    const run = new TestRun();
    run.runTask([], STICKY);
    run.signal("news");
    run.startTask();
    run.failTask();
    assert.equal(run.state.sticky, undefined);
    assert.equal(run.state.workflowTask?.attempt, 1);
    assert.deepEqual(run.names(8), ["WorkflowTaskFailed", "WorkflowTaskScheduled"]);
  });

  it("is forgotten by a completion that names none, and on request", () => {
    const run = new TestRun();
    run.runTask([], STICKY);
    assert.equal(run.state.sticky?.queue, "orders-sticky");
    run.apply(resetSticky(run.state, run.environment));
    assert.equal(run.state.sticky, undefined);
  });
});

describe("heartbeat of a workflow task", () => {
  it("makes a new task that the same worker holds", () => {
    const run = new TestRun();
    const request = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
    const completion = run.runTask([], request);
    assert.equal(completion.isNextTaskHeld, true);
    assert.deepEqual(completion.offers, []);
    assert.deepEqual(run.names(5), ["WorkflowTaskScheduled", "WorkflowTaskStarted"]);
  });

  it("remembers when the chain of bare heartbeats began", () => {
    const run = new TestRun();
    const request = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
    run.runTask([], request);
    run.advance(5_000);
    run.complete([], request);
    assert.equal(run.state.workflowTask?.originalScheduledAtMs, START_MS);
    run.complete([startTimer("t1")], request);
    assert.equal(run.state.workflowTask?.originalScheduledAtMs, START_MS + 5_000);
  });

  it("offers the new task when the worker does not want it at once", () => {
    const run = new TestRun();
    const completion = run.runTask([], { forceCreateNewWorkflowTask: true });
    assert.equal(completion.isNextTaskHeld, false);
    assert.equal(run.offers.length, 1);
  });
});
