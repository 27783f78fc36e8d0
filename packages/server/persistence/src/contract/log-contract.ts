import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LogEntry } from "../records.js";
import type { WithStore } from "./opened-store.js";
import { appendLog, insertRun, plain, sampleEntry, sampleRun } from "./sample-rows.js";

const EMPTY = new Uint8Array();

/** Entries with these numbers of events, from event 1 on. */
function entriesOf(eventCounts: readonly number[]): LogEntry[] {
  let firstEventId = 1;
  return eventCounts.map((eventCount, index) => {
    const events = eventCount === 0 ? EMPTY : Uint8Array.of(firstEventId);
    const entry = sampleEntry(1, index + 1, { firstEventId, eventCount, events });
    firstEventId += eventCount;
    return entry;
  });
}

export function logContract(test: WithStore): void {
  describe("logs", () => {
    it(
      "reads back every field of an entry exactly",
      test(async ({ store, reopen }) => {
        const entries = [
          sampleEntry(1, 1, { events: EMPTY, eventCount: 0 }),
          sampleEntry(1, 2, { delta: EMPTY }),
          sampleEntry(1, 3, { events: EMPTY, delta: EMPTY, eventCount: 0 }),
          sampleEntry(1, 2 ** 53 - 1, { firstEventId: 2 ** 52, eventCount: 70_000 }),
        ];
        await store.commit([insertRun(sampleRun(1)), ...entries.map(appendLog)]);
        const reopened = await reopen();
        assert.deepEqual(plain(await reopened.readLog(1, 1, 10)), plain(entries));
      }),
    );

    it(
      "reads entries from a sequence number on, up to the limit",
      test(async ({ store }) => {
        const entries = entriesOf([2, 1, 0, 3, 1]);
        await store.commit([
          insertRun(sampleRun(1)),
          insertRun(sampleRun(2)),
          ...entries.map(appendLog),
          appendLog(sampleEntry(2, 1)),
        ]);
        assert.deepEqual(plain(await store.readLog(1, 2, 3)), plain(entries.slice(1, 4)));
        assert.deepEqual(await store.readLog(1, 6, 10), []);
        assert.deepEqual(await store.readLog(404, 1, 10), []);
      }),
    );

    it(
      "reads histories by range, from the chunk that holds the first event",
      test(async ({ store }) => {
        const entries = entriesOf([2, 1, 0, 3, 1]); // Events 1-2, 3, none, 4-6, 7.
        await store.commit([insertRun(sampleRun(1)), ...entries.map(appendLog)]);
        const ranges: readonly [number, number, readonly number[]][] = [
          [1, 8, [1, 3, 4, 7]],
          [1, 3, [1]],
          [2, 4, [1, 3]],
          [3, 4, [3]],
          [4, 5, [4]],
          [5, 8, [4, 7]],
          [6, 7, [4]],
          [7, 100, [7]],
          [8, 100, []],
          [4, 4, []],
        ];
        for (const [fromEventId, toEventId, expected] of ranges) {
          const request = { runNo: 1, fromEventId, toEventId, maxEvents: 100 };
          const chunks = await store.readHistory(request);
          const name = `[${fromEventId}, ${toEventId})`;
          assert.deepEqual(
            chunks.map((chunk) => chunk.firstEventId),
            expected,
            name,
          );
        }
      }),
    );

    it(
      "gives chunks as they were stored",
      test(async ({ store }) => {
        const [entry] = entriesOf([4]);
        assert.ok(entry !== undefined);
        await store.commit([insertRun(sampleRun(1)), appendLog(entry)]);
        const request = { runNo: 1, fromEventId: 3, toEventId: 5, maxEvents: 10 };
        const { firstEventId, eventCount, events } = entry;
        const expected = [{ firstEventId, eventCount, events }];
        assert.deepEqual(plain(await store.readHistory(request)), plain(expected));
      }),
    );

    it(
      "pages through a long history without losing or repeating a chunk",
      test(async ({ store }) => {
        const eventCounts = Array.from({ length: 300 }, (_, index) => index % 4);
        const entries = entriesOf(eventCounts);
        await store.commit([insertRun(sampleRun(1)), ...entries.map(appendLog)]);
        const seen: number[] = [];
        for (let fromEventId = 1; fromEventId < 451; ) {
          const request = { runNo: 1, fromEventId, toEventId: 451, maxEvents: 7 };
          const chunks = await store.readHistory(request);
          const beyondFirst = chunks.slice(1).reduce((sum, chunk) => sum + chunk.eventCount, 0);
          assert.ok(chunks.length > 0 && beyondFirst <= 7);
          for (const chunk of chunks) {
            assert.equal(chunk.firstEventId, fromEventId);
            seen.push(chunk.firstEventId);
            fromEventId += chunk.eventCount;
          }
        }
        const expected = entries.filter((entry) => entry.eventCount > 0);
        assert.deepEqual(
          seen,
          expected.map((entry) => entry.firstEventId),
        );
      }),
    );

    it(
      "returns the first chunk even when it has more events than asked for",
      test(async ({ store }) => {
        const entries = entriesOf([5, 1]);
        await store.commit([insertRun(sampleRun(1)), ...entries.map(appendLog)]);
        const request = { runNo: 1, fromEventId: 1, toEventId: 7, maxEvents: 0 };
        assert.deepEqual(
          (await store.readHistory(request)).map((chunk) => chunk.eventCount),
          [5],
        );
      }),
    );

    it(
      "prunes deltas up to a sequence number and keeps entries with events",
      test(async ({ store }) => {
        const entries = entriesOf([2, 0, 1, 0, 0]);
        await store.commit([
          insertRun(sampleRun(1)),
          insertRun(sampleRun(2)),
          ...entries.map(appendLog),
          appendLog(sampleEntry(2, 1, { eventCount: 0, events: EMPTY })),
        ]);
        await store.commit([{ kind: "pruneDeltas", runNo: 1, throughSeq: 4 }]);
        const kept = entries.filter((entry) => entry.seq !== 2 && entry.seq !== 4);
        assert.deepEqual(plain(await store.readLog(1, 1, 10)), plain(kept));
        assert.equal((await store.readLog(2, 1, 10)).length, 1);
        const request = { runNo: 1, fromEventId: 3, toEventId: 4, maxEvents: 10 };
        assert.deepEqual(
          (await store.readHistory(request)).map((chunk) => chunk.firstEventId),
          [3],
        );
      }),
    );
  });
}
