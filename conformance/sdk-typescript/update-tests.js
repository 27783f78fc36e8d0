import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from "@temporalio/client";

/** Declares the tests of updates, which run on the suite's worker. */
export function updateTests({ start, eventsOf, taskQueue, client }) {
  it("updates a workflow, and polls for the result by the update's ID", async () => {
    const handle = await start("bookings");
    assert.equal(await handle.executeUpdate("book", { args: ["one"] }), "Hello, one! 1");
    const updateId = randomUUID();
    const options = { args: ["two"], updateId, waitForStage: "ACCEPTED" };
    const update = await handle.startUpdate("book", options);
    assert.equal(await update.result(), "Hello, two! 2");
    assert.equal(await handle.getUpdateHandle(updateId).result(), "Hello, two! 2");
    assert.equal(await handle.executeUpdate("book", { args: ["two"], updateId }), "Hello, two! 2");
    assert.deepEqual(await handle.query("items"), ["one", "two"]);
    await handle.executeUpdate("book", { args: ["last"] });
    assert.deepEqual(await handle.result(), ["one", "two", "last"]);
  });

  it("leaves no trace of an update that the validator refuses", async () => {
    const handle = await start("bookings");
    await handle.executeUpdate("book", { args: ["one"] });
    const before = await eventsOf(handle);
    await assert.rejects(handle.executeUpdate("book", { args: [""] }), (error) => {
      assert.ok(error instanceof WorkflowUpdateFailedError);
      assert.equal(error.cause.type, "Empty");
      return true;
    });
    assert.deepEqual(await eventsOf(handle), before);
    assert.equal(await handle.executeUpdate("book", { args: ["last"] }), "Hello, last! 2");
    assert.deepEqual(await handle.result(), ["one", "last"]);
  });

  it("updates with a start, and again when the workflow runs", async () => {
    const workflowId = `with-start-${randomUUID()}`;
    const execute = (item) => {
      const startWorkflowOperation = new WithStartWorkflowOperation("bookings", {
        workflowId,
        taskQueue,
        workflowIdConflictPolicy: "USE_EXISTING",
      });
      const options = { args: [item], startWorkflowOperation };
      return client().workflow.executeUpdateWithStart("book", options);
    };
    assert.equal(await execute("one"), "Hello, one! 1");
    assert.equal(await execute("last"), "Hello, last! 2");
    assert.deepEqual(await client().workflow.getHandle(workflowId).result(), ["one", "last"]);
  });

  it("goes on as new after an update, and takes updates there", async () => {
    const { workflowId, firstExecutionRunId } = await start("bookings");
    const handle = client().workflow.getHandle(workflowId);
    await handle.executeUpdate("book", { args: ["one"] });
    assert.equal(await handle.executeUpdate("moveOn"), "moving on");
    assert.equal(await handle.executeUpdate("book", { args: ["last"] }), "Hello, last! 2");
    assert.deepEqual(await handle.result(), ["one", "last"]);
    assert.notEqual((await handle.describe()).runId, firstExecutionRunId);
  });
}
