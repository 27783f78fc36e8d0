import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { completeWorkflow, scheduleActivity } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import { terminateRun } from "./messages.js";

function terminate(run: TestRun): void {
  const input = { reason: "", details: undefined, identity: "client-1" };
  run.apply(terminateRun(run.state, input, run.environment));
}

describe("what a closed run leaves", () => {
  it("is nothing when all was done", () => {
    const run = new TestRun();
    run.runTask([completeWorkflow()]);
    assert.equal(run.state.uncommon.leftover, undefined);
  });

  it("is its pending activities, as they were", () => {
    const run = new TestRun();
    run.runTask([scheduleActivity("a1"), scheduleActivity("a2")]);
    run.startActivity("a1");
    run.keepSnapshot();
    terminate(run);
    run.keepSnapshot();
    run.reload();
    const left = run.state.uncommon.leftover?.activities;
    assert.equal(left?.size, 2);
    assert.notEqual(left?.get(5)?.progress.startedAtMs, 0);
    assert.equal(left?.get(6)?.progress.startedAtMs, 0);
    assert.equal(run.state.activities.size, 0);
  });

  it("is a workflow task that nobody took, but none that a worker held", () => {
    const waiting = new TestRun();
    terminate(waiting);
    assert.equal(waiting.state.uncommon.leftover?.workflowTask?.scheduledEventId, 2);
    const held = new TestRun();
    held.startTask();
    terminate(held);
    assert.equal(held.state.uncommon.leftover, undefined);
  });
});
