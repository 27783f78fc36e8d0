import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toDuration } from "../wire-time.js";
import {
  activitiesWakeMs,
  deleteActivity,
  refreshBound,
  setActivity,
} from "./activity-deadlines.js";
import { firstAttempt } from "./first-attempt.js";
import { type Activity, emptyRun, type RunDraft } from "./run-state.js";

const COUNT = 100;
const IDENTITY = { namespaceId: "n", workflowId: "w", runId: "r" };

/** An activity that was scheduled at 0 and must start by `atMs`. */
function activity(scheduledEventId: number, atMs: number): Activity {
  return {
    scheduledEventId,
    scheduled: { scheduleToStartTimeout: toDuration(atMs) },
    scheduledTimeMs: 0,
    progress: firstAttempt({ eventId: scheduledEventId, timeMs: 0 }),
  };
}

/** A draft with activities 1 to 100, of which each is due a second after the one before. */
function manyActivities(): RunDraft {
  const draft: RunDraft = { ...emptyRun(IDENTITY) };
  for (let id = 1; id <= COUNT; id++) setActivity(draft, activity(id, id * 1000));
  return draft;
}

describe("activitiesWakeMs()", () => {
  it("is the earliest deadline", () => {
    assert.equal(activitiesWakeMs(manyActivities().activities), 1000);
  });

  it("is undefined when nothing is due ever", () => {
    assert.equal(activitiesWakeMs(emptyRun(IDENTITY).activities), undefined);
  });

  it("moves forward with a new activity that is due earlier", () => {
    const draft = manyActivities();
    activitiesWakeMs(draft.activities);
    setActivity(draft, activity(COUNT + 1, 500));
    assert.equal(activitiesWakeMs(draft.activities), 500);
  });

  it("is never later than the earliest deadline, and exact again after a look at all", () => {
    const draft = manyActivities();
    activitiesWakeMs(draft.activities);
    deleteActivity(draft, 1);
    assert.ok((activitiesWakeMs(draft.activities) ?? Infinity) <= 2000);
    refreshBound(draft.activities);
    assert.equal(activitiesWakeMs(draft.activities), 2000);
  });

  it("is exact at once for few activities", () => {
    const draft: RunDraft = { ...emptyRun(IDENTITY) };
    setActivity(draft, activity(1, 1000));
    setActivity(draft, activity(2, 2000));
    activitiesWakeMs(draft.activities);
    deleteActivity(draft, 1);
    assert.equal(activitiesWakeMs(draft.activities), 2000);
  });

  it("does not mix up two futures of one state", () => {
    const draft = manyActivities();
    activitiesWakeMs(draft.activities);
    const other: RunDraft = { ...draft };
    setActivity(other, activity(COUNT + 1, 500));
    assert.equal(activitiesWakeMs(draft.activities), 1000);
    assert.equal(activitiesWakeMs(other.activities), 500);
  });
});
