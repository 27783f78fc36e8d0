import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ApplicationFailure, CancelledFailure, TimeoutFailure } from "@temporalio/client";
import { startedTokens } from "../activities.js";
import { attributesOf, client, eventsOf, failureOf, start, startWith } from "../suite.js";

describe("activities", { concurrency: true, timeout: 15_000 }, () => {
  it("stops retrying at the last attempt", async () => {
    const handle = await start("retryAtMost", 2);
    const failure = await failureOf(handle);
    assert.equal(failure.retryState, "MAXIMUM_ATTEMPTS_REACHED");
    assert.equal(failure.cause.message, "attempt 2 fails");
  });

  it("does not retry a failure of a type that the policy names", async () => {
    const failure = await failureOf(await start("neverRetry"));
    assert.equal(failure.retryState, "NON_RETRYABLE_FAILURE");
    assert.equal(failure.cause.message, "attempt 1 fails");
  });

  it("waits for the delay that a failure asks for", async () => {
    const handle = await start("delayedRetry");
    assert.ok((await handle.result()) >= 300);
  });

  it("times out when heartbeats stay away", async () => {
    const failure = await failureOf(await start("silent"));
    assert.ok(failure.cause instanceof TimeoutFailure);
    assert.equal(failure.cause.timeoutType, "HEARTBEAT");
    assert.equal(failure.cause.lastHeartbeatDetails, "last words");
  });

  it("times out when no worker takes it", async () => {
    const failure = await failureOf(await start("unheard"));
    assert.equal(failure.cause.timeoutType, "SCHEDULE_TO_START");
  });
});

describe("asynchronous completion", { concurrency: true, timeout: 15_000 }, () => {
  it("completes an activity by its token", async () => {
    const handle = await start("completedElsewhere");
    const token = await startedTokens.get(handle.workflowId);
    await client.activity.heartbeat(token, "alive");
    await client.activity.complete(token, "by token");
    assert.equal(await handle.result(), "by token");
  });

  it("completes an activity by its ID", async () => {
    const handle = await start("completedElsewhere");
    await startedTokens.get(handle.workflowId);
    const { workflowId } = handle;
    await client.activity.complete({ workflowId, activityId: "elsewhere" }, "by ID");
    assert.equal(await handle.result(), "by ID");
  });

  it("fails an activity by its token and by its ID", async () => {
    const handles = await Promise.all([start("completedElsewhere"), start("completedElsewhere")]);
    const [token] = await Promise.all(
      handles.map(({ workflowId }) => startedTokens.get(workflowId)),
    );
    const error = ApplicationFailure.nonRetryable("broke elsewhere", "Elsewhere");
    const id = { workflowId: handles[1].workflowId, activityId: "elsewhere" };
    await client.activity.fail(token, error);
    await client.activity.fail(id, error);
    for (const handle of handles) assert.equal((await failureOf(handle)).cause.type, "Elsewhere");
  });

  it("learns of a cancellation by heartbeat and reports it", async () => {
    const handle = await start("completedElsewhere");
    const token = await startedTokens.get(handle.workflowId);
    await handle.cancel();
    for (let isCancelled = false; !isCancelled; ) {
      try {
        await client.activity.heartbeat(token);
      } catch (error) {
        assert.equal(error.name, "ActivityCancelledError");
        isCancelled = true;
      }
    }
    await client.activity.reportCancellation(token, "gone");
    assert.ok((await failureOf(handle)) instanceof CancelledFailure);
    assert.equal((await attributesOf(handle, "activityTaskCanceled")).length, 1);
  });

  it("refuses to complete what is complete", async () => {
    const handle = await start("completedElsewhere");
    const token = await startedTokens.get(handle.workflowId);
    await client.activity.complete(token, "first");
    await handle.result();
    await assert.rejects(client.activity.complete(token, "second"), {
      name: "ActivityNotFoundError",
    });
  });
});

describe("local activities", { concurrency: true, timeout: 15_000 }, () => {
  it("retries within the workflow task", async () => {
    const handle = await start("localRetry", "10s");
    assert.equal(await handle.result(), 3);
    assert.ok(!(await eventsOf(handle)).includes("timerStartedEventAttributes"));
  });

  it("waits for a long back-off with a timer", async () => {
    const handle = await start("localRetry", "10ms");
    assert.equal(await handle.result(), 3);
    const events = await eventsOf(handle);
    assert.equal(events.filter((event) => event === "timerFiredEventAttributes").length, 2);
    assert.ok(events.filter((event) => event === "markerRecordedEventAttributes").length >= 1);
  });

  it("keeps the workflow task alive while it runs longer than that", async () => {
    const handle = await startWith("localOfSeconds", { workflowTaskTimeout: "1s" });
    assert.equal(await handle.result(), "slept");
    assert.equal((await attributesOf(handle, "workflowTaskTimedOut")).length, 0);
  });
});
