import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Logger, type LogLevel, StoreUnavailableError } from "@perdure/kernel";
import { BatchWriter } from "./batch-writer.js";
import { encodeBatch } from "./encode-batch.js";
import { openSqliteStore } from "./sqlite-store.js";
import { StorageThread } from "./storage-thread.js";
import { sampleBatch, sampleKey } from "./testing/sample-batch.js";
import { withStorePath } from "./testing/store-folder.js";

interface LoggedLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

function recordingLogger(): Logger & { readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  return { lines, log: (level, message, fields) => void lines.push({ level, message, fields }) };
}

function startThread(path: string, logger: Logger): Promise<StorageThread> {
  const workerUrl = new URL("./worker.js", import.meta.url);
  const worker = { path, pragmas: {}, newClusterId: "0190a1b2-c3d4-4e5f-8a6b-000000000001" };
  return StorageThread.start({ workerUrl, worker, logger });
}

describe("StorageThread", () => {
  it("rejects the calls under way and all later ones when its thread dies", () =>
    withStorePath(async (path) => {
      const logger = recordingLogger();
      const thread = await startThread(path, logger);
      const block = encodeBatch(new BatchWriter(), sampleBatch(1, 5_000, 1_000));
      const calls = [thread.commit(block), thread.read("facts")];
      const results = Promise.allSettled(calls);
      await thread.worker.terminate();
      for (const result of await results) {
        assert.equal(result.status, "rejected");
        assert.ok(result.reason instanceof StoreUnavailableError);
      }
      await assert.rejects(thread.read("facts"), StoreUnavailableError);
      assert.equal(logger.lines[0]?.message, "The storage thread has ended");
      await thread.close();

      // The file is free again, and the batch is there as a whole or not at all.
      const store = await openSqliteStore({ path });
      const log = await store.readLog(1, 1, 10_000);
      assert.ok(log.length === 0 || log.length === 5_000);
      await store.close();
    }));

  it("answers every call that was made before close()", () =>
    withStorePath(async (path) => {
      const store = await openSqliteStore({ path });
      const commits = [1, 2, 3].map((runNo) => store.commit(sampleBatch(runNo, 500)));
      const read = store.loadCurrentRun(sampleKey(9));
      await store.close();
      await Promise.all(commits);
      assert.equal(await read, undefined);
    }));

  it("answers reads without waiting for a commit that follows in the same turn", () =>
    withStorePath(async (path) => {
      const store = await openSqliteStore({ path });
      const order: string[] = [];
      const read = store.facts().then(() => order.push("read"));
      const commit = store.commit(sampleBatch(1, 2_000)).then(() => order.push("commit"));
      await Promise.all([commit, read]);
      assert.deepEqual(order, ["read", "commit"]);
      await store.close();
    }));
});

describe("SqliteStore on a full disk", () => {
  it("stores nothing of the batch, tells the cause to the log only, and goes on", () =>
    withStorePath(async (path) => {
      const logger = recordingLogger();
      const store = await openSqliteStore({ path, logger, pragmas: { max_page_count: "120" } });
      await store.commit(sampleBatch(1, 1));
      const failing = store.commit(sampleBatch(2, 1_000, 1_000));
      await assert.rejects(failing, (error: unknown) => {
        assert.ok(error instanceof StoreUnavailableError);
        assert.doesNotMatch(error.message, /SQLITE|full/);
        assert.equal(error.cause, undefined);
        return true;
      });
      assert.equal(logger.lines[0]?.fields?.driverCode, "SQLITE_FULL");
      assert.equal(await store.loadCurrentRun(sampleKey(2)), undefined);
      await store.commit(sampleBatch(2, 1));
      assert.equal((await store.facts()).lastRunNo, 2);
      await store.close();
    }));
});
