import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ScheduleOverlapPolicy,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import { timestampMs, toDuration, toTimestamp } from "../wire-time.js";
import { nextScheduleWakeMs } from "./advance.js";
import { endSchedule, patchSchedule, wakeSchedule } from "./change-schedule.js";
import { noteStop } from "./follow-actions.js";
import { futureTimes } from "./schedule-times.js";

import { HOUR_MS, HOURLY, Scene, START_MS } from "./testing/scene.js";

describe("a schedule", () => {
  it("acts at its times, never before", () => {
    const scene = new Scene({ policies: { overlapPolicy: ScheduleOverlapPolicy.ALLOW_ALL } });
    scene.passTo(START_MS + HOUR_MS - 1);
    assert.equal(scene.actionCount, 0);
    scene.passTo(START_MS + 3 * HOUR_MS);
    assert.equal(scene.actionCount, 3);
    const times = scene.state.info.recentActions?.map(({ scheduleTime }) =>
      timestampMs(scheduleTime),
    );
    assert.deepEqual(
      times,
      [1, 2, 3].map((hours) => START_MS + hours * HOUR_MS),
    );
  });

  it("takes late what came due while the server was down, within the catch-up window", () => {
    const policies = {
      overlapPolicy: ScheduleOverlapPolicy.ALLOW_ALL,
      catchupWindow: toDuration(2.5 * HOUR_MS),
    };
    const scene = new Scene({ policies });
    scene.nowMs = START_MS + 5 * HOUR_MS;
    scene.apply(wakeSchedule(scene.state, scene.environment));
    assert.equal(scene.startAll().length, 3);
    assert.equal(scene.state.info.missedCatchupWindow, 2n);
    scene.apply(wakeSchedule(scene.state, scene.environment));
    assert.equal(scene.state.info.missedCatchupWindow, 2n);
  });

  it("counts what is missed when nothing is left to be taken", () => {
    const spec = { ...HOURLY, endTime: toTimestamp(START_MS + 2 * HOUR_MS) };
    const scene = new Scene({ spec, policies: { catchupWindow: toDuration(10_000) } });
    scene.nowMs = START_MS + 9 * HOUR_MS;
    scene.apply(wakeSchedule(scene.state, scene.environment));
    assert.equal(scene.state.info.missedCatchupWindow, 2n);
    assert.equal(scene.state.starting.length, 0);
  });

  it("does nothing while it is paused, and does not make up for it", () => {
    const scene = new Scene();
    const request = { requestId: "", environment: scene.environment };
    scene.apply(patchSchedule(scene.state, { pause: "stop" }, request));
    assert.equal(scene.state.conflictToken, 2);
    assert.equal(nextScheduleWakeMs(scene.state), undefined);
    scene.nowMs = START_MS + 5.5 * HOUR_MS;
    const later = { requestId: "", environment: scene.environment };
    scene.apply(patchSchedule(scene.state, { unpause: "go" }, later));
    assert.equal(scene.state.starting.length, 0);
    assert.equal(nextScheduleWakeMs(scene.state), START_MS + 6 * HOUR_MS);
  });

  it("takes no more actions than it may", () => {
    const scene = new Scene({
      state: { limitedActions: true, remainingActions: 2n },
      policies: { overlapPolicy: ScheduleOverlapPolicy.ALLOW_ALL },
    });
    assert.equal(futureTimes(scene.state, 10).length, 2);
    scene.passTo(START_MS + 9 * HOUR_MS);
    assert.equal(scene.actionCount, 2);
    assert.equal(scene.state.schedule.state?.remainingActions, 0n);
    scene.trigger();
    assert.equal(scene.startAll().length, 1);
  });

  it("forgets a request that it has seen", () => {
    const scene = new Scene();
    scene.trigger(ScheduleOverlapPolicy.ALLOW_ALL, "request");
    scene.trigger(ScheduleOverlapPolicy.ALLOW_ALL, "request");
    assert.equal(scene.state.starting.length, 1);
  });

  it("ends seven days after the last thing that it could do", () => {
    const spec = { ...HOURLY, endTime: toTimestamp(START_MS + HOUR_MS) };
    const scene = new Scene({ spec });
    scene.passTo(START_MS + 2 * HOUR_MS);
    const endMs = START_MS + HOUR_MS + 7 * 24 * HOUR_MS;
    assert.equal(nextScheduleWakeMs(scene.state), endMs);
    scene.passTo(endMs);
    assert.ok(scene.state.isEnded);
  });

  it("drops what it was about to do when it is deleted", () => {
    const scene = new Scene();
    scene.trigger();
    scene.apply(endSchedule(scene.state, scene.environment));
    assert.equal(scene.state.starting.length, 0);
    assert.ok(scene.state.isEnded);
  });
});

describe("overlap policies", () => {
  const running = (policy: ScheduleOverlapPolicy): Scene => {
    const scene = new Scene({ policies: { overlapPolicy: policy } });
    scene.trigger();
    scene.startAll();
    scene.trigger();
    scene.refresh([]);
    return scene;
  };

  it("skip what overlaps", () => {
    const scene = running(ScheduleOverlapPolicy.SKIP);
    assert.equal(scene.state.info.overlapSkipped, 1n);
    assert.equal(scene.state.buffered.length, 0);
  });

  it("keep one, or all, until what runs has ended", () => {
    for (const [policy, count] of [
      [ScheduleOverlapPolicy.BUFFER_ONE, 1],
      [ScheduleOverlapPolicy.BUFFER_ALL, 2],
    ] as const) {
      const scene = running(policy);
      scene.trigger();
      scene.refresh([]);
      assert.equal(scene.state.buffered.length, count);
      scene.end(0, WorkflowExecutionStatus.COMPLETED);
      assert.equal(scene.startAll().length, 1);
      assert.equal(scene.state.buffered.length, count - 1);
    }
  });

  it("ask what runs to end, once, and start when it has", () => {
    for (const [policy, isTerminate] of [
      [ScheduleOverlapPolicy.CANCEL_OTHER, false],
      [ScheduleOverlapPolicy.TERMINATE_OTHER, true],
    ] as const) {
      const scene = running(policy);
      const [stop] = scene.state.stops;
      assert.equal(stop?.isTerminate, isTerminate);
      scene.apply(noteStop(scene.state, stop?.requestId ?? ""));
      scene.apply(wakeSchedule(scene.state, scene.environment));
      scene.refresh([]);
      assert.deepEqual(
        scene.state.stops.map(({ isDone }) => isDone),
        [true],
      );
      scene.end(0, WorkflowExecutionStatus.CANCELED);
      assert.equal(scene.startAll().length, 1);
      assert.deepEqual(scene.state.stops, []);
    }
  });

  it("start beside what runs, which nothing then waits for", () => {
    const scene = running(ScheduleOverlapPolicy.ALLOW_ALL);
    assert.equal(scene.startAll().length, 1);
    assert.equal(scene.runningCount, 0);
  });

  it("look at what runs before they decide", () => {
    const scene = new Scene();
    scene.trigger();
    scene.startAll();
    scene.trigger();
    assert.ok(scene.state.needsRefresh);
    assert.equal(scene.state.info.overlapSkipped ?? 0n, 0n);
    const [first] = scene.state.info.runningWorkflows ?? [];
    const end = { workflowId: first?.workflowId ?? "", firstRunId: first?.runId ?? "" };
    const gone = { status: WorkflowExecutionStatus.UNSPECIFIED, result: undefined };
    scene.refresh([{ ...end, ...gone, failure: undefined }]);
    assert.equal(scene.startAll().length, 1);
  });
});
