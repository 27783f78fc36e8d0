import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NotFoundError } from "@perdure/kernel";
import {
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import {
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  scheduleActivity,
  startTimer,
} from "../testing/commands.js";
import { START_MS, TestRun } from "../testing/test-run.js";
import { toDuration } from "../wire-time.js";
import { completeActivity } from "./activity.js";
import { requestCancelRun, terminateRun } from "./messages.js";
import { wakeRun } from "./wake.js";

function requestCancel(run: TestRun, requestId: string): void {
  const cancel = { requestId, identity: "client-1", cause: "enough" };
  run.apply(requestCancelRun(run.state, cancel, run.environment));
}

function terminate(run: TestRun): void {
  const input = { reason: "over", details: undefined, identity: "client-1" };
  run.apply(terminateRun(run.state, input, run.environment));
}

describe("signal", () => {
  it("is written and makes a workflow task", () => {
    const run = new TestRun();
    run.runTask();
    run.signal("news");
    assert.deepEqual(run.names(5), ["WorkflowExecutionSignaled", "WorkflowTaskScheduled"]);
    assert.equal(run.last("WorkflowExecutionSignaled").signalName, "news");
    assert.equal(run.state.signals.count, 1);
  });

  it("joins a workflow task that waits for a worker", () => {
    const run = new TestRun();
    run.signal("one");
    run.signal("two");
    assert.deepEqual(run.names(3), ["WorkflowExecutionSignaled", "WorkflowExecutionSignaled"]);
    assert.deepEqual(run.offers, []);
  });

  it("waits without an ID while a worker holds a workflow task", () => {
    const run = new TestRun();
    run.startTask();
    run.signal("one");
    run.signal("two");
    assert.deepEqual(run.names(4), []);
    assert.equal(run.state.buffered.size, 2);
    run.complete([startTimer("t1")]);
    assert.deepEqual(run.names(4), [
      "WorkflowTaskCompleted",
      "TimerStarted",
      "WorkflowExecutionSignaled",
      "WorkflowExecutionSignaled",
      "WorkflowTaskScheduled",
    ]);
    assert.equal(run.state.signals.count, 2);
    assert.equal(run.state.buffered.size, 0);
  });

  it("that waits is written when the task times out, and the next task is ordinary", () => {
    const run = new TestRun();
    run.startTask();
    run.signal("one");
    run.advance(10_000);
    assert.deepEqual(run.names(4), [
      "WorkflowTaskTimedOut",
      "WorkflowExecutionSignaled",
      "WorkflowTaskScheduled",
    ]);
    assert.equal(run.state.workflowTask?.attempt, 1);
  });

  it("that waits survives a reload", () => {
    const run = new TestRun();
    run.startTask();
    run.signal("one");
    run.reload();
    run.complete();
    assert.deepEqual(run.names(5), ["WorkflowExecutionSignaled", "WorkflowTaskScheduled"]);
  });

  it("with a request ID that is known changes nothing", () => {
    const run = new TestRun();
    run.signal("one", { requestId: "r1" });
    assert.equal(run.signal("one", { requestId: "r1" }).record, undefined);
    assert.notEqual(run.signal("one", { requestId: "r2" }).record, undefined);
    assert.equal(run.state.signals.count, 2);
  });

  it("makes no workflow task when its sender does not want one", () => {
    const run = new TestRun();
    run.runTask();
    run.signal("quiet", { skipGenerateWorkflowTask: true });
    assert.deepEqual(run.names(5), ["WorkflowExecutionSignaled"]);
  });

  it("waits for the end of a start delay like everything else", () => {
    const run = new TestRun({ request: { workflowStartDelay: toDuration(30_000) } });
    run.signal("early");
    assert.deepEqual(run.names(2), ["WorkflowExecutionSignaled"]);
    run.advance(30_000);
    assert.deepEqual(run.names(3), ["WorkflowTaskScheduled"]);
  });

  it("comes with the start, behind the started event", () => {
    const signal = {
      signalName: "hello",
      input: undefined,
      identity: "",
      header: undefined,
      requestId: "r1",
    };
    assert.deepEqual(new TestRun({ signal }).names(2), [
      "WorkflowExecutionSignaled",
      "WorkflowTaskScheduled",
    ]);
  });

  it("fails the running task when too many events wait", () => {
    const run = new TestRun({ limits: { bufferedEventsMax: 2 } });
    run.startTask();
    for (const name of ["one", "two", "three"]) run.signal(name);
    assert.deepEqual(run.names(4), [
      "WorkflowTaskFailed",
      "WorkflowExecutionSignaled",
      "WorkflowExecutionSignaled",
      "WorkflowExecutionSignaled",
    ]);
    assert.equal(run.state.workflowTask?.isTransient, true);
    const { cause } = run.last("WorkflowTaskFailed");
    assert.equal(cause, WorkflowTaskFailedCause.FORCE_CLOSE_COMMAND);
  });

  it("keeps a workflow from closing before it has seen it", () => {
    const run = new TestRun();
    run.startTask();
    run.signal("late");
    const { refusal } = run.complete([completeWorkflow()]);
    assert.equal(refusal?.message, "UnhandledCommand");
    assert.equal(run.state.status, WorkflowExecutionStatus.RUNNING);
    assert.deepEqual(run.names(4), [
      "WorkflowTaskFailed",
      "WorkflowExecutionSignaled",
      "WorkflowTaskScheduled",
    ]);
  });
});

describe("timer", () => {
  it("fires on time, never before, and makes a workflow task", () => {
    const run = new TestRun();
    run.runTask([startTimer("t1", 2_000)]);
    assert.equal(run.nextWakeMs, START_MS + 2_000);
    run.nowMs = START_MS + 1_999;
    assert.equal(wakeRun(run.state, run.environment).record, undefined);
    run.advance(1);
    assert.deepEqual(run.names(6), ["TimerFired", "WorkflowTaskScheduled"]);
    assert.equal(run.last("TimerFired").startedEventId, 5n);
    assert.equal(run.state.timers.size, 0);
  });

  it("fires in the order of time when several are due at once", () => {
    const run = new TestRun();
    run.runTask([startTimer("late", 3_000), startTimer("early", 1_000)]);
    run.nowMs += 5_000;
    run.apply(wakeRun(run.state, run.environment));
    const fired = run.events.flatMap(({ attributes }) =>
      attributes?.kind === "timerFiredEventAttributes" ? [attributes.value.timerId] : [],
    );
    assert.deepEqual(fired, ["early", "late"]);
  });

  it("that is cancelled does not fire, and its ID is free again", () => {
    const run = new TestRun();
    run.runTask([startTimer("t1"), cancelTimer("t1"), startTimer("t1", 5_000)]);
    assert.deepEqual(run.names(5), ["TimerStarted", "TimerCanceled", "TimerStarted"]);
    assert.equal(run.nextWakeMs, START_MS + 5_000);
  });

  it("that fired while the task ran is taken back by its cancellation", () => {
    const run = new TestRun();
    run.runTask([startTimer("t1", 2_000)]);
    run.signal("news");
    run.startTask();
    run.advance(2_000);
    assert.equal(run.state.buffered.size, 1);
    run.complete([cancelTimer("t1")]);
    assert.deepEqual(run.names(9), ["WorkflowTaskCompleted", "TimerCanceled"]);
    assert.equal(run.last("TimerCanceled").startedEventId, 5n);
    assert.equal(run.state.workflowTask, undefined);
  });

  it("needs an ID, a legal duration and no pending namesake", () => {
    const illegal = [
      [startTimer("")],
      [startTimer("t1", -1)],
      [startTimer("t1"), startTimer("t1")],
      [cancelTimer("")],
      [cancelTimer("t1")],
    ];
    for (const commands of illegal) {
      const run = new TestRun();
      assert.notEqual(run.runTask(commands).refusal, undefined);
      assert.equal(run.state.timers.size, 0);
    }
  });
});

describe("buffered events", () => {
  it("keep an activity's started event before its end", () => {
    const run = new TestRun();
    run.runTask([scheduleActivity("a1")]);
    const target = run.startActivity("a1");
    run.signal("news");
    run.startTask();
    const completion = { target, result: undefined, identity: "worker-1" };
    run.apply(completeActivity(run.state, completion, run.environment));
    assert.equal(run.state.buffered.size, 2);
    run.keepSnapshot();
    run.complete();
    assert.deepEqual(run.names(10), [
      "ActivityTaskStarted",
      "ActivityTaskCompleted",
      "WorkflowTaskScheduled",
    ]);
    assert.equal(run.last("ActivityTaskCompleted").startedEventId, 10n);
  });
});

describe("cancellation of a run", () => {
  it("is told to the workflow, which closes as cancelled", () => {
    const run = new TestRun();
    run.runTask();
    requestCancel(run, "r1");
    assert.deepEqual(run.names(5), ["WorkflowExecutionCancelRequested", "WorkflowTaskScheduled"]);
    run.runTask([cancelWorkflow()]);
    assert.equal(run.state.status, WorkflowExecutionStatus.CANCELED);
    assert.equal(run.nextWakeMs, undefined);
  });

  it("changes nothing when it was asked for before, or when the run has closed", () => {
    const run = new TestRun();
    requestCancel(run, "r1");
    const { state } = run;
    requestCancel(run, "r1");
    assert.equal(run.state, state);
    requestCancel(run, "r2");
    assert.equal(run.state, state);
    terminate(run);
    const closed = run.state;
    requestCancel(run, "r3");
    assert.equal(run.state, closed);
  });
});

describe("termination", () => {
  it("closes the run at once", () => {
    const run = new TestRun();
    run.runTask([startTimer("t1"), scheduleActivity("a1")]);
    terminate(run);
    assert.deepEqual(run.names(7), ["WorkflowExecutionTerminated"]);
    assert.equal(run.state.status, WorkflowExecutionStatus.TERMINATED);
    assert.equal(run.state.closeTimeMs, run.nowMs);
    assert.equal(run.nextWakeMs, undefined);
  });

  it("fails the running task and writes what waited", () => {
    const run = new TestRun();
    run.startTask();
    run.signal("late");
    terminate(run);
    assert.deepEqual(run.names(4), [
      "WorkflowTaskFailed",
      "WorkflowExecutionSignaled",
      "WorkflowExecutionTerminated",
    ]);
  });

  it("and every other trigger are refused by a closed run", () => {
    const run = new TestRun();
    run.runTask([completeWorkflow()]);
    assert.throws(() => terminate(run), NotFoundError);
    assert.throws(() => run.signal("late"), NotFoundError);
    run.advance(1_000_000);
    assert.deepEqual(run.names(5), ["WorkflowExecutionCompleted"]);
  });
});
