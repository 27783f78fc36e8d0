import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOpen, type RunState } from "@perdure/engine";
import { StoreUnavailableError } from "@perdure/kernel";
import type { CommitFate } from "@perdure/persistence";
import type { LoadedRun } from "./loaded-run.js";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
} from "./testing/memory-runtime.js";
import { settle } from "./testing/test-task.js";
import { watchRun } from "./watch-run.js";

const STORED: CommitFate = { outcome: "stored", writeDelayMs: 0, replyDelayMs: 0 };

/** Somebody who waits up to 20 s for the end of "a". */
async function watching(
  runtime: MemoryRuntime,
  isDone: (stored: RunState) => boolean = (stored) => !isOpen(stored),
): Promise<{ run: LoadedRun; seen: { run: LoadedRun | undefined }; abort: AbortController }> {
  const slot = runtime.host.slot(NAMESPACE_ID, "a");
  const run = await slot.run("");
  const abort = new AbortController();
  const seen: { run: LoadedRun | undefined } = { run: undefined };
  const watch = { waitMs: 20_000, clock: runtime.clock, signal: abort.signal, isDone };
  void watchRun(slot, run, watch).then((end) => {
    seen.run = end;
  });
  return { run, seen, abort };
}

/** What the one who waits has got. */
function stateOf(seen: { readonly run: LoadedRun | undefined }): "waits" | "open" | "closed" {
  if (seen.run === undefined) return "waits";
  return isOpen(seen.run.durableState) ? "open" : "closed";
}

async function withFates(fates: CommitFate[]): Promise<MemoryRuntime> {
  const faults = { decideCommit: () => fates.shift() ?? STORED };
  const runtime = await openMemoryRuntime({ faults });
  await startTestRun(runtime, "a");
  return runtime;
}

describe("watchRun()", () => {
  it("shows nothing before it is durable", async () => {
    const runtime = await withFates([STORED, { ...STORED, writeDelayMs: 50 }]);
    const { run, seen } = await watching(runtime);
    const closing = closeTestRun(runtime, "a");
    await settle();
    assert.equal(isOpen(run.state), false, "The step is made");
    assert.equal(isOpen(run.durableState), true);
    runtime.clock.advance(49);
    await settle();
    assert.equal(seen.run, undefined);
    runtime.clock.advance(1);
    await closing;
    await settle();
    assert.equal(seen.run, run);
    assert.equal(run.watchers.size, 0);
  });

  it("waits on with the run as it is stored when a commit fails", async () => {
    const runtime = await withFates([STORED, { ...STORED, outcome: "failsBefore" }]);
    const { run, seen } = await watching(runtime);
    await assert.rejects(closeTestRun(runtime, "a"), StoreUnavailableError);
    await settle();
    assert.equal(stateOf(seen), "waits");
    await closeTestRun(runtime, "a");
    await settle();
    assert.equal(stateOf(seen), "closed");
    assert.notEqual(seen.run, run, "The run was loaded anew");
  });

  it("sees what a commit stored whose reply was lost", async () => {
    const runtime = await withFates([STORED, { ...STORED, outcome: "failsAfter" }]);
    const { seen } = await watching(runtime);
    await assert.rejects(closeTestRun(runtime, "a"), StoreUnavailableError);
    await settle();
    assert.equal(stateOf(seen), "closed");
  });

  it("ends when the time is over, not before", async () => {
    const runtime = await withFates([]);
    const { run, seen } = await watching(runtime);
    runtime.clock.advance(19_999);
    await settle();
    assert.equal(seen.run, undefined);
    runtime.clock.advance(1);
    await settle();
    assert.equal(seen.run, run);
    assert.equal(run.isInUse, false);
  });

  it("ends when the caller goes away", async () => {
    const runtime = await withFates([]);
    const { run, seen, abort } = await watching(runtime);
    assert.equal(run.isInUse, true);
    abort.abort();
    await settle();
    assert.equal(seen.run, run);
    assert.equal(run.isInUse, false);
  });

  it("does not wait for what is so already", async () => {
    const runtime = await withFates([]);
    const { run, seen } = await watching(runtime, isOpen);
    await settle();
    assert.equal(seen.run, run);
  });
});
