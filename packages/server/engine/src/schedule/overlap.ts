import { ScheduleOverlapPolicy } from "@perdure/proto/temporal/api/enums/v1";
import type { ScheduleStart } from "./schedule-state.js";

/** What the overlap policies make of the actions that wait. */
export interface OverlapPlan {
  /** Started now, beside whatever runs. */
  readonly overlapping: readonly ScheduleStart[];
  /** Started now, as the only one. */
  readonly single: ScheduleStart | undefined;
  /** Left waiting. */
  readonly buffer: readonly ScheduleStart[];
  /** What is to be done with what runs: a request to terminate outranks one to cancel. */
  readonly stop: "cancel" | "terminate" | undefined;
  readonly skippedCount: number;
}

/**
 * Decides on every action that waits, in their order. Policies may differ: a trigger or a backfill
 * has one of its own.
 *
 * @param isRunning - Whether something runs that was started as the only one.
 * @param policyOf - The policy of an action, never UNSPECIFIED.
 */
export function planOverlap(
  waiting: readonly ScheduleStart[],
  isRunning: boolean,
  policyOf: (start: ScheduleStart) => ScheduleOverlapPolicy,
): OverlapPlan {
  const draft: PlanDraft = { buffer: [], single: undefined, stops: new Set(), skippedCount: 0 };
  const overlapping: ScheduleStart[] = [];
  for (const start of waiting) {
    const policy = policyOf(start);
    if (policy === ScheduleOverlapPolicy.ALLOW_ALL) overlapping.push(start);
    else if (!isRunning && draft.single === undefined) draft.single = start;
    else overlap(draft, { start, policy, isRunning });
  }
  const { buffer, single, stops, skippedCount } = draft;
  const stop = stops.has("terminate") ? "terminate" : stops.has("cancel") ? "cancel" : undefined;
  // What would be started beside the one that is ended would be ended with it.
  return {
    overlapping: stop === undefined ? overlapping : [],
    single,
    buffer,
    stop,
    skippedCount,
  };
}

interface PlanDraft {
  readonly buffer: ScheduleStart[];
  single: ScheduleStart | undefined;
  readonly stops: Set<"cancel" | "terminate">;
  skippedCount: number;
}

/** Decides on an action that overlaps with what runs, or with what is to be started. */
function overlap(
  draft: PlanDraft,
  {
    start,
    policy,
    isRunning,
  }: {
    readonly start: ScheduleStart;
    readonly policy: ScheduleOverlapPolicy;
    readonly isRunning: boolean;
  },
): void {
  switch (policy) {
    case ScheduleOverlapPolicy.BUFFER_ONE:
      if (draft.buffer.length === 0) draft.buffer.push(start);
      else draft.skippedCount += 1;
      break;
    case ScheduleOverlapPolicy.BUFFER_ALL:
      draft.buffer.push(start);
      break;
    case ScheduleOverlapPolicy.CANCEL_OTHER:
    case ScheduleOverlapPolicy.TERMINATE_OTHER:
      if (isRunning) {
        draft.stops.add(policy === ScheduleOverlapPolicy.CANCEL_OTHER ? "cancel" : "terminate");
        draft.buffer.push(start);
      } else {
        // The other is not running yet: it is the one that would have been started.
        draft.single = start;
      }
      break;
    default:
      draft.skippedCount += 1;
  }
}
