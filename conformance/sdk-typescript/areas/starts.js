import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  defaultPayloadConverter,
  WorkflowContinuedAsNewError,
  WorkflowExecutionAlreadyStartedError,
} from "@temporalio/client";
import {
  attributesOf,
  client,
  eventsOf,
  failureOf,
  newId,
  runOf,
  start,
  startWith,
  taskQueue,
  workerClient,
} from "../suite.js";

/** `CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE`. */
const CRON_INITIATOR = 3;

/** The run that follows a completed or failed run of the same workflow. */
async function successorOf(handle, kind) {
  const [{ newExecutionRunId }] = await attributesOf(handle, `workflowExecution${kind}`);
  return runOf(handle, newExecutionRunId);
}

/** Waits for the end of a run of a cron schedule. */
async function nextCronRun(handle) {
  try {
    await handle.result();
  } catch (error) {
    assert.ok(error instanceof WorkflowContinuedAsNewError, String(error));
    return runOf(handle, error.newExecutionRunId);
  }
  return assert.fail("No run follows");
}

/** What a completed run returned. */
async function resultInHistory(handle) {
  const [{ result }] = await attributesOf(handle, "workflowExecutionCompleted");
  return defaultPayloadConverter.fromPayload(result.payloads[0]);
}

describe("starts", { concurrency: true, timeout: 15_000 }, () => {
  it("runs by a cron schedule with the result of the run before", async () => {
    const handle = await startWith("countRuns", { cronSchedule: "@every 1s" });
    const first = runOf(handle);
    const second = await nextCronRun(first);
    await nextCronRun(second);
    await client.workflow.getHandle(handle.workflowId).terminate();
    assert.deepEqual(await Promise.all([first, second].map(resultInHistory)), [1, 2]);
    const [started] = await attributesOf(second, "workflowExecutionStarted");
    assert.equal(started.cronSchedule, "@every 1s");
    assert.equal(started.continuedExecutionRunId, handle.firstExecutionRunId);
    assert.equal(started.initiator, CRON_INITIATOR);
  });

  it("retries a workflow as its policy says", async () => {
    const retry = { initialInterval: "50ms", maximumAttempts: 3 };
    const handle = await startWith("failUntil", { args: [3], retry });
    assert.equal(await handle.result(), 3);
    const second = await successorOf(runOf(handle), "Failed");
    const [started] = await attributesOf(second, "workflowExecutionStarted");
    assert.equal(started.attempt, 2);
    assert.equal(started.continuedFailure.message, "run 1 fails");
  });

  it("fails in the end when every attempt does", async () => {
    const retry = { initialInterval: "50ms", maximumAttempts: 2 };
    const handle = await startWith("failUntil", { args: [9], retry });
    assert.equal((await failureOf(handle)).message, "run 2 fails");
  });

  it("hands the first task out with the start", async () => {
    const handle = await workerClient.workflow.start("hello", {
      taskQueue,
      workflowId: newId("eager"),
      args: ["eager"],
      requestEagerStart: true,
    });
    assert.equal(handle.eagerlyStarted, true);
    assert.equal(await handle.result(), "Hello, eager!");
    const [started] = await attributesOf(handle, "workflowExecutionStarted");
    assert.equal(started.eagerExecutionAccepted, true);
  });

  it("waits for the start delay", async () => {
    const startedMs = Date.now();
    const handle = await startWith("hello", { args: ["late"], startDelay: "600ms" });
    assert.equal(await handle.result(), "Hello, late!");
    assert.ok(Date.now() - startedMs >= 600);
  });

  it("takes a signal that comes during the start delay", async () => {
    const handle = await startWith("collect", { args: [1], startDelay: "300ms" });
    await handle.signal("add", "early");
    assert.deepEqual(await handle.result(), ["early"]);
  });

  it("signals what runs already instead of starting it", async () => {
    const handle = await start("collect", 2);
    const options = { taskQueue, workflowId: handle.workflowId, args: [2], signal: "add" };
    const again = await client.workflow.signalWithStart("collect", { ...options, signalArgs: [1] });
    assert.equal(again.signaledRunId, handle.firstExecutionRunId);
    await handle.signal("add", 2);
    assert.deepEqual(await handle.result(), [1, 2]);
  });

  it("obeys the policies of workflow IDs", async () => {
    const handle = await start("collect", 1);
    const options = { workflowId: handle.workflowId, args: [1] };
    await assert.rejects(startWith("collect", options), WorkflowExecutionAlreadyStartedError);
    const workflowIdConflictPolicy = "USE_EXISTING";
    const existing = await startWith("collect", { ...options, workflowIdConflictPolicy });
    assert.equal(existing.firstExecutionRunId, handle.firstExecutionRunId);
    await handle.signal("add", "end");
    await handle.result();
    const workflowIdReusePolicy = "REJECT_DUPLICATE";
    await assert.rejects(
      startWith("collect", { ...options, workflowIdReusePolicy }),
      WorkflowExecutionAlreadyStartedError,
    );
  });

  it("times a workflow out", async () => {
    const handle = await startWith("timer", { args: [60_000], workflowRunTimeout: "1s" });
    assert.equal((await failureOf(handle)).name, "TimeoutFailure");
    assert.equal((await handle.describe()).status.name, "TIMED_OUT");
    assert.equal((await eventsOf(handle)).at(-1), "workflowExecutionTimedOutEventAttributes");
  });
});
