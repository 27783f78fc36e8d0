import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EntityKind, listIdOf, type VisibilityRow } from "../records.js";
import type { Store } from "../store.js";
import type { WithStore } from "./opened-store.js";
import {
  insertRun,
  insertTask,
  sampleRun,
  sampleRunId,
  sampleTask,
  sampleVisibility,
} from "./sample-rows.js";

const GONE = sampleRunId(50);
const KEPT = sampleRunId(51);

export function namespaceContract(test: WithStore): void {
  describe("the deletion of a namespace", () => {
    it(
      "takes its runs, logs, tasks and lists, and leaves those of others",
      test(async ({ store }) => {
        await fill(store, GONE, 1);
        await fill(store, KEPT, 2);
        await store.commit([{ kind: "deleteNamespace", namespaceId: GONE }]);
        assert.deepEqual(await contents(store, GONE, 1), [undefined, 0, 0, 0, 0]);
        const [run, ...counts] = await contents(store, KEPT, 2);
        assert.equal(run?.runNo, 2);
        assert.deepEqual(counts, [1, 1, 1, 1]);
        const ids = (await store.facts()).namespaces.map(({ id }) => id);
        assert.deepEqual(ids, [KEPT]);
      }),
    );

    it(
      "frees its name, and is no error when there is none",
      test(async ({ store }) => {
        const data = new Uint8Array();
        await store.commit([
          { kind: "putNamespace", namespace: { id: GONE, name: "a", data } },
          { kind: "deleteNamespace", namespaceId: GONE },
          { kind: "putNamespace", namespace: { id: KEPT, name: "a", data } },
          { kind: "deleteNamespace", namespaceId: sampleRunId(52) },
        ]);
        const ids = (await store.facts()).namespaces.map(({ id }) => id);
        assert.deepEqual(ids, [KEPT]);
      }),
    );
  });
}

async function fill(store: Store, namespaceId: string, runNo: number): Promise<void> {
  const run = sampleRun(runNo);
  const task = sampleTask(runNo);
  const bytes = Uint8Array.of(1);
  await store.commit([
    { kind: "putNamespace", namespace: { id: namespaceId, name: namespaceId, data: bytes } },
    insertRun({ ...run, key: { ...run.key, namespaceId } }),
    {
      kind: "appendLog",
      entry: { runNo, seq: 1, firstEventId: 1, eventCount: 1, events: bytes, delta: bytes },
    },
    insertTask({ ...task, queue: { ...task.queue, namespaceId } }),
    { kind: "putVisibility", row: { ...sampleVisibility(runNo), namespaceId } },
    { kind: "putVisibility", row: scheduleRow(namespaceId, runNo) },
  ]);
}

function scheduleRow(namespaceId: string, runNo: number): VisibilityRow {
  const listId = listIdOf(namespaceId, EntityKind.SCHEDULE);
  return { ...sampleVisibility(runNo), namespaceId: listId };
}

async function contents(store: Store, namespaceId: string, runNo: number) {
  const key = { ...sampleRun(runNo).key, namespaceId };
  const queue = { ...sampleTask(runNo).queue, namespaceId };
  const list = (id: string) =>
    store.countVisibility({ namespaceId: id, filter: undefined, order: [] });
  return [
    await store.loadCurrentRun(key),
    (await store.readLog(runNo, 1, 10)).length,
    (await store.readTasks(queue, { after: undefined, limit: 10 })).length,
    await list(namespaceId),
    await list(listIdOf(namespaceId, EntityKind.SCHEDULE)),
  ] as const;
}
