import type { DurationInit } from "@perdure/proto/google/protobuf";
import type { RunLimits } from "./run-limits.js";

/** Longest duration that is kept as it is given: a hundred years of 365 days. */
const DURATION_SECONDS_MAX = 3_153_600_000n;

/** Longest time that a worker may have for a workflow task. */
const WORKFLOW_TASK_TIMEOUT_MS_MAX = 120_000;

/** A run's timeout in milliseconds: at most that of its chain. 0 is none, for both. */
export function runTimeoutMs(wantedMs: number, executionTimeoutMs: number): number {
  if (executionTimeoutMs === 0) return wantedMs;
  return wantedMs === 0 ? executionTimeoutMs : Math.min(wantedMs, executionTimeoutMs);
}

/** The time for a workflow task in milliseconds; a wish of 0 is the default. */
export function taskTimeoutMs(
  wantedMs: number,
  runMs: number,
  limits: Pick<RunLimits, "workflowTaskTimeoutMsDefault">,
): number {
  const chosenMs = wantedMs === 0 ? limits.workflowTaskTimeoutMsDefault : wantedMs;
  const cappedMs = Math.min(chosenMs, WORKFLOW_TASK_TIMEOUT_MS_MAX);
  return runMs === 0 ? cappedMs : Math.min(cappedMs, runMs);
}

/** A duration, or the longest one that is kept when it is longer. */
export function capDuration(duration: DurationInit | undefined): DurationInit | undefined {
  if (duration === undefined || (duration.seconds ?? 0n) < DURATION_SECONDS_MAX) return duration;
  return { seconds: DURATION_SECONDS_MAX };
}
