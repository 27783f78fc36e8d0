import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOpen } from "@perdure/engine";
import { NotFoundError, StoreUnavailableError } from "@perdure/kernel";
import type { CommitFate, StoreFaults } from "@perdure/persistence";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
  whileTimePasses,
} from "./testing/memory-runtime.js";
import type { WorkflowSlot } from "./workflow-slot.js";

const STORED: CommitFate = { outcome: "stored", writeDelayMs: 0, replyDelayMs: 0 };

/** A runtime that has "a" on its disk and not in memory; `reads.count` counts its reads. */
async function restarted(): Promise<{
  readonly runtime: MemoryRuntime;
  readonly slot: WorkflowSlot;
  readonly runId: string;
  readonly reads: { count: number };
}> {
  const before = await openMemoryRuntime();
  const runId = await startTestRun(before, "a");
  const reads = { count: 0 };
  const faults: StoreFaults = {
    decideCommit: () => STORED,
    decideReadDelayMs: () => {
      reads.count += 1;
      return 1;
    },
  };
  const opened = openMemoryRuntime({ ...before, faults });
  const runtime = await whileTimePasses(before.clock, opened);
  reads.count = 0;
  return { runtime, slot: runtime.host.slot(NAMESPACE_ID, "a"), runId, reads };
}

describe("WorkflowSlot", () => {
  it("loads a run once, however many ask at a time", async () => {
    const { runtime, slot, reads } = await restarted();
    const one = slot.run("");
    const first = await whileTimePasses(runtime.clock, one);
    const readCount = reads.count;
    slot.discard();
    const asked = Promise.all([slot.current(), slot.run(""), slot.run("")]);
    const runs = await whileTimePasses(runtime.clock, asked);
    assert.equal(reads.count, 2 * readCount);
    assert.equal(new Set(runs).size, 1);
    assert.notEqual(runs[0], first);
  });

  it("has one copy of a run that is loaded by its ID and as the current one", async () => {
    const { runtime, slot, runId } = await restarted();
    const asked = Promise.all([slot.run(""), slot.run(runId)]);
    const [current, byId] = await whileTimePasses(runtime.clock, asked);
    assert.equal(current, byId);
    assert.equal(slot.peekCurrent()?.run, byId);
  });

  it("loads again what was being loaded when the slot was discarded", async () => {
    const { runtime, slot, runId } = await restarted();
    const asked = slot.run(runId);
    runtime.clock.advance(0);
    slot.discard();
    const run = await whileTimePasses(runtime.clock, asked);
    assert.equal(slot.runs.get(runId), run, "What callers hold is what the slot has");
  });

  it("is not idle while a run is loaded, held or being stored", async () => {
    const { runtime, slot } = await restarted();
    assert.equal(slot.isIdle, true);
    const asked = slot.run("");
    assert.equal(slot.isIdle, false);
    const run = await whileTimePasses(runtime.clock, asked);
    assert.equal(slot.isIdle, true);
    slot.hold();
    slot.hold();
    slot.release();
    assert.equal(slot.isIdle, false);
    slot.release();
    assert.equal(slot.isIdle, true);
    const closing = closeTestRun(runtime, "a");
    while (isOpen(run.state)) await Promise.resolve();
    assert.equal(slot.isIdle, false);
    await whileTimePasses(runtime.clock, closing);
    assert.deepEqual([slot.isIdle, slot.isClosed], [true, true]);
  });

  it("tells which run is missing", async () => {
    const runtime = await openMemoryRuntime();
    const slot = runtime.host.slot(NAMESPACE_ID, "nobody");
    await assert.rejects(slot.run(""), new NotFoundError("workflow not found for ID: nobody"));
    await assert.rejects(slot.run("x"), /workflow ID "nobody" and run ID "x"/);
    assert.equal(await slot.current(), undefined);
  });

  it("forgets what a failed commit held, and is as it was stored", async () => {
    const fates: CommitFate["outcome"][] = ["stored", "failsBefore"];
    const faults = {
      decideCommit: () => ({ ...STORED, outcome: fates.shift() ?? ("stored" as const) }),
    };
    const runtime = await openMemoryRuntime({ faults });
    const runId = await startTestRun(runtime, "a");
    const slot = runtime.host.slot(NAMESPACE_ID, "a");
    await assert.rejects(closeTestRun(runtime, "a"), StoreUnavailableError);
    assert.equal(slot.runs.size, 0);
    const run = await slot.run(runId);
    assert.equal(isOpen(run.state), true);
    assert.equal(run.isCurrent, true);
    await closeTestRun(runtime, "a");
  });
});
