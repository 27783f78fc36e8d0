import { heartbeatActivity, isActivityTaskCurrent } from "../workflow/activity.js";
import {
  type ActivityOptionsInput,
  type ActivityPauseInput,
  type ActivityResetInput,
  type ActivitySelector,
  type ActivityUnpauseInput,
  pauseActivities,
  resetActivities,
  unpauseActivities,
  updateActivityOptions,
} from "../workflow/activity-operations.js";
import { type ActivityOptions, maskedFields } from "../workflow/activity-options.js";
import { type Activity, activityOf } from "../workflow/run-state.js";
import type { TestRun } from "./test-run.js";

export const A1: ActivitySelector = { kind: "id", activityId: "a1" };
const PAUSE = { selector: A1, identity: "operator", reason: "a break", requestId: "pause-1" };
const UNPAUSE = {
  selector: A1,
  resetAttempts: false,
  resetHeartbeat: false,
  drawDelayMs: () => 0,
};
const RESET = {
  selector: A1,
  resetHeartbeat: false,
  keepPaused: false,
  restoreOptions: false,
  drawDelayMs: () => 0,
};

export function pause(run: TestRun, more: Partial<ActivityPauseInput> = {}): void {
  run.apply(pauseActivities(run.state, { ...PAUSE, ...more }, run.environment));
}

export function unpause(run: TestRun, more: Partial<ActivityUnpauseInput> = {}): void {
  run.apply(unpauseActivities(run.state, { ...UNPAUSE, ...more }, run.environment));
}

export function reset(run: TestRun, more: Partial<ActivityResetInput> = {}): void {
  run.apply(resetActivities(run.state, { ...RESET, ...more }, run.environment));
}

export function change(run: TestRun, input: Partial<ActivityOptionsInput>): ActivityOptions {
  const whole = { selector: A1, change: { kind: "restore" }, ...input } as const;
  const changed = updateActivityOptions(run.state, whole, run.environment);
  run.apply(changed.step);
  return changed.options;
}

export function merge(options: ActivityOptions, ...paths: readonly string[]): ActivityOptionsInput {
  const fields = maskedFields({ paths });
  return { selector: A1, change: { kind: "merge", options, fields } };
}

export function a1(run: TestRun): Activity {
  return activityOf(run.state, 5);
}

/** Whether the row that was written for the stamp would be handed out. */
export function isCurrent(run: TestRun, stamp: number): boolean {
  const start = { scheduledEventId: 5, stamp, identity: "w", requestId: "r" };
  return isActivityTaskCurrent(run.state, start);
}

/** What the worker of a1 is told in answer to a heartbeat. */
export function flags(
  run: TestRun,
  target: ReturnType<TestRun["startActivity"]>,
): readonly boolean[] {
  const beat = heartbeatActivity(run.state, { target, details: undefined }, run.environment);
  return [beat.isCancelRequested, beat.isPaused, beat.isReset];
}
