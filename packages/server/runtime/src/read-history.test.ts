import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvariantError } from "@perdure/kernel";
import type { HistoryChunk } from "@perdure/persistence";
import { History } from "@perdure/proto/temporal/api/history/v1";
import { HistoryCache } from "./history-cache.js";
import { type HistorySlice, PAGE_BYTES_MAX, sliceHistory } from "./history-slice.js";
import { type HistoryRange, readHistory } from "./read-history.js";
import { NAMESPACE_ID, openMemoryRuntime, startTestRun } from "./testing/memory-runtime.js";

function chunk(firstEventId: number, eventCount: number, sizeBytes = 0): HistoryChunk {
  const events = Array.from({ length: eventCount }, (_, index) => ({
    eventId: BigInt(firstEventId + index),
    userMetadata: { summary: { data: new Uint8Array(sizeBytes) } },
  }));
  return { firstEventId, eventCount, events: History.encode({ events }) };
}

function idsOf({ events }: HistorySlice): readonly number[] {
  return History.decode(events).events.map(({ eventId }) => Number(eventId));
}

const ALL = { fromEventId: 1, toEventId: 100, maxEvents: 100 };

describe("sliceHistory()", () => {
  const chunks = [chunk(1, 2), chunk(3, 1), chunk(4, 300)];
  const cases: readonly (readonly [string, HistoryRange, readonly number[]])[] = [
    ["begins within a chunk", { fromEventId: 2, toEventId: 4, maxEvents: 9 }, [2, 3]],
    ["ends within a chunk", { fromEventId: 3, toEventId: 6, maxEvents: 9 }, [3, 4, 5]],
    [
      "takes a piece out of a chunk",
      { fromEventId: 200, toEventId: 202, maxEvents: 9 },
      [200, 201],
    ],
    ["stops at the limit of events", { ...ALL, maxEvents: 3 }, [1, 2, 3]],
    ["stops at the limit of batches", { ...ALL, maxBatches: 2 }, [1, 2, 3]],
    ["counts the rest of a batch as one", { ...ALL, fromEventId: 2, maxBatches: 1 }, [2]],
    ["is empty where nothing is", { fromEventId: 5, toEventId: 5, maxEvents: 9 }, []],
  ];
  for (const [name, range, wanted] of cases) {
    it(name, () => {
      const slice = sliceHistory(chunks, range);
      assert.deepEqual(idsOf(slice), wanted);
      assert.equal(slice.eventCount, wanted.length);
      assert.equal(slice.nextEventId, range.fromEventId + wanted.length);
    });
  }

  it("ends a page that has enough bytes with a whole chunk", () => {
    const large = [1, 2, 3].map((eventId) => chunk(eventId, 1, PAGE_BYTES_MAX / 2));
    assert.deepEqual(idsOf(sliceHistory(large, ALL)), [1, 2]);
    assert.deepEqual(idsOf(sliceHistory([chunk(1, 1, 2 * PAGE_BYTES_MAX), chunk(2, 1)], ALL)), [1]);
  });

  it("refuses a history with a gap", () => {
    assert.throws(() => sliceHistory([chunk(1, 1), chunk(3, 1)], ALL), InvariantError);
  });
});

describe("HistoryCache", () => {
  const add = (cache: HistoryCache, added: HistoryChunk): void =>
    cache.add({ ...added, delta: new Uint8Array(0) });

  it("lets go of the oldest chunks when it is full, never of the youngest", () => {
    const cache = new HistoryCache(5);
    assert.equal(cache.firstEventId, 5);
    add(cache, chunk(5, 2, 10));
    add(cache, chunk(7, 1, 10));
    assert.equal(cache.firstEventId, 5);
    add(cache, chunk(8, 1, 1_000_000));
    assert.equal(cache.firstEventId, 8);
    add(cache, chunk(9, 1, 1_000_000));
    assert.equal(cache.firstEventId, 9);
    assert.deepEqual(
      cache.read(1, 100).map(({ firstEventId }) => firstEventId),
      [9],
    );
  });

  it("lets go of a large youngest chunk once it is stored, and keeps small ones", () => {
    const cache = new HistoryCache(1);
    add(cache, chunk(1, 1, 10));
    cache.noteStored();
    assert.equal(cache.firstEventId, 1);
    add(cache, chunk(2, 1, 1_000_000));
    cache.noteStored();
    assert.equal(cache.firstEventId, 3);
    assert.deepEqual(cache.read(1, 100), []);
  });

  it("finds the chunks that hold a range, and no others", () => {
    const cache = new HistoryCache(1);
    for (const one of [chunk(1, 2), chunk(3, 2), chunk(5, 2)]) add(cache, one);
    add(cache, { firstEventId: 7, eventCount: 0, events: new Uint8Array(0) });
    const found = (from: number, to: number): readonly number[] =>
      cache.read(from, to).map(({ firstEventId }) => firstEventId);
    assert.deepEqual(found(2, 3), [1]);
    assert.deepEqual(found(2, 4), [1, 3]);
    assert.deepEqual(found(3, 5), [3]);
    assert.deepEqual(found(7, 9), []);
  });
});

describe("readHistory()", () => {
  it("reads across the border between store and memory as if there were none", async () => {
    const before = await openMemoryRuntime();
    await startTestRun(before, "a");
    const signal = (runtime: typeof before, sizeBytes: number): Promise<string> =>
      runtime.workflows.signal(
        { namespaceId: NAMESPACE_ID, workflowId: "a", runId: "" },
        {
          signalName: "go",
          input: { payloads: [{ data: new Uint8Array(sizeBytes) }] },
          identity: "",
          header: undefined,
          requestId: "",
        },
      );
    for (let count = 0; count < 5; count++) await signal(before, 30_000);
    const runtime = await openMemoryRuntime(before);
    for (let count = 0; count < 2; count++) await signal(runtime, 10);
    const run = await runtime.host.slot(NAMESPACE_ID, "a").run("");
    assert.equal(run.history.firstEventId, 8);
    const end = run.state.nextEventId;
    for (let fromEventId = 1; fromEventId < end; fromEventId++) {
      for (let toEventId = fromEventId; toEventId <= end; toEventId++) {
        for (const maxEvents of [1, 3, 100]) {
          const range = { fromEventId, toEventId, maxEvents };
          const ids = idsOf(await readHistory(runtime.store, run, range));
          const count = Math.min(toEventId - fromEventId, maxEvents);
          const wanted = Array.from({ length: count }, (_, index) => fromEventId + index);
          assert.deepEqual(ids, wanted, JSON.stringify(range));
        }
      }
    }
  });

  it("reads what memory has without asking the store", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "a");
    const run = await runtime.host.slot(NAMESPACE_ID, "a").run("");
    const slice = readHistory(runtime.store, run, { fromEventId: 1, toEventId: 3, maxEvents: 9 });
    assert.ok(!(slice instanceof Promise));
    assert.deepEqual(idsOf(slice), [1, 2]);
  });
});
