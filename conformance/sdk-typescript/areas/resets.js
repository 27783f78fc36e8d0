import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { attributesOf, client, connection, eventsOf, runOf, start } from "../suite.js";

const namespace = "default";

/** Resets a workflow to its first workflow task of this number; the answer is the new run. */
async function reset(handle, number, more = {}) {
  const { events } = await handle.fetchHistory();
  const ends = events.filter((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await connection.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId: handle.workflowId, runId: handle.firstExecutionRunId },
    reason: "again",
    requestId: randomUUID(),
    workflowTaskFinishEventId: ends[number - 1].eventId,
    ...more,
  });
  return runOf(handle, runId);
}

describe("resets", { concurrency: true, timeout: 15_000 }, () => {
  it("gives the signals of a workflow that has ended to the new run", async () => {
    const handle = await start("collect", 2);
    await handle.signal("add", "one");
    await handle.signal("add", "two");
    assert.deepEqual(await handle.result(), ["one", "two"]);
    const next = await reset(handle, 1);
    assert.deepEqual(await next.result(), ["one", "two"]);
    assert.deepEqual(await next.query("items"), ["one", "two"]);
  });

  it("ends an open run, and leaves signals out when told so", async () => {
    const handle = await start("collect", 2);
    await handle.signal("add", "lost");
    await handle.query("items");
    const next = await reset(handle, 1, { resetReapplyExcludeTypes: [1] });
    assert.equal((await runOf(handle).describe()).status.name, "TERMINATED");
    await next.signal("add", "one");
    await next.signal("add", "two");
    assert.deepEqual(await next.result(), ["one", "two"]);
  });

  it("keeps what an activity answered before the reset point", async () => {
    const handle = await start("hello", "World");
    assert.equal(await handle.result(), "Hello, World!");
    const next = await reset(handle, 2);
    assert.equal(await next.result(), "Hello, World!");
    assert.equal((await attributesOf(next, "activityTaskCompleted")).length, 1);
    const again = await reset(handle, 1);
    assert.equal(await again.result(), "Hello, World!");
    assert.equal((await attributesOf(again, "workflowTaskFailed")).length, 1);
  });

  it("brings updates to the new run, which answers them by itself", async () => {
    const handle = await start("account", 100);
    assert.equal(await handle.executeUpdate("deposit", { args: [5] }), 105);
    const next = await reset(handle, 1);
    assert.equal(await next.executeUpdate("deposit", { args: [10] }), 115);
    await next.signal("finish");
    assert.equal(await next.result(), 115);
    const events = await eventsOf(next);
    assert.ok(events.includes("workflowExecutionUpdateAdmittedEventAttributes"));
  });

  it("tells of the reset in describe answers", async () => {
    const handle = await start("collect", 1);
    await handle.signal("add", "one");
    await handle.result();
    const next = await reset(handle, 1);
    const { raw } = await runOf(handle).describe();
    const { runId } = await next.describe();
    assert.equal(raw.workflowExtendedInfo.resetRunId, runId);
    await next.result();
    const current = await client.workflow.getHandle(handle.workflowId).describe();
    assert.equal(current.runId, runId);
  });
});
