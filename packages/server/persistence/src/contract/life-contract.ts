import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isUuid, StoreUnavailableError } from "@perdure/kernel";
import type { WithStore } from "./opened-store.js";
import {
  insertRun,
  insertTask,
  ODD_TEXT,
  plain,
  sampleKey,
  sampleRun,
  sampleRunId,
  sampleTask,
} from "./sample-rows.js";

export function lifeContract(test: WithStore): void {
  describe("the life of a store", () => {
    it(
      "begins empty, with an ID of its own",
      test(async ({ store }) => {
        const { clusterId, ...rest } = await store.facts();
        assert.ok(isUuid(clusterId));
        assert.deepEqual(rest, { lastRunNo: 0, lastTaskId: 0, namespaces: [] });
      }),
    );

    it(
      "knows after a restart what was stored",
      test(async ({ store, reopen }) => {
        const namespace = { id: sampleRunId(50), name: ODD_TEXT, data: Uint8Array.of(1, 2) };
        const renamed = { id: sampleRunId(51), name: "b", data: new Uint8Array() };
        await store.commit([
          { kind: "putNamespace", namespace },
          { kind: "putNamespace", namespace: { ...renamed, name: "a" } },
          { kind: "putNamespace", namespace: renamed },
          insertRun(sampleRun(41)),
          insertRun(sampleRun(7)),
          insertTask(sampleTask(1_000)),
          { kind: "removeTask", place: sampleTask(1_000) },
        ]);
        const { clusterId } = await store.facts();
        const facts = await (await reopen()).facts();
        assert.equal(facts.clusterId, clusterId);
        assert.equal(facts.lastRunNo, 41);
        assert.ok(facts.lastTaskId >= 1_000, "Removed tasks count, so that no ID comes twice");
        const byId = [...facts.namespaces].sort((left, right) => (left.id < right.id ? -1 : 1));
        assert.deepEqual(plain(byId), plain([namespace, renamed]));
      }),
    );

    it(
      "frees a namespace's name when it is renamed",
      test(async ({ store }) => {
        const data = new Uint8Array();
        await store.commit([
          { kind: "putNamespace", namespace: { id: sampleRunId(50), name: "a", data } },
          { kind: "putNamespace", namespace: { id: sampleRunId(50), name: "a-deleted", data } },
          { kind: "putNamespace", namespace: { id: sampleRunId(51), name: "a", data } },
        ]);
        const names = (await store.facts()).namespaces.map((namespace) => namespace.name);
        assert.deepEqual(names.sort(), ["a", "a-deleted"]);
      }),
    );

    it(
      "refuses calls after close()",
      test(async ({ store }) => {
        await store.close();
        await assert.rejects(store.facts(), StoreUnavailableError);
        await assert.rejects(store.commit([]), StoreUnavailableError);
        await assert.rejects(store.loadCurrentRun(sampleKey()), StoreUnavailableError);
        await store.close();
      }),
    );

    it(
      "finishes the commit under way before close() resolves",
      test(async ({ store, reopen }) => {
        const commit = store.commit([insertRun(sampleRun(1))]);
        await store.close();
        await commit;
        const reopened = await reopen();
        assert.equal((await reopened.facts()).lastRunNo, 1);
      }),
    );
  });
}
