import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WorkflowAlreadyStartedError } from "@perdure/kernel";
import { NAMESPACE_ID, openMemoryRuntime, startTestRun } from "./testing/memory-runtime.js";

describe("starts of one workflow ID at the same time", () => {
  it("make one run, although nothing of the ID was in memory", async () => {
    const runtime = await openMemoryRuntime();
    const [first, second] = await Promise.allSettled([
      startTestRun(runtime, "order-1", "request-1"),
      startTestRun(runtime, "order-1", "request-2"),
    ]);
    assert.equal(first.status, "fulfilled");
    assert.equal(second.status, "rejected");
    assert.ok(second.status === "rejected" && second.reason instanceof WorkflowAlreadyStartedError);
  });

  it("answer a repeated request with the run that it made", async () => {
    const runtime = await openMemoryRuntime();
    const starts = [1, 2].map(() => startTestRun(runtime, "order-1", "request-1"));
    const [first, second] = await Promise.all(starts);
    assert.equal(first, second);
  });

  it("give a signal that comes with a start to the run of the other", async () => {
    const runtime = await openMemoryRuntime();
    const signal = {
      signalName: "go",
      input: undefined,
      identity: "",
      header: undefined,
      requestId: "",
    };
    const request = {
      workflowId: "order-1",
      workflowType: { name: "Type" },
      taskQueue: { name: "queue" },
      requestId: "request-2",
    };
    const command = { namespaceId: NAMESPACE_ID, request, signal, isEager: false };
    const [runId, reply] = await Promise.all([
      startTestRun(runtime, "order-1", "request-1"),
      runtime.workflows.signalWithStart(command),
    ]);
    assert.equal(reply.runId, runId);
  });
});
