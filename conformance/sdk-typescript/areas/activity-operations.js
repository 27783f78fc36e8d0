import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cancellations } from "../activities.js";
import { connection, start, until } from "../suite.js";

const ACTIVITY_ID = "meddled";

/** Calls an RPC on the one activity of a workflow. */
function operate(method, { workflowId }, request = {}) {
  return connection.workflowService[method]({
    namespace: "default",
    execution: { workflowId },
    id: ACTIVITY_ID,
    ...request,
  });
}

async function pendingActivity(handle) {
  return (await handle.describe()).raw.pendingActivities[0];
}

/** Starts a workflow whose activity heartbeats until somebody meddles with it. */
async function startMeddled() {
  const handle = await start("meddledWith");
  await until(async () => (await pendingActivity(handle))?.heartbeatDetails != null);
  return handle;
}

describe("operations on activities", { concurrency: true, timeout: 15_000 }, () => {
  it("pauses a running activity, which goes on with its details", async () => {
    const handle = await startMeddled();
    await operate("pauseActivity", handle, { reason: "a break" });
    const details = await cancellations.get(handle.workflowId);
    assert.equal(details.paused, true);
    assert.equal(details.reset, false);
    await until(async () => (await pendingActivity(handle)).attempt === 2);
    const { pauseInfo, paused } = await pendingActivity(handle);
    assert.equal(paused, true);
    assert.equal(pauseInfo.manual.reason, "a break");
    await operate("unpauseActivity", handle);
    assert.equal(await handle.result(), "half");
  });

  it("resets a running activity, which begins without details", async () => {
    const handle = await startMeddled();
    await operate("resetActivity", handle, { resetHeartbeat: true });
    const details = await cancellations.get(handle.workflowId);
    assert.equal(details.reset, true);
    assert.equal(details.paused, false);
    assert.equal(await handle.result(), "nothing");
  });

  it("shortens a back-off by a change of options", async () => {
    const handle = await start("retriedInAnHour");
    await until(async () => (await pendingActivity(handle))?.attempt === 2);
    const { activityOptions } = await operate("updateActivityOptions", handle, {
      activityOptions: { retryPolicy: { initialInterval: { seconds: 0, nanos: 50_000_000 } } },
      updateMask: { paths: ["retry_policy.initial_interval"] },
    });
    assert.equal(activityOptions.retryPolicy.initialInterval.nanos, 50_000_000);
    assert.equal(await handle.result(), 2);
  });

  it("refuses what is not pending", async () => {
    const handle = await start("hello", "World");
    await handle.result();
    await assert.rejects(operate("pauseActivity", handle), /workflow execution already completed/);
  });
});
