import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import {
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
} from "./testing/memory-runtime.js";

const TERMINATION = { reason: "", details: undefined, identity: "" };

/** Starts and closes so many workflows, one each second. */
async function closeMany(runtime: MemoryRuntime, count: number): Promise<string[]> {
  const runIds: string[] = [];
  for (let index = 0; index < count; index++) {
    const workflowId = `closed-${index}`;
    const runId = await startTestRun(runtime, workflowId);
    runIds.push(runId);
    const target = { namespaceId: NAMESPACE_ID, workflowId, runId };
    await runtime.workflows.terminate(target, TERMINATION);
    runtime.clock.advance(1000);
  }
  return runIds;
}

function peek(runtime: MemoryRuntime, workflowId: string, runId = ""): boolean {
  return runtime.host.peekRun({ namespaceId: NAMESPACE_ID, workflowId, runId }) !== undefined;
}

describe("slots of closed runs", () => {
  it("keeps the runs that closed last in memory, and not all that ever closed", async () => {
    const runtime = await openMemoryRuntime();
    const runIds = await closeMany(runtime, 300);
    assert.equal(peek(runtime, "closed-299", runIds[299]), true);
    assert.equal(peek(runtime, "closed-0", runIds[0]), false);
  });

  it("reads a closed run that left memory from the store", async () => {
    const runtime = await openMemoryRuntime();
    const [runId = ""] = await closeMany(runtime, 300);
    const target = { namespaceId: NAMESPACE_ID, workflowId: "closed-0", runId };
    const state = await runtime.workflows.inspect(target);
    assert.equal(state.status, WorkflowExecutionStatus.TERMINATED);
  });

  it("keeps an open run while others close", async () => {
    const runtime = await openMemoryRuntime();
    const runId = await startTestRun(runtime, "open");
    await closeMany(runtime, 300);
    assert.equal(peek(runtime, "open", runId), true);
  });
});
