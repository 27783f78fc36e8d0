import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@perdure/kernel";
import type { Store } from "@perdure/persistence";
import { openSqliteStore } from "./sqlite-store.js";
import { checkChunks } from "./testing/check-chunks.js";
import { entryBytes, sampleKey } from "./testing/sample-batch.js";
import { withStorePath } from "./testing/store-folder.js";

const COMMITTER = fileURLToPath(new URL("./testing/committing-process.js", import.meta.url));
const CRASH_COUNT = 6;
const ACKNOWLEDGED_MAX = 150;

/**
 * Lets a process commit, and kills it the moment it has acknowledged `count` batches more; the
 * batches after those are at any point of their way then.
 *
 * @returns The last run number that the process acknowledged.
 */
async function commitUntilKilled(path: string, firstRunNo: number, count: number): Promise<number> {
  const args = [COMMITTER, path, String(firstRunNo)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  let lastRunNo = firstRunNo - 1;
  for await (const line of createInterface({ input: child.stdout })) {
    lastRunNo = Number(line);
    if (lastRunNo === firstRunNo + count) child.kill("SIGKILL");
  }
  await exit;
  return lastRunNo;
}

/** Checks that the run is there with all of its log. */
async function checkWhole(store: Store, runNo: number): Promise<void> {
  assert.equal((await store.loadCurrentRun(sampleKey(runNo)))?.runNo, runNo);
  const log = await store.readLog(runNo, 1, 100);
  assert.equal(log.length, 1 + (runNo % 20), `Run ${runNo}`);
  for (const [index, entry] of log.entries()) {
    assert.equal(entry.seq, index + 1);
    assert.equal(entry.events.length, entryBytes(runNo));
    assert.ok(entry.events.every((byte) => byte === (runNo + entry.seq) % 256));
  }
}

describe("SqliteStore after SIGKILL", () => {
  it("has every acknowledged batch, and no batch in part", () =>
    withStorePath(async (path) => {
      const random = seededRandom(20_261_124);
      let storedCount = 0;
      for (let crash = 0; crash < CRASH_COUNT; crash++) {
        const count = Math.floor(random.next() * ACKNOWLEDGED_MAX);
        const acknowledged = await commitUntilKilled(path, storedCount + 1, count);
        const store = await openSqliteStore({ path });
        const { lastRunNo } = await store.facts();
        assert.ok(lastRunNo >= acknowledged, `${acknowledged} acknowledged, ${lastRunNo} stored`);
        // One commit at a time: at most the one under way was stored and not yet told.
        assert.ok(
          lastRunNo <= acknowledged + 1,
          `${acknowledged} acknowledged, ${lastRunNo} stored`,
        );
        for (let runNo = storedCount + 1; runNo <= lastRunNo; runNo++)
          await checkWhole(store, runNo);
        await store.close();
        checkChunks(path);
        storedCount = lastRunNo;
      }
    }));
});
