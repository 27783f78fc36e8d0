import type { ScheduleActivityTaskCommandAttributesInit } from "@perdure/proto/temporal/api/command/v1";
import type { PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import { toDuration } from "../wire-time.js";
import {
  type ActivityTarget,
  cancelActivity,
  completeActivity,
  failActivity,
  heartbeatActivity,
} from "../workflow/activity.js";
import { scheduleActivity } from "./commands.js";
import { TestRun, type TestStart } from "./test-run.js";

export const BY_ID: ActivityTarget = { kind: "id", activityId: "a1" };
export const PROGRESS: PayloadsInit = { payloads: [{ data: Buffer.from("half") }] };
export const FAILURE: FailureInit = { message: "no luck" };

/** A run whose first workflow task scheduled the activity "a1"; its scheduled event is 5. */
export function runWith(
  more: ScheduleActivityTaskCommandAttributesInit = {},
  start: TestStart = {},
): TestRun {
  const run = new TestRun(start);
  run.runTask([scheduleActivity("a1", more)]);
  return run;
}

export function complete(run: TestRun, target: ActivityTarget, result?: PayloadsInit): void {
  const completion = { target, result, identity: "worker-1" };
  run.apply(completeActivity(run.state, completion, run.environment));
}

export function fail(run: TestRun, target: ActivityTarget, failure: FailureInit = FAILURE): void {
  const failed = { target, failure, identity: "worker-1", lastHeartbeatDetails: undefined };
  run.apply(failActivity(run.state, failed, run.environment));
}

export function heartbeat(run: TestRun, target: ActivityTarget, details?: PayloadsInit): boolean {
  const beat = heartbeatActivity(run.state, { target, details }, run.environment);
  run.apply(beat.step);
  return beat.isCancelRequested;
}

export function cancel(run: TestRun, target: ActivityTarget): void {
  const canceled = { target, details: PROGRESS, identity: "worker-1" };
  run.apply(cancelActivity(run.state, canceled, run.environment));
}

export function application(more: {
  type?: string;
  nonRetryable?: boolean;
  delayMs?: number;
}): FailureInit {
  const { type = "Declined", nonRetryable = false, delayMs } = more;
  const nextRetryDelay = delayMs === undefined ? undefined : toDuration(delayMs);
  const value = { type, nonRetryable, nextRetryDelay };
  return { message: "no", failureInfo: { kind: "applicationFailureInfo", value } };
}
