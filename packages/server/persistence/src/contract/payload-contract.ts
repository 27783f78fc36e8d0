import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvariantError, seededRandom } from "@perdure/kernel";
import type { LogEntry } from "../records.js";
import type { Store } from "../store.js";
import type { WithStore } from "./opened-store.js";
import { appendLog, insertRun, sampleEntry, sampleKey, sampleRun } from "./sample-rows.js";

/** Bytes that can't be compressed, the same for the same seed. */
function noise(seed: number, length: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => Math.floor(random.next() * 256));
}

/** Long values, some of which share most of their bytes. */
function longEntries(runNo: number): LogEntry[] {
  const common = noise(7, 60_000);
  const with1 = Buffer.concat([Buffer.from("first"), common, Buffer.from("last")]);
  return [
    sampleEntry(runNo, 1, { events: common, delta: common }),
    sampleEntry(runNo, 2, { events: with1 }),
    sampleEntry(runNo, 3, { events: new Uint8Array(100_000), delta: noise(8, 20_000) }),
    sampleEntry(runNo, 4, { events: new Uint8Array(), eventCount: 0, delta: with1 }),
    sampleEntry(runNo, 5, { events: Buffer.concat([common, common]) }),
  ];
}

async function checkLog(store: Store, runNo: number, expected: readonly LogEntry[]) {
  const found = await store.readLog(runNo, 1, 100);
  assert.deepEqual(
    found.map(({ seq }) => seq),
    expected.map(({ seq }) => seq),
  );
  for (const [index, entry] of expected.entries()) {
    assert.equal(Buffer.compare(found[index]?.events ?? noise(0, 1), entry.events), 0);
    assert.equal(Buffer.compare(found[index]?.delta ?? noise(0, 1), entry.delta), 0);
  }
}

export function payloadContract(test: WithStore): void {
  describe("large payloads", () => {
    it(
      "gives values of any length back exactly",
      test(async ({ store, reopen }) => {
        const lengths = [2_047, 4_096, 16_383, 16_384, 16_385, 16_386, 40_000, 300_001];
        const entries = lengths.map((length, index) =>
          sampleEntry(1, index + 1, { events: noise(length, length), delta: noise(1, length) }),
        );
        await store.commit([insertRun(sampleRun(1)), ...entries.map(appendLog)]);
        await checkLog(store, 1, entries);
        await checkLog(await reopen(), 1, entries);
      }),
    );

    it(
      "keeps what runs share until the last of them is deleted",
      test(async ({ store }) => {
        for (const runNo of [1, 2, 3]) {
          const writes = longEntries(runNo).map(appendLog);
          await store.commit([insertRun(sampleRun(runNo)), ...writes]);
        }
        await store.commit([{ kind: "deleteRun", runNo: 1 }]);
        await checkLog(store, 2, longEntries(2));
        await store.commit([{ kind: "pruneDeltas", runNo: 2, throughSeq: 5 }]);
        const kept = longEntries(2).filter(({ eventCount }) => eventCount > 0);
        await checkLog(store, 2, kept);
        await store.commit([
          { kind: "deleteRun", runNo: 3 },
          { kind: "deleteRun", runNo: 2 },
          insertRun(sampleRun(4)),
          ...longEntries(4).map(appendLog),
        ]);
        await checkLog(store, 4, longEntries(4));
      }),
    );

    it(
      "replaces large snapshots by large and by small ones",
      test(async ({ store }) => {
        await store.commit([insertRun(sampleRun(1)), ...longEntries(1).map(appendLog)]);
        const common = noise(7, 60_000);
        for (const data of [common, Buffer.concat([common, common]), noise(9, 9), common]) {
          const snapshot = { seq: 5, data };
          await store.commit([{ kind: "updateRun", runNo: 1, snapshot }]);
          const run = await store.loadCurrentRun(sampleKey());
          assert.equal(Buffer.compare(run?.snapshot?.data ?? noise(0, 1), data), 0);
        }
        await checkLog(store, 1, longEntries(1));
      }),
    );

    it(
      "keeps nothing of a batch that fails",
      test(async ({ store }) => {
        const entries = longEntries(1);
        await store.commit([insertRun(sampleRun(1)), ...entries.map(appendLog)]);
        const failing = store.commit([
          insertRun(sampleRun(2)),
          ...longEntries(2).map(appendLog),
          { kind: "updateRun", runNo: 1, snapshot: { seq: 5, data: noise(3, 50_000) } },
          { kind: "pruneDeltas", runNo: 1, throughSeq: 9 },
          { kind: "updateRun", runNo: 404, isOpen: false },
        ]);
        await assert.rejects(failing, InvariantError);
        await checkLog(store, 1, entries);
        assert.equal((await store.loadCurrentRun(sampleKey()))?.snapshot, undefined);
        await store.commit([insertRun(sampleRun(2)), ...longEntries(2).map(appendLog)]);
        await checkLog(store, 2, longEntries(2));
      }),
    );

    it(
      "tells what it saves of a run's history, at the commit and later",
      test(async ({ store, reopen }) => {
        const writes = longEntries(1).map(appendLog);
        const [first] = await store.commit([insertRun(sampleRun(1)), ...writes.slice(0, 1)]);
        const savings = await store.commit(writes.slice(1));
        const historyBytes = longEntries(1).reduce((sum, { events }) => sum + events.length, 0);
        const savedBytes = savings.at(-1)?.savedBytes ?? first?.savedBytes ?? 0;
        assert.ok(savedBytes >= 0 && savedBytes <= historyBytes);
        const run = await (await reopen()).loadCurrentRun(sampleKey());
        assert.equal(run?.savedBytes, savedBytes);
      }),
    );

    it(
      "ends a read of history after enough bytes, with a whole chunk, and never before one",
      test(async ({ store }) => {
        const entries = longEntries(1).slice(0, 3);
        await store.commit([insertRun(sampleRun(1)), ...entries.map(appendLog)]);
        const range = { runNo: 1, fromEventId: 1, toEventId: 100, maxEvents: 100 };
        for (const [maxBytes, count] of [
          [0, 1],
          [60_000, 1],
          [60_001, 2],
          [undefined, 3],
        ]) {
          const chunks = await store.readHistory({ ...range, maxBytes });
          assert.equal(chunks.length, count, `${maxBytes} bytes`);
        }
      }),
    );
  });
}
