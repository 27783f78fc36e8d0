import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { RawClient } from "../crash/raw-client.mjs";
import { RawWorker } from "../crash/raw-worker.mjs";
import { endProcess, spawnServer } from "../started-server/started-server.mjs";

const GRACE_MS = 10_000;
let folder;
let databasePath;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "perdure-stop-"));
  databasePath = path.join(folder, "stop.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a server that is told to stop", () => {
  for (const signal of ["SIGTERM", "SIGINT"]) {
    it(`ends cleanly on ${signal} under load and loses nothing that it acknowledged`, async () => {
      const server = await spawnServer({ databasePath });
      assert.match(server.output(), /Server: +127\.0\.0\.1:\d+/);
      const client = new RawClient(server.address);
      const worker = new RawWorker(client, "stop", 0);
      worker.start();
      const started = [];
      let isLoading = true;
      const load = (async () => {
        for (let count = 0; isLoading; count++) {
          const workflowId = `stop-${count}`;
          const workflowType = { name: "stop" };
          const request = {
            workflowId,
            workflowType,
            taskQueue: { name: "stop" },
            requestId: workflowId,
          };
          await client.call("StartWorkflowExecution", request).then(
            () => started.push(workflowId),
            () => undefined,
          );
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 700));
      const begunMs = Date.now();
      const end = await endProcess(server.process, signal);
      isLoading = false;
      worker.stop();
      await load;
      client.close();
      assert.deepEqual(end, { code: 0, signal: null });
      assert.ok(Date.now() - begunMs < GRACE_MS);
      assert.ok(started.length > 0);
      await checkAllThere(started);
    });
  }
});

async function checkAllThere(workflowIds) {
  const server = await spawnServer({ databasePath });
  const client = new RawClient(server.address);
  try {
    for (const workflowId of workflowIds) {
      const answer = await client.call("DescribeWorkflowExecution", { execution: { workflowId } });
      assert.equal(answer.workflowExecutionInfo.execution.workflowId, workflowId);
    }
  } finally {
    client.close();
    await endProcess(server.process, "SIGTERM");
  }
}
