import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NamespaceNotFoundError, present } from "@perdure/kernel";
import { ParentClosePolicy, WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { cancelExternal, startChild } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";

describe("a command that starts a child", () => {
  it("puts the start into the outbox, with defaults filled in", () => {
    const run = new TestRun();
    run.runTask([startChild()]);
    assert.deepEqual([...run.state.peers.outbox], [[5, { kind: "startChild" }]]);
    const initiated = run.last("StartChildWorkflowExecutionInitiated");
    assert.equal(initiated.namespace, "default");
    assert.equal(initiated.namespaceId, "namespace-1");
    assert.equal(initiated.taskQueue.name, "orders");
    assert.equal(initiated.parentClosePolicy, ParentClosePolicy.TERMINATE);
    assert.equal(initiated.workflowTaskTimeout.seconds, 10n);
  });

  const refusals = [
    { name: "without a workflow ID", more: { workflowId: "" }, text: "WorkflowId is not set" },
    { name: "without a type", more: { workflowType: {} }, text: "WorkflowType is not set" },
    { name: "with a long ID", more: { workflowId: "x".repeat(1001) }, text: "exceeds length" },
    { name: "with a cron schedule that is none", more: { cronSchedule: "x" }, text: "CronSch" },
    {
      name: "with a negative timeout",
      more: { workflowRunTimeout: { seconds: -1n } },
      text: "Invalid WorkflowRunTimeout on StartChildWorkflowExecutionCommand: negative duration",
    },
    {
      name: "with a bad retry policy",
      more: { retryPolicy: { backoffCoefficient: 0.5 } },
      text: "invalid WorkflowRetryPolicy",
    },
    {
      name: "on a queue of the server's own",
      more: { taskQueue: { name: "/_sys/queue" } },
      text: "reserved prefix",
    },
  ];
  for (const { name, more, text } of refusals) {
    it(`is refused ${name}`, () => {
      const run = new TestRun();
      run.startTask();
      const { refusal } = run.complete([startChild(more)]);
      assert.match(present(refusal, "It is refused").message, new RegExp(text));
      assert.equal(
        refusal?.failedCause,
        WorkflowTaskFailedCause.BAD_START_CHILD_EXECUTION_ATTRIBUTES,
      );
      assert.equal(run.state.peers.outbox.size, 0);
    });
  }

  it("is refused when too many children are pending", () => {
    const run = new TestRun({ limits: { pendingChildrenMax: 1 } });
    run.startTask();
    const { refusal } = run.complete([startChild(), startChild({ workflowId: "child-2" })]);
    assert.equal(
      refusal?.failedCause,
      WorkflowTaskFailedCause.PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED,
    );
  });

  it("is refused together with a request to cancel that child", () => {
    const run = new TestRun();
    run.startTask();
    const { refusal } = run.complete([startChild(), cancelExternal({ workflowId: "child-1" })]);
    assert.match(present(refusal, "It is refused").message, /not allowed in same workflow task/);
  });

  it("leaves the task as it is when the namespace is unknown", () => {
    const run = new TestRun();
    run.startTask();
    assert.throws(() => run.complete([startChild({ namespace: "none" })]), NamespaceNotFoundError);
    assert.deepEqual(run.names(4), []);
  });
});
