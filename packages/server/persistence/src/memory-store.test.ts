import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StoreUnavailableError, seededRandom, VirtualClock } from "@perdure/kernel";
import { storeContract } from "./contract/index.js";
import { insertRun, sampleKey, sampleRun } from "./contract/sample-rows.js";
import { MemoryDisk } from "./memory-disk.js";
import { MemoryStore } from "./memory-store.js";
import { type CommitFate, randomStoreFaults, type StoreFaults } from "./store-faults.js";

const random = seededRandom(1);

storeContract("MemoryStore", {
  open: () => {
    let store = new MemoryStore({ random });
    const { disk } = store;
    const reopen = async () => {
      await store.close();
      store = new MemoryStore({ random, disk });
      return store;
    };
    return Promise.resolve({ store, reopen, dispose: () => store.close() });
  },
});

function always(fate: Partial<CommitFate>): StoreFaults {
  const prompt = { outcome: "stored", writeDelayMs: 0, replyDelayMs: 0 } as const;
  return { decideCommit: () => ({ ...prompt, ...fate }) };
}

/** Lets every promise that can settle without the clock do so. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

async function stateOf(promise: Promise<unknown>): Promise<string> {
  const settle = promise.then(
    () => "resolved",
    () => "rejected",
  );
  return Promise.race([settle, settled().then(() => "pending")]);
}

describe("MemoryStore with faults", () => {
  it("stores nothing when a commit fails before the write", async () => {
    const store = new MemoryStore({ random, faults: always({ outcome: "failsBefore" }) });
    await assert.rejects(store.commit([insertRun(sampleRun(1))]), StoreUnavailableError);
    assert.equal(await store.loadCurrentRun(sampleKey("order-1")), undefined);
  });

  it("stores the batch whose reply is lost", async () => {
    const store = new MemoryStore({ random, faults: always({ outcome: "failsAfter" }) });
    await assert.rejects(store.commit([insertRun(sampleRun(1))]), StoreUnavailableError);
    assert.equal((await store.loadCurrentRun(sampleKey("order-1")))?.runNo, 1);
  });

  it("writes and answers slow commits when the clock says so", async () => {
    const clock = new VirtualClock();
    const faults = always({ writeDelayMs: 10, replyDelayMs: 5 });
    const store = new MemoryStore({ random, clock, faults });
    const commit = store.commit([insertRun(sampleRun(1))]);
    await settled();
    assert.equal(await store.loadCurrentRun(sampleKey("order-1")), undefined);
    clock.advance(10);
    await settled();
    assert.equal((await store.loadCurrentRun(sampleKey("order-1")))?.runNo, 1);
    assert.equal(await stateOf(commit), "pending");
    clock.advance(5);
    await commit;
  });

  it("loses what was not written at a crash, and answers nobody", async () => {
    const clock = new VirtualClock();
    const disk = new MemoryDisk({ random });
    const store = new MemoryStore({ random, disk, clock, faults: always({ writeDelayMs: 10 }) });
    const first = store.commit([insertRun(sampleRun(1))]);
    const second = store.commit([insertRun(sampleRun(2))]);
    await settled();
    clock.advance(10);
    await first;
    store.crash();
    clock.advance(100);
    assert.equal(await stateOf(second), "pending");
    assert.equal(await stateOf(store.facts()), "pending");

    const restarted = new MemoryStore({ random, disk });
    assert.equal((await restarted.facts()).lastRunNo, 1);
    assert.equal((await restarted.facts()).clusterId, disk.clusterId);
  });

  it("draws the same faults from the same seed", () => {
    const draw = (seed: number): CommitFate[] => {
      const chances = { failsBeforeChance: 0.2, failsAfterChance: 0.2, delayMsMax: 9 };
      const faults = randomStoreFaults({ random: seededRandom(seed), ...chances });
      return Array.from({ length: 200 }, () => faults.decideCommit({ writeCount: 1 }));
    };
    assert.deepEqual(draw(7), draw(7));
    assert.equal(new Set(draw(7).map((fate) => fate.outcome)).size, 3);
  });
});
