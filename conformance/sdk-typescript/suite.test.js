import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
} from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import * as activities from "./activities.js";
import {
  client,
  eventsOf,
  failureOf,
  start,
  startSuite,
  stopSuite,
  taskQueue,
  until,
} from "./suite.js";
import { updateTests } from "./update-tests.js";
import "./areas/activities.js";
import "./areas/activity-operations.js";
import "./areas/agents.js";
import "./areas/resets.js";
import "./areas/scopes.js";
import "./areas/starts.js";
import "./areas/time-skipping.js";
import "./areas/updates.js";
import "./areas/visibility.js";
import "./areas/workers.js";

before(startSuite);
after(stopSuite);

describe("official TypeScript SDK", { concurrency: true }, () => {
  it("runs a workflow with one activity", async () => {
    const handle = await start("hello", "World");
    assert.equal(await handle.result(), "Hello, World!");
    const events = await eventsOf(handle);
    assert.equal(events.length, 11);
    assert.equal(events[4], "activityTaskScheduledEventAttributes");
    assert.equal(events.at(-1), "workflowExecutionCompletedEventAttributes");
  });

  it("waits for a timer, and not less", async () => {
    const startedMs = Date.now();
    const handle = await start("timer", 400);
    assert.equal(await handle.result(), "rang");
    assert.ok(Date.now() - startedMs >= 400);
    assert.ok((await eventsOf(handle)).includes("timerFiredEventAttributes"));
  });

  it("takes signals and answers queries, also when the workflow has ended", async () => {
    const handle = await start("collect", 2);
    await handle.signal("add", "one");
    assert.deepEqual(await handle.query("items"), ["one"]);
    await handle.signal("add", "two");
    assert.deepEqual(await handle.result(), ["one", "two"]);
    assert.deepEqual(await handle.query("items"), ["one", "two"]);
  });

  it("starts a workflow with a signal", async () => {
    const handle = await client.workflow.signalWithStart("collect", {
      taskQueue,
      workflowId: `signal-with-start-${randomUUID()}`,
      args: [1],
      signal: "add",
      signalArgs: ["first"],
    });
    assert.deepEqual(await handle.result(), ["first"]);
  });

  it("retries an activity and records the attempt that succeeded", async () => {
    const handle = await start("retry");
    assert.equal(await handle.result(), 3);
    const { events } = await handle.fetchHistory();
    const started = events.find((event) => event.activityTaskStartedEventAttributes);
    assert.equal(started.activityTaskStartedEventAttributes.attempt, 3);
    assert.equal(started.activityTaskStartedEventAttributes.lastFailure.message, "attempt 2 fails");
  });

  it("hands heartbeat details to the next attempt", async () => {
    assert.equal(await (await start("heartbeat")).result(), 3);
  });

  it("continues as new and follows the chain to its result", async () => {
    const handle = await start("countDown", 1);
    assert.equal(await handle.result(), true);
    assert.notEqual((await handle.describe()).runId, handle.firstExecutionRunId);
  });

  it("compensates a saga in reverse order", async () => {
    const handle = await start("saga");
    const failure = await failureOf(handle);
    assert.ok(failure.cause instanceof ApplicationFailure);
    assert.equal(failure.cause.type, "NoSeat");
    const steps = ["book car", "book hotel", "cancel hotel", "cancel car"];
    assert.deepEqual(activities.sagaLog.get(handle.workflowId), steps);
  });

  it("cancels a workflow, which cancels its activity and cleans up", async () => {
    const handle = await start("cleanUp");
    await handle.cancel();
    assert.ok((await failureOf(handle)) instanceof CancelledFailure);
    assert.equal((await handle.describe()).status.name, "CANCELLED");
  });

  it("terminates a workflow", async () => {
    const handle = await start("collect", 1);
    await handle.terminate("enough");
    assert.ok((await failureOf(handle)) instanceof TerminatedFailure);
  });

  it("times an activity out", async () => {
    const failure = await failureOf(await start("timeOut"));
    assert.ok(failure.cause instanceof TimeoutFailure);
  });

  it("records local activities, patches and replays them", async () => {
    const handle = await start("various");
    const result = await handle.result();
    assert.deepEqual(result, { greeting: "Hello, local!", isPatched: true, hasId: true });
    const workflowsPath = fileURLToPath(new URL("./workflows.js", import.meta.url));
    await Worker.runReplayHistory(
      { workflowsPath },
      await handle.fetchHistory(),
      handle.workflowId,
    );
  });

  it("lists a workflow by its ID with its memo", async () => {
    const workflowId = `listed-${randomUUID()}`;
    await client.workflow.execute("hello", {
      taskQueue,
      workflowId,
      args: ["list"],
      memo: { note: 7 },
    });
    const query = `WorkflowId = '${workflowId}' AND ExecutionStatus = 'Completed'`;
    await until(async () => (await client.workflow.count(query)).count === 1);
    const found = [];
    for await (const info of client.workflow.list({ query })) found.push(info);
    assert.equal(found.length, 1);
    assert.equal(found[0].status.name, "COMPLETED");
    assert.deepEqual(found[0].memo, { note: 7 });
  });

  it("runs many workflows at once", async () => {
    const handles = await Promise.all(
      Array.from({ length: 20 }, (_, number) => start("hello", String(number))),
    );
    const results = await Promise.all(handles.map((handle) => handle.result()));
    assert.equal(new Set(results).size, 20);
  });

  it("carries a payload of a megabyte", async () => {
    const text = "x".repeat(1024 * 1024);
    assert.equal((await (await start("hello", text)).result()).length, text.length + 8);
  });

  updateTests({ start, eventsOf, taskQueue, client: () => client });
});

