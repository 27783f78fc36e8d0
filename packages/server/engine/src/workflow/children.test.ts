import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { present } from "@perdure/kernel";
import {
  ParentClosePolicy,
  StartChildWorkflowExecutionFailedCause,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import { completeWorkflow, continueAsNew, failWorkflow, startChild } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import {
  childStartRequest,
  recordChildEnd,
  recordChildStarted,
  recordChildStartFailed,
  startChild as startChildRun,
  unstartedChild,
} from "./children.js";
import type { EventAttributes } from "./event-types.js";
import { dropFarewell } from "./external-messages.js";
import { terminateRun } from "./messages.js";
import { REPORT_KEY } from "./peers.js";

/** Event that asks for the first child, and the first run of that. */
const INITIATED_ID = 5;
const CHILD_RUN_ID = "child-run-1";

function withChild(more: Parameters<typeof startChild>[0] = {}): TestRun {
  const run = new TestRun();
  run.runTask([startChild(more)]);
  return run;
}

function tellStart(run: TestRun, initiatedEventId = INITIATED_ID): void {
  const started = { initiatedEventId, runId: CHILD_RUN_ID };
  run.apply(recordChildStarted(run.state, started, run.environment));
}

function tellEnd(run: TestRun, closing: EventAttributes, firstRunId = CHILD_RUN_ID): void {
  const end = {
    initiatedEventId: INITIATED_ID,
    execution: { workflowId: "child-1", runId: "child-run-2" },
    firstRunId,
    closing,
  };
  run.apply(recordChildEnd(run.state, end, run.environment));
}

const COMPLETED = { kind: "workflowExecutionCompletedEventAttributes", value: {} } as const;

describe("the start of a child", () => {
  it("is one request, however often it is tried, with the parent's priority as its default", () => {
    const run = new TestRun({ request: { priority: { priorityKey: 4, fairnessKey: "fair" } } });
    run.runTask([startChild({ priority: { priorityKey: 2 } })]);
    const child = present(unstartedChild(run.state, INITIATED_ID), "It is wanted");
    const request = childStartRequest(run.state, child);
    assert.equal(request.requestId, "run-1:5:0");
    assert.equal(request.priority?.priorityKey, 2);
    assert.equal(request.priority?.fairnessKey, "fair");
  });

  it("makes a run that knows its parent and its root", () => {
    const run = withChild();
    const child = present(unstartedChild(run.state, INITIATED_ID), "It is wanted");
    const identity = { namespaceId: "namespace-1", workflowId: "child-1", runId: CHILD_RUN_ID };
    const { next } = startChildRun(identity, { parent: run.state, child }, run.environment);
    const parent = { workflowId: "workflow-1", runId: "run-1" };
    assert.deepEqual(next.started.parentWorkflowExecution, parent);
    assert.deepEqual(next.started.rootWorkflowExecution, parent);
    assert.equal(next.started.parentInitiatedEventId, 5n);
    assert.equal(next.started.parentWorkflowNamespace, "default");
  });

  it("is told to the parent once", () => {
    const run = withChild();
    tellStart(run);
    tellStart(run);
    assert.deepEqual(run.names(6), ["ChildWorkflowExecutionStarted", "WorkflowTaskScheduled"]);
    assert.equal(run.state.peers.outbox.size, 0);
    assert.equal(run.state.peers.children.get(INITIATED_ID)?.startedRunId, CHILD_RUN_ID);
  });

  it("that fails is told to the parent and ends the matter", () => {
    const run = withChild({ control: "c" });
    const cause = StartChildWorkflowExecutionFailedCause.WORKFLOW_ALREADY_EXISTS;
    const failed = { initiatedEventId: INITIATED_ID, cause };
    run.apply(recordChildStartFailed(run.state, failed, run.environment));
    assert.equal(run.last("StartChildWorkflowExecutionFailed").cause, cause);
    assert.equal(run.last("StartChildWorkflowExecutionFailed").control, "c");
    assert.equal(run.state.peers.children.size, 0);
  });

  it("is not told to a parent that has closed", () => {
    const run = withChild();
    const over = { reason: "over", details: undefined, identity: "client-1" };
    run.apply(terminateRun(run.state, over, run.environment));
    tellStart(run);
    assert.deepEqual(run.names(6), ["WorkflowExecutionTerminated"]);
  });
});

describe("the end of a child", () => {
  const ends = [
    { closing: COMPLETED, name: "ChildWorkflowExecutionCompleted" },
    {
      closing: { kind: "workflowExecutionFailedEventAttributes", value: {} },
      name: "ChildWorkflowExecutionFailed",
    },
    {
      closing: { kind: "workflowExecutionCanceledEventAttributes", value: {} },
      name: "ChildWorkflowExecutionCanceled",
    },
    {
      closing: { kind: "workflowExecutionTerminatedEventAttributes", value: {} },
      name: "ChildWorkflowExecutionTerminated",
    },
    {
      closing: { kind: "workflowExecutionTimedOutEventAttributes", value: {} },
      name: "ChildWorkflowExecutionTimedOut",
    },
  ] as const;
  for (const { closing, name } of ends) {
    it(`is told to the parent as ${name}, once`, () => {
      const run = withChild();
      tellStart(run);
      run.keepSnapshot();
      tellEnd(run, closing);
      tellEnd(run, closing);
      const names = ["ChildWorkflowExecutionStarted", "WorkflowTaskScheduled", name];
      assert.deepEqual(run.names(6), names);
      assert.equal(run.last(name).startedEventId, 6n);
      assert.equal(run.last(name).workflowExecution.runId, "child-run-2");
      assert.equal(run.state.peers.children.size, 0);
    });
  }

  it("of another chain is not told", () => {
    const run = withChild();
    tellStart(run);
    tellEnd(run, COMPLETED, "another-run");
    assert.equal(run.state.peers.children.size, 1);
  });

  it("tells of the start first when the parent does not know it", () => {
    const run = withChild();
    tellEnd(run, COMPLETED);
    assert.deepEqual(run.names(6), [
      "ChildWorkflowExecutionStarted",
      "WorkflowTaskScheduled",
      "ChildWorkflowExecutionCompleted",
    ]);
  });

  it("waits with its start for a running task, and comes last with the right started event", () => {
    const run = withChild();
    run.signal("wake");
    run.startTask();
    tellStart(run);
    tellEnd(run, COMPLETED);
    run.signal("late");
    run.keepSnapshot();
    assert.equal(run.state.buffered.size, 3);
    run.complete();
    assert.deepEqual(run.names(9).slice(0, 4), [
      "WorkflowTaskCompleted",
      "ChildWorkflowExecutionStarted",
      "WorkflowExecutionSignaled",
      "ChildWorkflowExecutionCompleted",
    ]);
    assert.equal(run.last("ChildWorkflowExecutionCompleted").startedEventId, 10n);
  });
});

describe("the end of a parent", () => {
  it("ends children that have started as their policy says, and forgets the others", () => {
    const run = withChild();
    tellStart(run);
    run.runTask([
      startChild({ workflowId: "abandoned", parentClosePolicy: ParentClosePolicy.ABANDON }),
      startChild({ workflowId: "unstarted" }),
    ]);
    tellStart(run, 10);
    run.runTask([completeWorkflow()]);
    assert.deepEqual([...run.state.peers.outbox.keys()], [INITIATED_ID]);
    const message = run.state.peers.outbox.get(INITIATED_ID);
    assert.equal(message?.kind === "endChild" && message.farewell.firstRunId, CHILD_RUN_ID);
    assert.equal(run.state.peers.children.size, 0);
  });

  it("ends them too when it continues as new or fails", () => {
    for (const closing of [continueAsNew(), failWorkflow({ message: "broken" })]) {
      const run = withChild();
      tellStart(run);
      run.runTask([closing]);
      assert.equal(run.state.peers.outbox.size, 1);
    }
  });

  it("is done once each message was delivered", () => {
    const run = withChild();
    tellStart(run);
    run.runTask([completeWorkflow()]);
    run.keepSnapshot();
    run.apply(dropFarewell(run.state, INITIATED_ID, run.environment));
    assert.equal(run.state.peers.outbox.size, 0);
    assert.equal(run.state.status, WorkflowExecutionStatus.COMPLETED);
  });
});

describe("the end of a run that is a child", () => {
  const parent = {
    namespace: "default",
    namespaceId: "namespace-1",
    execution: { workflowId: "parent", runId: "parent-run" },
    initiatedEventId: 7,
    root: { workflowId: "root", runId: "root-run" },
  };

  it("is reported to the parent", () => {
    const run = new TestRun({ parent });
    run.runTask([completeWorkflow()]);
    assert.deepEqual([...run.state.peers.outbox], [[REPORT_KEY, { kind: "reportEnd" }]]);
  });

  it("is not reported when another run of the chain follows, which has the same parent", () => {
    const run = new TestRun({ parent });
    run.runTask([continueAsNew()]);
    assert.equal(run.state.peers.outbox.size, 0);
    const next = present(run.successor, "Another run follows").next;
    assert.deepEqual(next.started.parentWorkflowExecution, parent.execution);
    assert.deepEqual(next.started.rootWorkflowExecution, parent.root);
  });
});
