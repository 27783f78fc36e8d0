import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOpen, type RunState } from "@perdure/engine";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { type ResetCommand, resetWorkflow } from "./reset-workflow.js";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
  whileTimePasses,
} from "./testing/memory-runtime.js";

const target = (runId: string) => ({ namespaceId: NAMESPACE_ID, workflowId: "a", runId });

/** Resets to the first workflow task, which no worker has started. */
function reset(runtime: MemoryRuntime, runId: string, more: Partial<ResetCommand> = {}) {
  const command = {
    target: target(runId),
    finishEventId: 3,
    reason: "again",
    requestId: "reset",
    excluded: new Set<never>(),
    checkOperations: () => [],
    ...more,
  };
  return resetWorkflow(runtime.host, command);
}

function signal(runtime: MemoryRuntime, runId: string, requestId: string): Promise<string> {
  const data = new Uint8Array(2000);
  return runtime.workflows.signal(target(runId), {
    signalName: "go",
    input: { payloads: [{ data }] },
    identity: "",
    header: undefined,
    requestId,
  });
}

function inspect(runtime: MemoryRuntime, runId: string): Promise<RunState> {
  return runtime.workflows.inspect(target(runId));
}

describe("resetWorkflow()", () => {
  it("takes a history over that is longer than what memory keeps", async () => {
    const runtime = await openMemoryRuntime();
    const baseRunId = await startTestRun(runtime, "a");
    const requestIds = Array.from({ length: 40 }, (_, number) => `signal-${number}`);
    for (const requestId of requestIds) await signal(runtime, baseRunId, requestId);
    const runId = await reset(runtime, "");
    for (const opened of [runtime, await openMemoryRuntime(runtime)]) {
      const state = await inspect(opened, "");
      assert.equal(state.runId, runId);
      assert.deepEqual([...state.signalRequestIds].sort(), [...requestIds].sort());
      const base = await inspect(opened, baseRunId);
      assert.equal(base.status, WorkflowExecutionStatus.TERMINATED);
      assert.equal(base.uncommon.resetRunId, runId);
    }
  });

  it("loses no signal that is acknowledged while the history is read", async () => {
    const runtime = await openMemoryRuntime();
    const baseRunId = await startTestRun(runtime, "a");
    for (let number = 0; number < 30; number++) await signal(runtime, baseRunId, `early-${number}`);
    const opened = await openMemoryRuntime(runtime);
    const resetting = reset(opened, baseRunId);
    const late = Array.from({ length: 20 }, (_, number) => `late-${number}`);
    const outcomes = await Promise.allSettled(late.map((id) => signal(opened, baseRunId, id)));
    const state = await inspect(opened, await resetting);
    for (const [index, { status }] of outcomes.entries()) {
      if (status === "fulfilled") assert.ok(state.signalRequestIds.has(`late-${index}`));
    }
    assert.ok(state.signalRequestIds.has("early-29"));
  });

  it("leaves one run open when two resets come at the same time", async () => {
    const runtime = await openMemoryRuntime();
    const baseRunId = await startTestRun(runtime, "a");
    await signal(runtime, baseRunId, "signal");
    const runIds = await Promise.all([reset(runtime, baseRunId), reset(runtime, baseRunId)]);
    const states = await Promise.all(runIds.map((runId) => inspect(runtime, runId)));
    assert.equal(states.filter(isOpen).length, 1);
    const current = await inspect(runtime, "");
    assert.equal((await inspect(runtime, baseRunId)).uncommon.resetRunId, current.runId);
  });

  it("answers with the current run when its own start request comes as a reset", async () => {
    const runtime = await openMemoryRuntime();
    const baseRunId = await startTestRun(runtime, "a", "start");
    await signal(runtime, baseRunId, "signal");
    assert.equal(await reset(runtime, "", { requestId: "start" }), baseRunId);
  });

  it("resets an earlier run when the current one was deleted", async () => {
    const runtime = await openMemoryRuntime();
    const baseRunId = await startTestRun(runtime, "a", "one");
    await closeTestRun(runtime, "a");
    await startTestRun(runtime, "a", "two");
    await closeTestRun(runtime, "a");
    await whileTimePasses(runtime.clock, runtime.workflows.delete(target("")));
    await assert.rejects(reset(runtime, ""), NotFoundError);
    const runId = await reset(runtime, baseRunId);
    assert.equal((await inspect(runtime, "")).runId, runId);
  });

  it("changes nothing when the point is none", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "a");
    for (const finishEventId of [0, 1, 2, 4]) {
      await assert.rejects(reset(runtime, "", { finishEventId }), InvalidArgumentError);
    }
    const state = await inspect(runtime, "");
    assert.equal(state.nextEventId, 3);
    assert.ok(isOpen(state));
  });
});
