import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VersioningBehavior, WorkerVersioningMode } from "@perdure/proto/temporal/api/enums/v1";
import { VersioningOverride_PinnedOverrideBehavior } from "@perdure/proto/temporal/api/workflow/v1";
import { scheduleActivity } from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import type { VersionName } from "../version-name.js";
import { updateRunOptions } from "./change-options.js";
import { listedSearchAttributes } from "./listed-attributes.js";
import { effectiveBehavior, effectiveVersion, taskDirective } from "./run-versioning.js";
import { Step } from "./step.js";
import { isInTransition, moveForActivity } from "./version-transition.js";
import type { StartVersioning } from "./worker-version.js";
import { startWorkflowTask } from "./workflow-task.js";

const ONE = { deploymentName: "pay", buildId: "1" };
const TWO = { deploymentName: "pay", buildId: "2" };
const { AUTO_UPGRADE, PINNED, UNSPECIFIED } = VersioningBehavior;

function startFor(run: TestRun, worker: VersionName | undefined, target = worker): void {
  const step = new Step(run.state, run.environment);
  const versioning: StartVersioning = { worker, target: { version: target, revision: 7 } };
  startWorkflowTask(step, { identity: "worker-1", requestId: "poll", versioning });
  run.apply(step.finish());
}

function answer(version: VersionName, versioningBehavior: VersioningBehavior) {
  const workerVersioningMode = WorkerVersioningMode.VERSIONED;
  return { deploymentOptions: { ...version, workerVersioningMode }, versioningBehavior };
}

/** A run that a worker of version 1 has worked on. */
function workedRun(behavior: VersioningBehavior): TestRun {
  const run = new TestRun();
  startFor(run, ONE);
  run.complete([], answer(ONE, behavior));
  return run;
}

function buildIdsOf(run: TestRun): string | undefined {
  const data = listedSearchAttributes(run.state)?.indexedFields?.get("BuildIds")?.data;
  return data && Buffer.from(data).toString();
}

describe("a run whose workers have versions", () => {
  it("moves to the version of its first worker with the first workflow task", () => {
    const run = new TestRun();
    assert.equal(taskDirective(run.state), undefined);
    startFor(run, ONE);
    assert.ok(isInTransition(run.state));
    assert.deepEqual(effectiveVersion(run.state), ONE);
    run.complete([], answer(ONE, PINNED));
    assert.ok(!isInTransition(run.state));
    const expected = { isPinned: true, version: ONE, usesRamping: false };
    assert.deepEqual(taskDirective(run.state), expected);
    assert.equal(buildIdsOf(run), '["pinned:pay:1"]');
    run.keepSnapshot();
    run.reload();
    assert.deepEqual(taskDirective(run.state), expected);
  });

  it("is told of a newer version, and stays, while it is pinned", () => {
    const run = workedRun(PINNED);
    run.signal("go");
    startFor(run, ONE, TWO);
    const started = run.last("WorkflowTaskStarted");
    assert.equal(started.targetWorkerDeploymentVersionChanged, true);
    assert.ok(!isInTransition(run.state));
  });

  it("moves on with its deployment, without its sticky worker, when it upgrades", () => {
    const run = workedRun(AUTO_UPGRADE);
    run.signal("go");
    startFor(run, TWO);
    assert.deepEqual(effectiveVersion(run.state), TWO);
    run.complete([], answer(TWO, AUTO_UPGRADE));
    assert.equal(run.state.uncommon.versioning?.revision, 7);
    assert.deepEqual(run.state.uncommon.versioning?.usedVersions, ["pay:1", "pay:2"]);
  });

  it("gets another task when a worker of the old version ends its own", () => {
    const run = workedRun(AUTO_UPGRADE);
    run.signal("go");
    startFor(run, ONE);
    const step = new Step(run.state, run.environment);
    moveForActivity(step, { worker: TWO, target: { version: TWO, revision: 8 } });
    run.apply(step.finish());
    run.complete([], answer(ONE, AUTO_UPGRADE));
    assert.ok(isInTransition(run.state));
    assert.equal(run.state.workflowTask?.startedEventId, 0, "A task waits for the new version");
  });

  it("offers its activities anew where they go by now", () => {
    const run = new TestRun();
    startFor(run, ONE);
    const command = scheduleActivity("a");
    run.complete([command], answer(ONE, AUTO_UPGRADE));
    run.signal("go");
    startFor(run, TWO);
    run.complete([], answer(TWO, AUTO_UPGRADE));
    const [offer] = run.offers;
    assert.equal(offer?.kind, "activity");
    assert.deepEqual(offer?.directive?.version, TWO);
  });

  it("has no version any more once workers without one take over", () => {
    const run = workedRun(AUTO_UPGRADE);
    run.signal("go");
    startFor(run, undefined);
    assert.ok(isInTransition(run.state));
    run.complete();
    assert.equal(effectiveBehavior(run.state), UNSPECIFIED);
    assert.equal(taskDirective(run.state), undefined);
    assert.equal(buildIdsOf(run), '["unversioned"]');
  });

  it("belongs to the version that an override names", () => {
    const run = workedRun(AUTO_UPGRADE);
    const { PINNED: behavior } = VersioningOverride_PinnedOverrideBehavior;
    const override = { kind: "pinned" as const, value: { behavior, version: TWO } };
    const options = { versioningOverride: { override } };
    const change = { options, paths: ["versioning_override"], identity: "me" };
    run.apply(updateRunOptions(run.state, change, run.environment).step);
    assert.equal(effectiveBehavior(run.state), PINNED);
    assert.deepEqual(effectiveVersion(run.state), TWO);
    assert.equal(buildIdsOf(run), '["pinned:pay:2"]');
  });

  it("ends an override for one move with the task that moves it", () => {
    const run = workedRun(PINNED);
    const value = { targetDeploymentVersion: TWO };
    const options = { versioningOverride: { override: { kind: "oneTime" as const, value } } };
    const change = { options, paths: ["versioning_override"], identity: "me" };
    run.apply(updateRunOptions(run.state, change, run.environment).step);
    run.signal("go");
    startFor(run, TWO);
    run.complete([], answer(TWO, AUTO_UPGRADE));
    assert.equal(effectiveBehavior(run.state), AUTO_UPGRADE);
    assert.deepEqual(effectiveVersion(run.state), TWO);
  });

  it("refuses a behaviour without a version", () => {
    const run = new TestRun();
    run.startTask();
    assert.throws(
      () => run.complete([], { versioningBehavior: PINNED }),
      /versioning behavior cannot be specified without deployment options/,
    );
  });
});
