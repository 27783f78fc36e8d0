import { ScheduleOverlapPolicy } from "@perdure/proto/temporal/api/enums/v1";
import type { ScheduleSpecInit } from "@perdure/proto/temporal/api/schedule/v1";
import { durationMs, timestampMs } from "../wire-time.js";
import type { ScheduleState } from "./schedule-state.js";
import { type SpecTimes, specTimes } from "./spec-times.js";

const SECOND_MS = 1000;
const DAY_MS = 24 * 3600 * SECOND_MS;
const CATCHUP_WINDOW_MS_DEFAULT = 365 * DAY_MS;
const CATCHUP_WINDOW_MS_MIN = 10 * SECOND_MS;
/** How long a schedule that has nothing left to do stays. */
const RETENTION_MS = 7 * DAY_MS;

const compiled = new WeakMap<ScheduleSpecInit, SpecTimes>();

/** The times of a schedule; compiled once for each specification. */
export function timesOf({ schedule, identity }: ScheduleState): SpecTimes {
  const spec = schedule.spec ?? {};
  const known = compiled.get(spec);
  if (known !== undefined) return known;
  const times = specTimes(spec, `${identity.namespaceId}-${identity.id}`);
  compiled.set(spec, times);
  return times;
}

/** How late an action may be taken, milliseconds. */
export function catchupWindowMs(policies: {
  readonly catchupWindow?: Parameters<typeof durationMs>[0];
}): number {
  if (policies.catchupWindow === undefined) return CATCHUP_WINDOW_MS_DEFAULT;
  return Math.max(CATCHUP_WINDOW_MS_MIN, durationMs(policies.catchupWindow));
}

/** Whether an action may be taken that nobody asked for by hand. */
export function mayAct({ schedule }: ScheduleState): boolean {
  const { paused = false, limitedActions = false, remainingActions = 0n } = schedule.state ?? {};
  return !paused && (!limitedActions || remainingActions > 0n);
}

export function overlapPolicyOf(
  { schedule }: ScheduleState,
  policy: ScheduleOverlapPolicy,
): ScheduleOverlapPolicy {
  if (policy !== ScheduleOverlapPolicy.UNSPECIFIED) return policy;
  const own = schedule.policies?.overlapPolicy ?? ScheduleOverlapPolicy.UNSPECIFIED;
  return own === ScheduleOverlapPolicy.UNSPECIFIED ? ScheduleOverlapPolicy.SKIP : own;
}

/** Whether backfills go on by themselves, without waiting for what they have started. */
export function hasQuickBackfills(state: ScheduleState): boolean {
  const first = state.backfills[0];
  if (first === undefined) return false;
  const policy = first.overlapPolicy ?? ScheduleOverlapPolicy.UNSPECIFIED;
  return overlapPolicyOf(state, policy) === ScheduleOverlapPolicy.ALLOW_ALL;
}

/** When a schedule next acts by its specification; `undefined`: never, or it may not. */
export function nextActionMs(state: ScheduleState): number | undefined {
  if (!mayAct(state)) return undefined;
  const updatedMs = timestampMs(state.info.updateTime);
  let afterMs = state.processedMs;
  for (;;) {
    const next = timesOf(state).next(afterMs);
    if (next === undefined || next.actualMs >= updatedMs) return next?.actualMs;
    afterMs = next.actualMs;
  }
}

/** When a schedule with nothing left to do ends; `undefined`: it has something to do. */
export function endsAtMs(state: ScheduleState): number | undefined {
  const isPaused = state.schedule.state?.paused ?? false;
  if (isPaused || hasQuickBackfills(state) || nextActionMs(state) !== undefined) return undefined;
  const last = state.info.recentActions?.at(-1)?.actualTime;
  const lastMs = Math.max(
    timestampMs(last),
    timestampMs(state.info.createTime),
    timestampMs(state.info.updateTime),
  );
  return lastMs + RETENTION_MS;
}

/**
 * The next times at which a schedule acts, milliseconds since the epoch, whether it is paused or
 * not.
 */
export function futureTimes(state: ScheduleState, countMax: number): readonly number[] {
  const { limitedActions = false, remainingActions = 0n } = state.schedule.state ?? {};
  const count = limitedActions ? Math.min(countMax, Number(remainingActions)) : countMax;
  const updatedMs = timestampMs(state.info.updateTime);
  const times: number[] = [];
  let next = timesOf(state).next(state.processedMs);
  while (next !== undefined && times.length < count) {
    if (next.actualMs >= updatedMs) times.push(next.actualMs);
    next = timesOf(state).next(next.actualMs);
  }
  return times;
}
