import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ScheduleOverlapPolicy,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import type { ScheduleInit } from "@perdure/proto/temporal/api/schedule/v1";
import { toDuration, toTimestamp } from "../wire-time.js";
import { nextScheduleWakeMs } from "./advance.js";
import { patchSchedule, updateSchedule } from "./change-schedule.js";
import { futureTimes } from "./schedule-times.js";

import { HOUR_MS, HOURLY, Scene, START_MS } from "./testing/scene.js";

describe("results of a schedule's workflows", () => {
  it("go to the next one", () => {
    const scene = new Scene();
    scene.trigger();
    scene.startAll();
    scene.end(0, WorkflowExecutionStatus.COMPLETED);
    assert.notEqual(scene.state.lastCompletionResult, undefined);
    scene.trigger();
    scene.startAll();
    scene.end(0, WorkflowExecutionStatus.FAILED, "no luck");
    assert.equal(scene.state.continuedFailure?.message, "no luck");
    assert.notEqual(scene.state.lastCompletionResult, undefined);
  });

  it("pause it when they are failures and it is to be paused", () => {
    const scene = new Scene({ policies: { pauseOnFailure: true } });
    scene.trigger();
    scene.startAll();
    scene.end(0, WorkflowExecutionStatus.FAILED, "no luck");
    assert.equal(scene.state.schedule.state?.paused, true);
    assert.match(scene.state.schedule.state?.notes ?? "", /failure: w-.*: no luck/);
  });
});

describe("a backfill", () => {
  const backfill = (scene: Scene, overlapPolicy: ScheduleOverlapPolicy, hours: number): void => {
    const startTime = toTimestamp(START_MS - hours * HOUR_MS);
    const endTime = toTimestamp(START_MS - HOUR_MS);
    const request = { requestId: "", environment: scene.environment };
    const backfillRequest = [{ startTime, endTime, overlapPolicy }];
    scene.apply(patchSchedule(scene.state, { backfillRequest }, request));
  };

  it("takes both ends, ten at a time", () => {
    const scene = new Scene();
    backfill(scene, ScheduleOverlapPolicy.ALLOW_ALL, 25);
    assert.equal(scene.startAll().length, 10);
    assert.equal(nextScheduleWakeMs(scene.state), scene.nowMs + 1000);
    scene.passTo(scene.nowMs + 10_000);
    assert.equal(scene.actionCount, 25);
    assert.equal(scene.state.backfills.length, 0);
  });

  it("goes on when what it has started ends", () => {
    const scene = new Scene();
    backfill(scene, ScheduleOverlapPolicy.BUFFER_ALL, 12);
    for (let count = 0; count < 12; count++) {
      assert.equal(scene.startAll().length, 1, `action ${count}`);
      scene.end(0, WorkflowExecutionStatus.COMPLETED);
      if (scene.state.needsRefresh) scene.refresh([]);
    }
    assert.equal(scene.actionCount, 12);
    assert.equal(scene.runningCount, 0);
  });
});

describe("updateSchedule()", () => {
  const schedule: ScheduleInit = {
    spec: HOURLY,
    state: { notes: "new" },
    action: { action: { kind: "startWorkflow", value: { workflowId: "w" } } },
  };

  it("ignores an update that does not know of the last change", () => {
    const scene = new Scene();
    const update = { schedule, searchAttributes: undefined, requestId: "" };
    scene.apply(updateSchedule(scene.state, { ...update, conflictToken: 7 }, scene.environment));
    assert.equal(scene.state.schedule.state?.notes ?? "", "");
    scene.apply(updateSchedule(scene.state, { ...update, conflictToken: 1 }, scene.environment));
    assert.equal(scene.state.schedule.state?.notes, "new");
    assert.equal(scene.state.conflictToken, 2);
  });

  it("takes no action for times of the new specification that have passed", () => {
    const scene = new Scene();
    scene.nowMs = START_MS + 0.51 * HOUR_MS;
    const spec = { interval: [{ interval: toDuration(HOUR_MS / 6) }] };
    const update = { schedule: { ...schedule, spec }, searchAttributes: undefined };
    const request = { ...update, requestId: "", conflictToken: 0 };
    scene.apply(updateSchedule(scene.state, request, scene.environment));
    assert.equal(scene.state.starting.length, 0);
    assert.equal(nextScheduleWakeMs(scene.state), START_MS + (HOUR_MS / 6) * 4);
  });
});

describe("jitter", () => {
  it("moves an action later, the same way each time, and not beyond the next", () => {
    const spec = { ...HOURLY, jitter: toDuration(10 * HOUR_MS) };
    const scene = new Scene({ spec });
    const times = futureTimes(scene.state, 20);
    assert.deepEqual(times, futureTimes(scene.state, 20));
    const offsets = times.map((atMs, index) => atMs - (START_MS + (index + 1) * HOUR_MS));
    assert.ok(offsets.every((offsetMs) => offsetMs >= 0 && offsetMs <= HOUR_MS));
    assert.ok(new Set(offsets).size > 5);
  });
});
