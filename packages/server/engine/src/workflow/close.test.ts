import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError, present } from "@perdure/kernel";
import {
  ContinueAsNewInitiator,
  RetryState,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import {
  History,
  type WorkflowExecutionStartedEventAttributes,
} from "@perdure/proto/temporal/api/history/v1";
import {
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  recordMarker,
  startTimer,
} from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import { durationMs, toDuration } from "../wire-time.js";

const FAILURE = { message: "no luck" };
const RETRY_POLICY = {
  initialInterval: toDuration(2_000),
  backoffCoefficient: 2,
  maximumAttempts: 2,
};

/** Attributes of the successor's first event. */
function successorStarted(run: TestRun): WorkflowExecutionStartedEventAttributes {
  const record = present(run.successor?.record, "There is a successor");
  const attributes = History.decode(record.events).events[0]?.attributes;
  assert.equal(attributes?.kind, "workflowExecutionStartedEventAttributes");
  return attributes.value;
}

describe("closing commands", () => {
  it("close the run with the event that they name", () => {
    const cases = [
      [completeWorkflow(), "WorkflowExecutionCompleted", WorkflowExecutionStatus.COMPLETED],
      [failWorkflow(FAILURE), "WorkflowExecutionFailed", WorkflowExecutionStatus.FAILED],
      [
        continueAsNew(),
        "WorkflowExecutionContinuedAsNew",
        WorkflowExecutionStatus.CONTINUED_AS_NEW,
      ],
    ] as const;
    for (const [command, name, status] of cases) {
      const run = new TestRun();
      const completion = run.runTask([startTimer("t1"), command]);
      assert.equal(completion.isListChanged, true);
      assert.deepEqual(run.names(6), [name]);
      assert.equal(run.state.status, status);
      assert.equal(run.nextWakeMs, undefined);
    }
  });

  it("must be the last ones", () => {
    const run = new TestRun();
    run.startTask();
    const { state } = run;
    assert.throws(
      () => run.complete([completeWorkflow(), recordMarker("m")]),
      InvalidArgumentError,
    );
    assert.equal(run.state, state);
  });
});

describe("retry of a run", () => {
  it("starts the next attempt after the policy's interval", () => {
    const run = new TestRun({ request: { retryPolicy: RETRY_POLICY } });
    run.advance(5_000);
    run.runTask([failWorkflow(FAILURE)]);
    const failed = run.last("WorkflowExecutionFailed");
    assert.equal(failed.retryState, RetryState.IN_PROGRESS);
    const started = successorStarted(run);
    assert.equal(run.successor?.next.runId, failed.newExecutionRunId);
    assert.equal(started.attempt, 2);
    assert.equal(started.initiator, ContinueAsNewInitiator.RETRY);
    assert.equal(started.continuedExecutionRunId, "run-1");
    assert.equal(started.firstExecutionRunId, "run-1");
    assert.equal(started.continuedFailure?.message, "no luck");
    assert.equal(durationMs(started.firstWorkflowTaskBackoff), 2_000);
    assert.equal(run.successor?.next.workflowTask, undefined, "It waits for its back-off");
  });

  it("ends when the failure must not be tried again, or no attempt is left", () => {
    const value = { type: "Declined", nonRetryable: true };
    const final = {
      message: "no",
      failureInfo: { kind: "applicationFailureInfo", value },
    } as const;
    const once = { ...RETRY_POLICY, maximumAttempts: 1 };
    const cases = [
      [RETRY_POLICY, final, RetryState.NON_RETRYABLE_FAILURE],
      [once, FAILURE, RetryState.MAXIMUM_ATTEMPTS_REACHED],
      [undefined, FAILURE, RetryState.RETRY_POLICY_NOT_SET],
    ] as const;
    for (const [retryPolicy, failure, state] of cases) {
      const run = new TestRun({ request: { retryPolicy } });
      run.runTask([failWorkflow(failure)]);
      assert.equal(run.last("WorkflowExecutionFailed").retryState, state);
      assert.equal(run.successor, undefined);
    }
  });

  it("follows a run timeout, but not an execution timeout", () => {
    const timeouts = { workflowRunTimeout: toDuration(60_000), retryPolicy: RETRY_POLICY };
    const retried = new TestRun({ request: timeouts });
    retried.startTask();
    retried.signal("late");
    retried.advance(60_000);
    assert.equal(retried.state.status, WorkflowExecutionStatus.TIMED_OUT);
    assert.equal(successorStarted(retried).attempt, 2);

    const workflowExecutionTimeout = toDuration(60_000);
    const over = new TestRun({ request: { ...timeouts, workflowExecutionTimeout } });
    over.advance(60_000);
    assert.equal(over.last("WorkflowExecutionTimedOut").retryState, RetryState.TIMEOUT);
    assert.equal(over.successor, undefined);
  });
});

describe("continue-as-new", () => {
  it("keeps what the command leaves out, and begins at attempt 1", () => {
    const run = new TestRun({ request: { workflowRunTimeout: toDuration(60_000) } });
    run.advance(5_000);
    run.runTask([continueAsNew({ input: { payloads: [{ data: Buffer.from("2") }] } })]);
    const started = successorStarted(run);
    assert.equal(started.workflowType?.name, "Order");
    assert.equal(started.taskQueue?.name, "orders");
    assert.equal(durationMs(started.workflowRunTimeout), 60_000);
    assert.equal(started.input?.payloads.length, 1);
    assert.equal(started.attempt, 1);
    assert.equal(started.continuedExecutionRunId, "run-1");
    assert.equal(run.successor?.offers.length, 1);
  });

  it("takes what the command gives", () => {
    const run = new TestRun();
    run.advance(5_000);
    const backoffStartInterval = toDuration(7_000);
    const workflowType = { name: "Refund" };
    const taskQueue = { name: "refunds" };
    run.runTask([continueAsNew({ workflowType, taskQueue, backoffStartInterval })]);
    const started = successorStarted(run);
    assert.equal(started.workflowType?.name, "Refund");
    assert.equal(started.taskQueue?.name, "refunds");
    assert.equal(durationMs(started.firstWorkflowTaskBackoff), 7_000);
    assert.deepEqual(run.successor?.offers, []);
  });

  it("holds back runs that follow each other in a tight loop", () => {
    const run = new TestRun();
    run.advance(300);
    run.runTask([continueAsNew()]);
    assert.equal(durationMs(successorStarted(run).firstWorkflowTaskBackoff), 700);
  });
});