describe("official TypeScript SDK, children and other workflows", { concurrency: true }, () => {
  const childOf = (handle) => client.workflow.getHandle(`${handle.workflowId}/child`);

  it("gives a child's result to its parent", async () => {
    const handle = await start("parent", "return");
    assert.equal(await handle.result(), `child of ${handle.workflowId}`);
    const { raw } = await childOf(handle).describe();
    assert.equal(raw.workflowExecutionInfo.parentExecution.runId, handle.firstExecutionRunId);
  });

  it("gives a child's failure to its parent", async () => {
    const failure = await failureOf(await start("parent", "fail"));
    assert.equal(failure.cause.message, "child broke");
    assert.equal(failure.cause.type, "Broken");
  });

  it("tells of a child whose ID is taken", async () => {
    const handle = await start("parentWithSameChildTwice");
    assert.equal(await handle.result(), "WorkflowExecutionAlreadyStartedError");
  });

  it("cancels a child and waits for its end", async () => {
    assert.equal(await (await start("parentThatCancels")).result(), "child canceled");
  });

  for (const [policy, status] of [
    ["TERMINATE", "TERMINATED"],
    ["REQUEST_CANCEL", "CANCELLED"],
    ["ABANDON", "RUNNING"],
  ]) {
    it(`leaves a child ${status} by the policy ${policy}`, async () => {
      const handle = await start("parentThatLeaves", policy);
      await handle.result();
      const left = childOf(handle);
      if (status !== "RUNNING") await failureOf(left);
      assert.equal((await left.describe()).status.name, status);
      if (status === "RUNNING") await left.terminate();
    });
  }

  it("signals another workflow", async () => {
    const other = await start("child", "signal");
    await (await start("signalOther", other.workflowId)).result();
    assert.equal(await other.result(), "proceeded");
  });

  it("cancels another workflow", async () => {
    const other = await start("child", "wait");
    await (await start("cancelOther", other.workflowId)).result();
    assert.ok((await failureOf(other)) instanceof CancelledFailure);
  });

  it("tells of a signal to nobody", async () => {
    assert.match(await (await start("signalNobody")).result(), /not found/i);
  });
});
