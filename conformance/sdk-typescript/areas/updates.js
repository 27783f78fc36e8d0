import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ApplicationFailure,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
} from "@temporalio/client";
import { attributesOf, client, eventsOf, newId, start, taskQueue } from "../suite.js";

const ACCEPTED = "ACCEPTED";

/** The cause for which an update failed. */
async function updateFailureOf(promise) {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof WorkflowUpdateFailedError, String(error));
    return error.cause;
  }
  return assert.fail("The update did not fail");
}

function operation(workflowIdConflictPolicy, workflowId = newId("account")) {
  return new WithStartWorkflowOperation("account", {
    taskQueue,
    workflowId,
    args: [100],
    workflowIdConflictPolicy,
  });
}

async function finish(handle) {
  await handle.signal("finish");
  return handle.result();
}

describe("updates", { concurrency: true, timeout: 15_000 }, () => {
  it("changes the workflow and gets the handler's result", async () => {
    const handle = await start("account", 100);
    assert.equal(await handle.executeUpdate("deposit", { args: [5] }), 105);
    assert.equal(await handle.executeUpdate("deposit", { args: [7] }), 112);
    assert.equal(await finish(handle), 112);
    const events = await eventsOf(handle);
    const count = (name) => events.filter((event) => event.startsWith(name)).length;
    assert.equal(count("workflowExecutionUpdateAccepted"), 2);
    assert.equal(count("workflowExecutionUpdateCompleted"), 2);
  });

  it("is refused by a validator and leaves no events", async () => {
    const handle = await start("account", 100);
    const failure = await updateFailureOf(handle.executeUpdate("deposit", { args: [-5] }));
    assert.equal(failure.message, "negative deposit");
    assert.equal(await finish(handle), 100);
    const events = await eventsOf(handle);
    assert.ok(!events.some((event) => event.startsWith("workflowExecutionUpdate")));
  });

  it("is refused when there is no handler", async () => {
    const handle = await start("account", 100);
    const failure = await updateFailureOf(handle.executeUpdate("withdraw", { args: [1] }));
    assert.match(failure.message, /withdraw/);
    await finish(handle);
  });

  it("fails when its handler fails, which the workflow survives", async () => {
    const handle = await start("account", 100);
    const failure = await updateFailureOf(handle.executeUpdate("deposit", { args: [13] }));
    assert.ok(failure instanceof ApplicationFailure);
    assert.equal(failure.type, "Unlucky");
    assert.equal(await finish(handle), 100);
  });

  it("gives a handle once accepted, and its result to whoever polls", async () => {
    const handle = await start("account", 100);
    const update = await handle.startUpdate("depositLater", {
      args: [20],
      waitForStage: ACCEPTED,
      updateId: "later",
    });
    assert.equal(update.updateId, "later");
    const accepted = await attributesOf(handle, "workflowExecutionUpdateAccepted");
    assert.equal(accepted[0].acceptedRequest.meta.updateId, "later");
    const polled = client.workflow.getHandle(handle.workflowId).getUpdateHandle("later").result();
    await handle.signal("release");
    assert.deepEqual(await Promise.all([update.result(), polled]), [120, 120]);
    assert.equal(await finish(handle), 120);
    assert.equal(await handle.getUpdateHandle("later").result(), 120);
  });

  it("runs once for one update ID", async () => {
    const handle = await start("account", 100);
    const send = () => handle.executeUpdate("deposit", { args: [1], updateId: "same" });
    assert.deepEqual(await Promise.all([send(), send()]), [101, 101]);
    assert.equal(await send(), 101);
    assert.equal(await finish(handle), 101);
  });

  it("runs many at once, each in its turn", async () => {
    const handle = await start("account", 0);
    const updates = Array.from({ length: 20 }, () =>
      handle.executeUpdate("deposit", { args: [1] }),
    );
    const balances = await Promise.all(updates);
    assert.deepEqual(
      balances.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    assert.equal(await finish(handle), 20);
  });

  it("may run an activity before it completes", async () => {
    const handle = await start("account", 100);
    assert.equal(await handle.executeUpdate("greetOwner", { args: ["Ada"] }), "Hello, Ada!");
    await finish(handle);
  });

  it("fails when the workflow completes first", async () => {
    const handle = await start("account", 100);
    const update = await handle.startUpdate("depositLater", { args: [1], waitForStage: ACCEPTED });
    await handle.signal("abandon");
    assert.equal(await handle.result(), 100);
    const failure = await updateFailureOf(update.result());
    assert.equal(failure.type, "AcceptedUpdateCompletedWorkflow");
  });
});

describe("update-with-start", { concurrency: true, timeout: 15_000 }, () => {
  const deposit = (startWorkflowOperation, amount) =>
    client.workflow.executeUpdateWithStart("deposit", { args: [amount], startWorkflowOperation });

  it("starts the workflow that it updates, and then uses it", async () => {
    const first = operation("USE_EXISTING");
    assert.equal(await deposit(first, 1), 101);
    const handle = await first.workflowHandle();
    const second = operation("USE_EXISTING", handle.workflowId);
    assert.equal(await deposit(second, 2), 103);
    assert.equal((await second.workflowHandle()).workflowId, handle.workflowId);
    assert.equal(await finish(handle), 103);
  });

  it("gives a handle once accepted", async () => {
    const startWorkflowOperation = operation("FAIL");
    const update = await client.workflow.startUpdateWithStart("depositLater", {
      args: [3],
      waitForStage: ACCEPTED,
      startWorkflowOperation,
    });
    const handle = await startWorkflowOperation.workflowHandle();
    await handle.signal("release");
    assert.equal(await update.result(), 103);
    await finish(handle);
  });

  it("is refused when the workflow runs and the policy says so", async () => {
    const handle = await start("account", 100);
    const refused = operation("FAIL", handle.workflowId);
    await assert.rejects(deposit(refused, 1), WorkflowExecutionAlreadyStartedError);
    assert.equal(await finish(handle), 100);
  });
});
