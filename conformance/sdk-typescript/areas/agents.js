import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { endProcess, spawnServer } from "../../started-server/started-server.mjs";
import { bundle } from "../suite.js";

/** The conversation grows from 500,000 to 800,000 bytes: 65 MB in all, and 50 MB is the limit. */
const CALLS = 100;
const OPENING_BYTES = 500_000;
const ANSWER_BYTES = 3_000;
const SHARE_MAX = 0.05;

describe("an agent", { timeout: 120_000 }, () => {
  it("sends a long conversation with each call, which is stored once", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "perdure-agent-"));
    const databasePath = path.join(folder, "agent.db");
    const server = await spawnServer({ databasePath });
    let sentBytes = 0;
    let callCount = 0;
    const askModel = async (messages) => {
      callCount += 1;
      sentBytes += JSON.stringify(messages).length;
      return words(callCount, ANSWER_BYTES);
    };
    try {
      const answer = await withWorker(server.address, askModel, ({ client, start }) =>
        client.workflow.execute("agent", {
          ...start,
          args: [{ callCount: CALLS, opening: words(0, OPENING_BYTES) }],
        }),
      );
      assert.equal(answer, words(CALLS, ANSWER_BYTES));
      assert.equal(callCount, CALLS);
      assert.ok(sentBytes > 60_000_000);
      await endProcess(server.process, "SIGTERM");
      const { size } = statSync(databasePath);
      assert.ok(size <= SHARE_MAX * sentBytes, `${size} of ${sentBytes} bytes are stored`);
    } finally {
      await endProcess(server.process, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function withWorker(address, askModel, work) {
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const taskQueue = "agents";
  try {
    const workflowBundle = await bundle("./workflows/agents.js");
    const activities = { askModel };
    const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities });
    const client = new Client({ connection: clientConnection });
    return await worker.runUntil(() =>
      work({ client, start: { taskQueue, workflowId: "agent", workflowTaskTimeout: "1m" } }),
    );
  } finally {
    await clientConnection.close();
    await connection.close();
  }
}

/** Text that no other number has, of this length. */
function words(number, length) {
  let state = number + 1;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += `${WORDS[(state >>> 16) % WORDS.length]} `;
  }
  return text.slice(0, length);
}

const WORDS = (
  "the model reads this answer and asks a tool for more facts about weather trains prices " +
  "customers invoices reports of last year before it writes its plan in several steps"
).split(" ");
