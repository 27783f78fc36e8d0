import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError, NotFoundError, present } from "@perdure/kernel";
import {
  CancelExternalWorkflowExecutionFailedCause,
  SignalExternalWorkflowExecutionFailedCause,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import { cancelExternal, completeWorkflow, signalExternal } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import {
  receiveCancel,
  receiveSignal,
  receiveTermination,
  recordCancelDelivery,
  recordSignalDelivery,
} from "./external-messages.js";

const INITIATED_ID = 5;
const SENDER = {
  execution: { workflowId: "sender", runId: "0190f0a0-0000-7000-8000-0000000000ff" },
  initiatedEventId: INITIATED_ID,
};
const PARENT = {
  namespace: "default",
  namespaceId: "namespace-1",
  execution: SENDER.execution,
  initiatedEventId: 7,
  root: SENDER.execution,
};

function receive(run: TestRun, more: { childWorkflowOnly?: boolean } = {}): void {
  const attributes = { signalName: "hello", ...more };
  run.apply(receiveSignal(run.state, { sender: SENDER, attributes }, run.environment));
}

function cancel(run: TestRun, isChildOnly = false): void {
  const received = { sender: SENDER, isChildOnly, reason: "because" };
  run.apply(receiveCancel(run.state, received, run.environment));
}

describe("a signal from another workflow", () => {
  it("is written once, with its sender", () => {
    const run = new TestRun();
    run.runTask();
    receive(run);
    receive(run);
    assert.deepEqual(run.names(5), ["WorkflowExecutionSignaled", "WorkflowTaskScheduled"]);
    const signaled = run.last("WorkflowExecutionSignaled");
    assert.equal(signaled.externalWorkflowExecution.workflowId, "sender");
    assert.equal(signaled.identity, "history-service");
    assert.equal(signaled.requestId, "0190f0a0-0000-7000-8000-0000000000fa");
  });

  it("that came before is no news to a run that has closed since", () => {
    const run = new TestRun();
    receive(run);
    run.runTask([completeWorkflow()]);
    receive(run);
    assert.equal(run.names().filter((name) => name === "WorkflowExecutionSignaled").length, 1);
  });

  it("is refused by a closed run, a full one, and by somebody else's child", () => {
    const full = new TestRun({ limits: { signalsMax: 1 } });
    full.signal("first");
    assert.throws(() => receive(full), InvalidArgumentError);
    const stranger = new TestRun();
    assert.throws(() => receive(stranger, { childWorkflowOnly: true }), NotFoundError);
    stranger.runTask([completeWorkflow()]);
    assert.throws(() => receive(stranger), NotFoundError);
  });

  it("for children only reaches a child", () => {
    const run = new TestRun({ parent: PARENT });
    receive(run, { childWorkflowOnly: true });
    assert.equal(run.last("WorkflowExecutionSignaled").signalName, "hello");
  });
});

describe("a request to cancel from another workflow", () => {
  it("is written once, with what began it", () => {
    const run = new TestRun();
    cancel(run);
    cancel(run);
    assert.deepEqual(run.names(3), ["WorkflowExecutionCancelRequested"]);
    const requested = run.last("WorkflowExecutionCancelRequested");
    assert.equal(requested.externalInitiatedEventId, 5n);
    assert.equal(requested.cause, "because");
  });

  it("is no news to a closed run", () => {
    const run = new TestRun();
    run.runTask([completeWorkflow()]);
    cancel(run);
    assert.equal(run.names().includes("WorkflowExecutionCancelRequested"), false);
  });

  it("for children only does not reach anybody else", () => {
    assert.throws(() => cancel(new TestRun(), true), NotFoundError);
    const child = new TestRun({ parent: PARENT });
    cancel(child, true);
    assert.equal(child.state.isCancelRequested, true);
  });
});

describe("the termination by a parent that has closed", () => {
  it("reaches its child and nobody else", () => {
    const child = new TestRun({ parent: PARENT });
    child.apply(receiveTermination(child.state, SENDER, child.environment));
    assert.equal(child.last("WorkflowExecutionTerminated").reason, "by parent close policy");
    const stranger = new TestRun();
    assert.throws(
      () => receiveTermination(stranger.state, SENDER, stranger.environment),
      NotFoundError,
    );
  });
});

describe("a message to another workflow", () => {
  it("waits in the outbox until the sender is told what became of it", () => {
    const run = new TestRun();
    run.runTask([signalExternal({ control: "c" }), cancelExternal({ reason: "r" })]);
    run.keepSnapshot();
    assert.deepEqual([...run.state.peers.outbox.keys()].sort(), [5, 6]);
    const delivered = { namespace: "default", failedCause: undefined };
    const signal = { ...delivered, initiatedEventId: 5 };
    run.apply(recordSignalDelivery(run.state, signal, run.environment));
    run.apply(recordSignalDelivery(run.state, signal, run.environment));
    const request = { ...delivered, initiatedEventId: 6 };
    run.apply(recordCancelDelivery(run.state, request, run.environment));
    assert.deepEqual(run.names(7), [
      "ExternalWorkflowExecutionSignaled",
      "WorkflowTaskScheduled",
      "ExternalWorkflowExecutionCancelRequested",
    ]);
    assert.equal(run.last("ExternalWorkflowExecutionSignaled").control, "c");
    assert.equal(run.state.peers.outbox.size, 0);
    assert.equal(run.state.peers.pendingSignalCount, 0);
    assert.equal(run.state.peers.pendingCancelCount, 0);
  });

  it("that can't be delivered fails with its cause", () => {
    const run = new TestRun();
    run.runTask([signalExternal(), cancelExternal()]);
    const signalCause = SignalExternalWorkflowExecutionFailedCause.SIGNAL_COUNT_LIMIT_EXCEEDED;
    const signal = { initiatedEventId: 5, namespace: "default", failedCause: signalCause };
    run.apply(recordSignalDelivery(run.state, signal, run.environment));
    const cancelCause = CancelExternalWorkflowExecutionFailedCause.NAMESPACE_NOT_FOUND;
    const request = { initiatedEventId: 6, namespace: "default", failedCause: cancelCause };
    run.apply(recordCancelDelivery(run.state, request, run.environment));
    assert.equal(run.last("SignalExternalWorkflowExecutionFailed").cause, signalCause);
    assert.equal(run.last("RequestCancelExternalWorkflowExecutionFailed").cause, cancelCause);
  });

  it("is forgotten when the sender closes before it was delivered", () => {
    const run = new TestRun();
    run.runTask([signalExternal(), completeWorkflow()]);
    assert.equal(run.state.peers.outbox.size, 0);
  });

  it("is refused when too many are pending", () => {
    const limits = { pendingSignalsMax: 1, pendingCancelsMax: 1 };
    for (const { commands, cause } of [
      {
        commands: [signalExternal(), signalExternal()],
        cause: WorkflowTaskFailedCause.PENDING_SIGNALS_LIMIT_EXCEEDED,
      },
      {
        commands: [cancelExternal(), cancelExternal()],
        cause: WorkflowTaskFailedCause.PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED,
      },
    ]) {
      const run = new TestRun({ limits });
      run.startTask();
      assert.equal(run.complete(commands).refusal?.failedCause, cause);
    }
  });

  const refusals = [
    { name: "no execution", command: signalExternal({ execution: undefined }), text: "Execution" },
    { name: "no workflow", command: signalExternal({ execution: {} }), text: "WorkflowId is not" },
    { name: "no signal name", command: signalExternal({ signalName: "" }), text: "SignalName" },
    {
      name: "an illegal run ID",
      command: signalExternal({ execution: { workflowId: "w", runId: "x" } }),
      text: "Invalid RunId",
    },
    { name: "nobody to cancel", command: cancelExternal({ workflowId: "" }), text: "WorkflowId" },
    {
      name: "an illegal run to cancel",
      command: cancelExternal({ runId: "x" }),
      text: "Invalid RunId",
    },
  ];
  for (const { name, command, text } of refusals) {
    it(`is refused with ${name}`, () => {
      const run = new TestRun();
      run.startTask();
      const { refusal } = run.complete([command]);
      assert.match(present(refusal, "It is refused").message, new RegExp(text));
    });
  }
});
