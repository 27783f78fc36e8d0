import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CancelledFailure } from "@temporalio/client";
import { attributesOf, eventsOf, failureOf, start } from "../suite.js";

describe("cancellation scopes and timers", { concurrency: true, timeout: 15_000 }, () => {
  it("cancels an activity whose scope times out", async () => {
    const handle = await start("hurriedActivity");
    assert.equal(await handle.result(), "cancelled");
    assert.equal((await attributesOf(handle, "activityTaskCancelRequested")).length, 1);
    assert.equal((await attributesOf(handle, "activityTaskCanceled")).length, 1);
  });

  it("cancels the timers of one scope and no other", async () => {
    const handle = await start("cancelledTimer");
    assert.deepEqual(await handle.result(), ["cancelled", "rang"]);
    const events = await eventsOf(handle);
    const count = (name) => events.filter((event) => event === `${name}EventAttributes`).length;
    assert.deepEqual(
      [count("timerStarted"), count("timerCanceled"), count("timerFired")],
      [2, 1, 1],
    );
  });

  it("tells an outer scope that an inner one was shielded", async () => {
    const handle = await start("shielded");
    await handle.cancel();
    assert.equal(await handle.result(), "Hello, survivor!");
    assert.equal((await handle.describe()).status.name, "COMPLETED");
  });

  it("tells a condition that it timed out", async () => {
    const handle = await start("impatient");
    assert.deepEqual(await handle.result(), [false, true]);
    assert.equal((await attributesOf(handle, "timerCanceled")).length, 1);
  });

  it("cancels a workflow that waits for a timer", async () => {
    const handle = await start("timer", 3_600_000);
    await handle.cancel();
    assert.ok((await failureOf(handle)) instanceof CancelledFailure);
  });

  it("fires timers of one moment and of many", async () => {
    const handle = await start("manyTimers", 20);
    assert.equal(await handle.result(), 20);
    assert.equal((await attributesOf(handle, "timerFired")).length, 20);
  });
});
