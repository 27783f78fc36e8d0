import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import { BUNDLE } from "../../started-server/started-server.mjs";
import { bundle } from "../suite.js";

const DAY_MS = 24 * 3_600_000;

describe("time skipping", { timeout: 30_000 }, () => {
  let environment;
  let workflowBundle;

  before(async () => {
    // The official environment starts our server in place of its own.
    const executable = { type: "existing-path", path: BUNDLE };
    environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    workflowBundle = await bundle("./workflows/time-skipping.js");
  });
  after(() => environment?.teardown());

  async function withWorker(work) {
    const taskQueue = `queue-${randomUUID()}`;
    const { nativeConnection: connection } = environment;
    const worker = await Worker.create({ connection, taskQueue, workflowBundle });
    const start = { taskQueue, workflowId: `workflow-${randomUUID()}` };
    return worker.runUntil(() => work(start));
  }

  it("lets a workflow sleep for years", async () => {
    const passedMs = await withWorker((start) =>
      environment.client.workflow.execute("sleeps", { ...start, args: [3000 * DAY_MS] }),
    );
    assert.ok(passedMs >= 3000 * DAY_MS);
  });

  it("sleeps with the test, and no further", async () => {
    await withWorker(async (start) => {
      const options = { ...start, args: [10 * DAY_MS] };
      const handle = await environment.client.workflow.start("sleeps", options);
      const startedMs = await environment.currentTimeMs();
      await environment.sleep("9 days");
      const passedMs = (await environment.currentTimeMs()) - startedMs;
      assert.ok(passedMs >= 9 * DAY_MS && passedMs < 9.1 * DAY_MS, `${passedMs} ms`);
      assert.equal((await handle.describe()).status.name, "RUNNING");
      assert.ok((await handle.result()) >= 10 * DAY_MS);
    });
  });
});
