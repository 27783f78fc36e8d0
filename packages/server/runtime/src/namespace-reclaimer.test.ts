import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SILENT_LOGGER } from "@perdure/kernel";
import { EntityKind } from "@perdure/persistence";
import { NamespaceReclaimer, type ReclaimedKind } from "./namespace-reclaimer.js";
import { removeAnyRuns } from "./remove-runs.js";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
  whileTimePasses,
} from "./testing/memory-runtime.js";

function reclaimerOf(runtime: MemoryRuntime, failures: Error[] = []) {
  const { store, clock, host } = runtime;
  const forgotten: string[] = [];
  const remove: ReclaimedKind["remove"] = async (_, rows) => {
    const failure = failures.pop();
    if (failure !== undefined) throw failure;
    await removeAnyRuns(host, rows);
  };
  const forget = (id: string): Promise<void> => {
    forgotten.push(id);
    return Promise.resolve();
  };
  const kinds = [{ kind: EntityKind.WORKFLOW, remove }];
  const deps = { store, clock, logger: SILENT_LOGGER, kinds, forget };
  return { reclaimer: new NamespaceReclaimer(deps), forgotten };
}

function countRuns({ store }: MemoryRuntime): Promise<number> {
  return store.countVisibility({ namespaceId: NAMESPACE_ID, filter: undefined, order: [] });
}

describe("NamespaceReclaimer", () => {
  it("deletes open and closed runs, and then the namespace", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "open");
    await startTestRun(runtime, "closed");
    await closeTestRun(runtime, "closed");
    const { reclaimer, forgotten } = reclaimerOf(runtime);
    reclaimer.reclaim(NAMESPACE_ID, 0);
    await whileTimePasses(runtime.clock, reclaimer.settled());
    assert.equal(await countRuns(runtime), 0);
    assert.deepEqual(forgotten, [NAMESPACE_ID]);
  });

  it("keeps the namespace as long as wanted", async () => {
    const runtime = await openMemoryRuntime();
    const { reclaimer, forgotten } = reclaimerOf(runtime);
    const atMs = runtime.clock.nowMs() + 3 * 3_600_000;
    reclaimer.reclaim(NAMESPACE_ID, atMs);
    await whileTimePasses(runtime.clock, reclaimer.settled());
    assert.deepEqual(forgotten, [NAMESPACE_ID]);
    assert.ok(runtime.clock.nowMs() >= atMs);
  });

  it("tries again after a failure", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "open");
    const { reclaimer, forgotten } = reclaimerOf(runtime, [new Error("disk is full")]);
    reclaimer.reclaim(NAMESPACE_ID, 0);
    await whileTimePasses(runtime.clock, reclaimer.settled());
    assert.equal(await countRuns(runtime), 0);
    assert.deepEqual(forgotten, [NAMESPACE_ID]);
  });

  it("stops while it waits, and forgets nothing then", async () => {
    const runtime = await openMemoryRuntime();
    const { reclaimer, forgotten } = reclaimerOf(runtime);
    reclaimer.reclaim(NAMESPACE_ID, runtime.clock.nowMs() + 3_600_000);
    await reclaimer.stop();
    assert.deepEqual(forgotten, []);
  });
});
