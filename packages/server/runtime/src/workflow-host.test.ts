import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NAMESPACE_ID, openMemoryRuntime, startTestRun } from "./testing/memory-runtime.js";

describe("WorkflowHost", () => {
  it("keeps a slot that was just asked for, however many others are", async () => {
    const runtime = await openMemoryRuntime({ maxIdleSlots: 1 });
    await startTestRun(runtime, "a");
    const first = runtime.host.slot(NAMESPACE_ID, "a");
    for (const workflowId of ["b", "c", "d"]) runtime.host.slot(NAMESPACE_ID, workflowId);
    assert.equal(runtime.host.slot(NAMESPACE_ID, "a"), first);
  });

  it("drops idle slots beyond the limit a moment later, those in use stay", async () => {
    const runtime = await openMemoryRuntime({ maxIdleSlots: 1 });
    await startTestRun(runtime, "a");
    await startTestRun(runtime, "b");
    const [idle, held] = ["a", "b"].map((id) => runtime.host.slot(NAMESPACE_ID, id));
    held?.hold();
    runtime.host.slot(NAMESPACE_ID, "c");
    runtime.clock.advance(1);
    assert.notEqual(runtime.host.slot(NAMESPACE_ID, "a"), idle);
    assert.equal(runtime.host.slot(NAMESPACE_ID, "b"), held);
  });
});
