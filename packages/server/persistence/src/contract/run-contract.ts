import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RunRow } from "../records.js";
import type { WithStore } from "./opened-store.js";
import {
  appendLog,
  insertRun,
  ODD_TEXT,
  plain,
  sampleEntry,
  sampleKey,
  sampleRun,
  sampleRunId,
} from "./sample-rows.js";

export function runContract(test: WithStore): void {
  describe("runs", () => {
    it(
      "reads back every field of a run exactly",
      test(async ({ store, reopen }) => {
        const runs = [
          sampleRun(1),
          sampleRun(2, { key: sampleKey(ODD_TEXT), runId: "not a UUID" }),
          sampleRun(3, { key: sampleKey("", ""), isOpen: false, wakeAtMs: 0 }),
          sampleRun(4, { runId: sampleRunId(4).toUpperCase(), isCurrent: false }),
          sampleRun(2 ** 53 - 1, {
            wakeAtMs: 2 ** 53 - 1,
            snapshot: { seq: 2 ** 40, data: new Uint8Array() },
          }),
        ];
        await store.commit(runs.map(insertRun));
        const reopened = await reopen();
        for (const run of runs) {
          assert.deepEqual(plain(await reopened.loadRun(run.key, run.runId)), stored(run));
        }
      }),
    );

    it(
      "finds no run of another key, namespace or run ID",
      test(async ({ store }) => {
        await store.commit([
          insertRun(sampleRun(1)),
          insertRun(sampleRun(2, { isCurrent: false })),
        ]);
        assert.equal(await store.loadCurrentRun(sampleKey("order-2")), undefined);
        assert.equal(await store.loadCurrentRun(sampleKey("order-1", "other")), undefined);
        assert.equal(await store.loadRun(sampleKey("order-2"), sampleRunId(1)), undefined);
        assert.equal(await store.loadRun(sampleKey("order-1"), sampleRunId(3)), undefined);
      }),
    );

    it(
      "switches the current run of a key",
      test(async ({ store }) => {
        const key = sampleKey("order-1");
        await store.commit([insertRun(sampleRun(1))]);
        await store.commit([
          { kind: "updateRun", runNo: 1, isCurrent: false, isOpen: false },
          insertRun(sampleRun(2, { key })),
        ]);
        assert.equal((await store.loadCurrentRun(key))?.runNo, 2);
        const first = await store.loadRun(key, sampleRunId(1));
        assert.deepEqual(plain(first), stored(sampleRun(1, { isCurrent: false, isOpen: false })));

        await store.commit([
          { kind: "deleteRun", runNo: 2 },
          { kind: "updateRun", runNo: 1, isCurrent: true },
        ]);
        assert.equal((await store.loadCurrentRun(key))?.runNo, 1);
      }),
    );

    it(
      "leaves absent fields of an update as they are",
      test(async ({ store }) => {
        const snapshot = { seq: 4, data: Uint8Array.of(1, 2, 3) };
        const run = sampleRun(1, { wakeAtMs: 500, snapshot });
        await store.commit([insertRun(run), { kind: "updateRun", runNo: 1 }]);
        assert.deepEqual(plain(await store.loadCurrentRun(run.key)), stored(run));

        const newer = { seq: 9, data: Uint8Array.of(4) };
        await store.commit([{ kind: "updateRun", runNo: 1, snapshot: newer }]);
        await store.commit([{ kind: "updateRun", runNo: 1, isOpen: false, snapshot: undefined }]);
        const expected = { ...run, snapshot: newer, isOpen: false };
        assert.deepEqual(plain(await store.loadCurrentRun(run.key)), stored(expected));
      }),
    );

    it(
      "lists due runs by time, strictly before the given time, up to the limit",
      test(async ({ store }) => {
        const wakes = [300, 100, undefined, 200, 0];
        const runs = wakes.map((wakeAtMs, index) => sampleRun(index + 1, { wakeAtMs }));
        await store.commit(runs.map(insertRun));
        const due = await store.readDueRuns(300, 10);
        assert.deepEqual(
          due.map((run) => [run.runNo, run.wakeAtMs]),
          [
            [5, 0],
            [2, 100],
            [4, 200],
          ],
        );
        assert.deepEqual(due[1]?.key, sampleKey("order-2"));
        assert.equal(due[1]?.runId, sampleRunId(2));
        assert.equal((await store.readDueRuns(1_000, 2)).length, 2);
      }),
    );

    it(
      "changes and takes away wake-ups",
      test(async ({ store }) => {
        await store.commit([
          insertRun(sampleRun(1, { wakeAtMs: 100 })),
          insertRun(sampleRun(2, { wakeAtMs: 100 })),
          insertRun(sampleRun(3)),
        ]);
        await store.commit([
          { kind: "updateRun", runNo: 1, wakeAtMs: 50 },
          { kind: "updateRun", runNo: 2, wakeAtMs: null },
          { kind: "updateRun", runNo: 3, wakeAtMs: 70 },
        ]);
        const due = await store.readDueRuns(1_000, 10);
        assert.deepEqual(
          due.map((run) => [run.runNo, run.wakeAtMs]),
          [
            [1, 50],
            [3, 70],
          ],
        );
        assert.equal((await store.loadCurrentRun(sampleKey("order-2")))?.wakeAtMs, undefined);
      }),
    );

    it(
      "deletes a run with its log, snapshot and wake-up, and nothing else",
      test(async ({ store }) => {
        const snapshot = { seq: 1, data: Uint8Array.of(1) };
        await store.commit([
          insertRun(sampleRun(1, { wakeAtMs: 10, snapshot })),
          insertRun(sampleRun(2, { wakeAtMs: 20 })),
          appendLog(sampleEntry(1, 1)),
          appendLog(sampleEntry(2, 1)),
        ]);
        await store.commit([
          { kind: "deleteRun", runNo: 1 },
          { kind: "deleteRun", runNo: 404 },
        ]);
        assert.equal(await store.loadCurrentRun(sampleKey("order-1")), undefined);
        assert.deepEqual(await store.readLog(1, 1, 10), []);
        assert.equal((await store.readLog(2, 1, 10)).length, 1);
        assert.deepEqual(
          (await store.readDueRuns(100, 10)).map((run) => run.runNo),
          [2],
        );

        // The number may be used again: nothing of the deleted run comes back.
        await store.commit([insertRun(sampleRun(1))]);
        const again = await store.loadCurrentRun(sampleKey("order-1"));
        assert.deepEqual(plain(again), stored(sampleRun(1)));
      }),
    );
  });
}

/** What is read of a run whose history is stored as it came, as `plain()` data. */
function stored(run: RunRow): unknown {
  return plain({ ...run, savedBytes: 0 });
}
