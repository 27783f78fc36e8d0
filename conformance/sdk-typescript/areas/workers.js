import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { begun, released } from "../activities.js";
import {
  attributesOf,
  bundle,
  client,
  connection,
  eventsOf,
  newId,
  startWith,
  startWorker,
  until,
} from "../suite.js";

const VERSION_FILES = ["before", "patched", "deprecated"];

/** Runs a test with a task queue of its own; workers that it starts are stopped at its end. */
async function withQueue(test) {
  const taskQueue = newId("workers");
  const workers = [];
  const startOwn = async (options) => {
    const worker = await startWorker({ taskQueue, ...options });
    workers.push(worker);
    return worker;
  };
  try {
    await test(taskQueue, startOwn);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** Waits for the workflow to have taken its signals so far, by a query. */
async function signalAndWait(handle, step) {
  await handle.signal("step", step);
  assert.equal((await handle.query("taken")).at(-1), step);
}

// A task that a stopping worker was just given waits for its sticky timeout, 10 s.
describe("workers", { concurrency: true, timeout: 40_000 }, () => {
  it("takes a workflow over from a worker that was stopped with its cache", () =>
    withQueue(async (taskQueue, startOwn) => {
      const first = await startOwn();
      const handle = await startWith("steps", { taskQueue, args: [3] });
      await signalAndWait(handle, "one");
      await first.stop();
      await handle.signal("step", "two");
      await startOwn();
      await signalAndWait(handle, "three");
      assert.deepEqual(await handle.result(), ["one", "two", "three"]);
      assert.deepEqual(await attributesOf(handle, "workflowTaskFailed"), []);
    }));

  it("forgets the sticky queue when asked to", () =>
    withQueue(async (taskQueue, startOwn) => {
      await startOwn();
      const handle = await startWith("steps", { taskQueue, args: [2] });
      await signalAndWait(handle, "one");
      const execution = { workflowId: handle.workflowId };
      const request = { namespace: "default", execution };
      await connection.workflowService.resetStickyTaskQueue(request);
      await handle.signal("step", "two");
      assert.deepEqual(await handle.result(), ["one", "two"]);
      const scheduled = await attributesOf(handle, "workflowTaskScheduled");
      assert.equal(scheduled.at(-1).taskQueue.name, taskQueue);
    }));

  it("runs workflows on a worker that keeps none in memory", () =>
    withQueue(async (taskQueue, startOwn) => {
      await startOwn({ maxCachedWorkflows: 0 });
      const handle = await startWith("steps", { taskQueue, args: [3] });
      for (const step of ["one", "two", "three"]) await handle.signal("step", step);
      assert.deepEqual(await handle.result(), ["one", "two", "three"]);
    }));

  it("ends its activity before it stops, and another worker goes on", () =>
    withQueue(async (taskQueue, startOwn) => {
      const first = await startOwn();
      const handle = await startWith("held", { taskQueue });
      await begun.get(`${handle.workflowId} 1`);
      const stopped = first.stop();
      released.put(handle.workflowId);
      await stopped;
      await startOwn();
      assert.equal(await handle.result(), 1);
    }));

  it("runs the old code of open workflows and the new code of new ones", () =>
    withQueue(async (taskQueue, startOwn) => {
      const [before, patched, deprecated] = await Promise.all(
        VERSION_FILES.map((name) => bundle(`./workflows/versions/${name}.js`)),
      );
      const begin = () => startWith("versioned", { taskQueue });
      const end = async (handle) => {
        await handle.signal("proceed");
        return handle.result();
      };
      const first = await startOwn({ workflowBundle: before });
      const old = await begin();
      await until(() => old.query("isWaiting"));
      await first.stop();

      const second = await startOwn({ workflowBundle: patched });
      const middle = await begin();
      assert.equal(await end(old), "old");
      await until(() => middle.query("isWaiting"));
      const query = `WorkflowId = '${middle.workflowId}' AND TemporalChangeVersion = 'greeting'`;
      await until(async () => (await client.workflow.count(query)).count === 1);
      await second.stop();

      await startOwn({ workflowBundle: deprecated });
      assert.equal(await end(middle), "new");
      assert.equal(await end(await begin()), "new");
      assert.ok((await eventsOf(middle)).includes("markerRecordedEventAttributes"));
    }));
});
