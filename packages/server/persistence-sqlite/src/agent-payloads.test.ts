import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { describe, it } from "node:test";
import type { Store } from "@perdure/persistence";
import { openSqliteStore } from "./sqlite-store.js";
import { agentBatches } from "./testing/agent-batches.js";
import { checkChunks } from "./testing/check-chunks.js";
import { sampleKey } from "./testing/sample-batch.js";
import { withStorePath } from "./testing/store-folder.js";

/** The conversation is 808,000 bytes long at the last call: about 200,000 tokens. */
const AGENT = { callCount: 100, firstBytes: 8_000, turnBytes: 8_000 };
const SHARE_MAX = 0.05;

/** @returns The bytes of all events. */
async function runAgent(store: Store, runNo: number): Promise<number> {
  let naiveBytes = 0;
  for (const batch of agentBatches({ ...AGENT, runNo })) {
    await store.commit(batch);
    for (const write of batch)
      if (write.kind === "appendLog") naiveBytes += write.entry.events.length;
  }
  return naiveBytes;
}

describe("SqliteStore with an agent that sends its growing conversation again and again", () => {
  it("stores at most 5 % of the bytes, gives all of them back, and frees them", () =>
    withStorePath(async (path) => {
      const store = await openSqliteStore({ path });
      const naiveBytes = await runAgent(store, 1);
      assert.ok(naiveBytes > 40_000_000);
      const run = await store.loadCurrentRun(sampleKey(1));
      assert.ok((run?.savedBytes ?? 0) >= naiveBytes * (1 - SHARE_MAX));
      let seq = 0;
      for (const batch of agentBatches({ ...AGENT, runNo: 1 })) {
        for (const write of batch) {
          if (write.kind !== "appendLog") continue;
          const [entry] = await store.readLog(1, ++seq, 1);
          assert.equal(Buffer.compare(entry?.events ?? new Uint8Array(), write.entry.events), 0);
        }
      }
      await store.close();
      const { size } = await stat(path);
      assert.ok(size <= naiveBytes * SHARE_MAX, `${size} of ${naiveBytes} bytes`);
      assert.ok(checkChunks(path).dataBytes < size);

      const again = await openSqliteStore({ path });
      await again.commit([{ kind: "deleteRun", runNo: 1 }]);
      await again.close();
      assert.deepEqual(checkChunks(path), { chunkCount: 0, dataBytes: 0 });
    }));

  it("stores a second run with the same conversation nearly for nothing", () =>
    withStorePath(async (path) => {
      const small = { runNo: 1, callCount: 10, firstBytes: 200_000, turnBytes: 1_000 };
      const store = await openSqliteStore({ path });
      for (const batch of agentBatches(small)) await store.commit(batch);
      await store.close();
      const first = checkChunks(path);
      const again = await openSqliteStore({ path });
      for (const batch of agentBatches({ ...small, runNo: 2 })) await again.commit(batch);
      await again.close();
      const both = checkChunks(path);
      assert.ok(both.dataBytes < 1.5 * first.dataBytes, `${first.dataBytes}, ${both.dataBytes}`);
    }));
});
