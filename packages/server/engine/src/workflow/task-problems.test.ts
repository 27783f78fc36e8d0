import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { TestRun, WORKFLOW_TASK_TIMEOUT_MS } from "../testing/test-run.js";
import { toDuration } from "../wire-time.js";
import { listedSearchAttributes } from "./listed-attributes.js";

const FAILED = ["category=WorkflowTaskFailed", "cause=WorkflowTaskFailedCauseUnspecified"];
const TIMED_OUT = ["category=WorkflowTaskTimedOut", "cause=WorkflowTaskTimedOutCauseStartToClose"];

function runWith(problemsReported: number): TestRun {
  const run = new TestRun({ limits: { problemsReported } });
  run.keepSnapshot();
  return run;
}

function failTask(
  run: TestRun,
  cause: WorkflowTaskFailedCause = WorkflowTaskFailedCause.UNSPECIFIED,
): void {
  run.startTask();
  run.failTask(cause);
}

function reported(run: TestRun): unknown {
  const fields = listedSearchAttributes(run.state)?.indexedFields;
  const payload = fields?.get("TemporalReportedProblems");
  return payload === undefined ? undefined : JSON.parse(Buffer.from(payload.data ?? []).toString());
}

describe("reported problems", () => {
  it("come with as many failed attempts as the limit", () => {
    const run = runWith(2);
    failTask(run);
    assert.equal(reported(run), undefined);
    failTask(run);
    assert.deepEqual(reported(run), FAILED);
  });

  it("name the last problem that has an event", () => {
    const run = runWith(2);
    failTask(run);
    failTask(run, WorkflowTaskFailedCause.NON_DETERMINISTIC_ERROR);
    assert.deepEqual(reported(run), FAILED);
  });

  it("tell of timeouts", () => {
    const run = runWith(1);
    run.startTask();
    run.advance(WORKFLOW_TASK_TIMEOUT_MS);
    assert.deepEqual(reported(run), TIMED_OUT);
  });

  it("count on when events between make each attempt a first one", () => {
    const run = runWith(2);
    for (const name of ["one", "two"]) {
      run.startTask();
      run.signal(name);
      run.failTask(WorkflowTaskFailedCause.UNSPECIFIED);
    }
    assert.equal(run.state.workflowTask?.attempt, 1);
    assert.deepEqual(reported(run), FAILED);
  });

  it("do not count an attempt on a sticky queue", () => {
    const run = runWith(1);
    const scheduleToStartTimeout = toDuration(5000);
    const workerTaskQueue = { name: "sticky", normalName: "orders" };
    run.runTask([], { stickyAttributes: { workerTaskQueue, scheduleToStartTimeout } });
    run.signal("news");
    failTask(run);
    assert.equal(reported(run), undefined);
  });

  it("go with the next success, and the list is told", () => {
    const run = runWith(1);
    failTask(run);
    assert.equal(run.runTask().isListChanged, true);
    assert.equal(reported(run), undefined);
  });

  it("are never told when the limit is 0", () => {
    const run = runWith(0);
    for (let attempt = 1; attempt <= 6; attempt += 1) failTask(run);
    assert.equal(reported(run), undefined);
    assert.equal(run.state.uncommon.taskProblems.count, 6);
  });
});
