import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NotFoundError } from "@perdure/kernel";
import { VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import type { WorkflowExecutionOptionsInit } from "@perdure/proto/temporal/api/workflow/v1";
import { completeWorkflow } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import { idleRun } from "../testing/update-run.js";
import { updateRunOptions } from "./change-options.js";
import { priorityOfRun, versioningOverrideOf } from "./run-state.js";

function change(
  run: TestRun,
  options: WorkflowExecutionOptionsInit,
  ...paths: readonly string[]
): WorkflowExecutionOptionsInit {
  const input = { options, paths, identity: "client-1" };
  const changed = updateRunOptions(run.state, input, run.environment);
  run.apply(changed.step);
  return changed.options;
}

describe("updateRunOptions()", () => {
  it("changes what the mask names and keeps the rest", () => {
    const run = idleRun({ request: { priority: { priorityKey: 2, fairnessKey: "f" } } });
    const options = change(run, { priority: { priorityKey: 4 } }, "priority.priority_key");
    assert.equal(options.priority?.priorityKey, 4);
    assert.equal(priorityOfRun(run.state)?.priorityKey, 4);
    run.keepSnapshot();
    run.reload();
    assert.equal(priorityOfRun(run.state)?.fairnessKey, "f");
  });

  it("writes no event when nothing changes", () => {
    const run = idleRun();
    change(run, { priority: { priorityKey: 2 } }, "priority");
    const { nextEventId } = run.state;
    change(run, { priority: { priorityKey: 2 } }, "priority");
    change(run, { priority: { priorityKey: 5 } });
    assert.equal(run.state.nextEventId, nextEventId);
  });

  it("sets an override of the old form and takes it away", () => {
    const run = idleRun();
    const behavior = VersioningBehavior.AUTO_UPGRADE;
    change(run, { versioningOverride: { behavior } }, "versioning_override");
    assert.equal(versioningOverrideOf(run.state)?.override?.kind, "autoUpgrade");
    change(run, {}, "versioning_override");
    assert.equal(versioningOverrideOf(run.state), undefined);
    assert.equal(run.last("WorkflowExecutionOptionsUpdated").unsetVersioningOverride, true);
  });

  it("offers a waiting workflow task again with the new priority", () => {
    const run = new TestRun();
    change(run, { priority: { priorityKey: 1 } }, "priority");
    assert.equal(run.offers[0]?.priority, 1);
  });

  it("waits for the running workflow task, and counts at once", () => {
    const run = new TestRun();
    run.startTask();
    change(run, { priority: { priorityKey: 1 } }, "priority");
    assert.equal(run.state.nextEventId, 4);
    assert.equal(priorityOfRun(run.state)?.priorityKey, 1);
    run.complete();
    assert.ok(run.names(4).includes("WorkflowExecutionOptionsUpdated"));
  });

  const refused = [
    ["versioning_override.behavior", /fields must be updated together/],
    ["versioning_override.deployment", /fields must be updated together/],
    ["versioning_override.pinned", /doesn't support partial updates/],
    ["time_skipping_config.enabled", /doesn't support partial update/],
    ["nothing", /proto: invalid path "nothing" for message/],
  ] as const;
  for (const [path, message] of refused) {
    it(`refuses the path ${path}`, () => {
      assert.throws(() => change(idleRun(), {}, path), message);
    });
  }

  it("refuses a run that has closed", () => {
    const run = new TestRun();
    run.runTask([completeWorkflow()]);
    assert.throws(() => change(run, {}, "priority"), NotFoundError);
  });
});
