import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvariantError } from "@perdure/kernel";
import type { StoreWrite } from "../store.js";
import type { WithStore } from "./opened-store.js";
import {
  appendLog,
  insertRun,
  insertTask,
  NAMESPACE_ID,
  plain,
  putVisibility,
  sampleEntry,
  sampleKey,
  sampleRun,
  sampleRunId,
  sampleTask,
  sampleVisibility,
} from "./sample-rows.js";

const BYTES = Uint8Array.of(7);

/** One write of each kind that succeeds on a store prepared by `PREPARED`. */
const GOOD_WRITES: readonly StoreWrite[] = [
  insertRun(sampleRun(2, { wakeAtMs: 5 })),
  { kind: "updateRun", runNo: 1, wakeAtMs: 77, isOpen: false, snapshot: { seq: 1, data: BYTES } },
  appendLog(sampleEntry(1, 3)),
  appendLog(sampleEntry(2, 1)),
  { kind: "pruneDeltas", runNo: 1, throughSeq: 2 },
  insertTask(sampleTask(2)),
  { kind: "removeTask", place: sampleTask(1) },
  putVisibility(sampleVisibility(1, { status: 2 })),
  putVisibility(sampleVisibility(2)),
  { kind: "removeVisibility", namespaceId: NAMESPACE_ID, runId: sampleRunId(9) },
  { kind: "deleteRun", runNo: 9 },
  { kind: "putNamespace", namespace: { id: sampleRunId(51), name: "second", data: BYTES } },
];

const PREPARED: readonly StoreWrite[] = [
  insertRun(sampleRun(1, { wakeAtMs: 66 })),
  insertRun(sampleRun(9)),
  appendLog(sampleEntry(1, 1)),
  appendLog(sampleEntry(1, 2, { eventCount: 0, events: new Uint8Array() })),
  appendLog(sampleEntry(9, 1)),
  insertTask(sampleTask(1)),
  putVisibility(sampleVisibility(1)),
  putVisibility(sampleVisibility(9)),
  { kind: "putNamespace", namespace: { id: sampleRunId(50), name: "first", data: BYTES } },
];

const BAD_WRITES: Readonly<Record<string, StoreWrite>> = {
  "a run number that is taken": insertRun(sampleRun(1, { key: sampleKey("new") })),
  "a run ID that is taken": insertRun(
    sampleRun(8, { ...sampleRun(1), runNo: 8, isCurrent: false }),
  ),
  "a second current run of a key": insertRun(sampleRun(8, { key: sampleKey("order-1") })),
  "a change of a run that does not exist": { kind: "updateRun", runNo: 404, isOpen: false },
  "a log entry that exists": appendLog(sampleEntry(1, 1)),
  "a task whose place is taken": insertTask(sampleTask(2)),
  "a namespace name that is taken": {
    kind: "putNamespace",
    namespace: { id: sampleRunId(52), name: "first", data: BYTES },
  },
};

export function commitContract(test: WithStore): void {
  describe("commit()", () => {
    it(
      "stores nothing of a batch with a bad write, and goes on working",
      test(async ({ store }) => {
        await store.commit(PREPARED);
        const before = await dump(store);
        for (const [name, badWrite] of Object.entries(BAD_WRITES)) {
          const batch = [...GOOD_WRITES, badWrite, appendLog(sampleEntry(1, 4))];
          await assert.rejects(store.commit(batch), InvariantError, name);
          assert.deepEqual(await dump(store), before, name);
        }
        await store.commit(GOOD_WRITES);
        assert.notDeepEqual(await dump(store), before);
      }),
    );

    it(
      "applies writes in their order",
      test(async ({ store }) => {
        await store.commit([
          insertRun(sampleRun(1)),
          { kind: "updateRun", runNo: 1, isCurrent: false },
          insertRun(sampleRun(2, { key: sampleKey("order-1") })),
          { kind: "updateRun", runNo: 2, wakeAtMs: 10 },
          { kind: "updateRun", runNo: 2, wakeAtMs: 20 },
          insertTask(sampleTask(1)),
          { kind: "removeTask", place: sampleTask(1) },
          insertTask(sampleTask(1, { stamp: 2 })),
        ]);
        const current = await store.loadCurrentRun(sampleKey("order-1"));
        assert.equal(current?.runNo, 2);
        assert.equal(current.wakeAtMs, 20);
        const tasks = await store.readTasks(sampleTask(1).queue, { after: undefined, limit: 10 });
        assert.deepEqual(plain(tasks), plain([sampleTask(1, { stamp: 2 })]));
      }),
    );

    it(
      "takes an empty batch",
      test(async ({ store }) => {
        await store.commit([]);
        assert.equal((await store.facts()).lastRunNo, 0);
      }),
    );

    it(
      "keeps calls that overlap apart and in order",
      test(async ({ store }) => {
        const commits = Array.from({ length: 20 }, (_, index) =>
          store.commit([insertRun(sampleRun(index + 1)), appendLog(sampleEntry(index + 1, 1))]),
        );
        await Promise.all(commits);
        assert.equal((await store.facts()).lastRunNo, 20);
      }),
    );

    it(
      "takes a batch of 10,000 rows",
      test(async ({ store }) => {
        const entries = Array.from({ length: 9_999 }, (_, index) =>
          appendLog(sampleEntry(1, index + 1)),
        );
        await store.commit([insertRun(sampleRun(1)), ...entries]);
        const log = await store.readLog(1, 1, 20_000);
        assert.equal(log.length, 9_999);
        assert.deepEqual(plain(log[9_998]), plain(sampleEntry(1, 9_999)));
      }),
    );

    it(
      "stores blobs of 4 MB",
      test(async ({ store }) => {
        const events = new Uint8Array(4 * 1024 * 1024).map((_, index) => (index * 31) % 251);
        await store.commit([insertRun(sampleRun(1)), appendLog(sampleEntry(1, 1, { events }))]);
        const [entry] = await store.readLog(1, 1, 1);
        assert.ok(entry !== undefined);
        assert.equal(Buffer.compare(entry.events, events), 0);
      }),
    );
  });
}

type AnyStore = Parameters<Parameters<WithStore>[0]>[0]["store"];

/** Everything that a client of the store can see of the sample rows. */
async function dump(store: AnyStore): Promise<unknown> {
  const { namespaces, lastRunNo } = await store.facts();
  const keys = [1, 2, 8, 9].map((number) => sampleKey(`order-${number}`));
  const query = { namespaceId: NAMESPACE_ID, filter: undefined, order: [] };
  return plain({
    namespaces,
    lastRunNo,
    runs: await Promise.all(keys.map((key) => store.loadCurrentRun(key))),
    logs: await Promise.all([1, 2, 9].map((runNo) => store.readLog(runNo, 1, 100))),
    tasks: await store.readTasks(sampleTask(1).queue, { after: undefined, limit: 100 }),
    due: await store.readDueRuns(1_000, 100),
    list: await store.listVisibility(query, { cursor: undefined, limit: 100 }),
  });
}
