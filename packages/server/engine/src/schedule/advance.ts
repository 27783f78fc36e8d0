import { ScheduleOverlapPolicy } from "@perdure/proto/temporal/api/enums/v1";
import { timestampMs, toTimestamp } from "../wire-time.js";
import { planOverlap } from "./overlap.js";
import type { PendingStart, ScheduleStart, ScheduleState, ScheduleStop } from "./schedule-state.js";
import {
  catchupWindowMs,
  endsAtMs,
  hasQuickBackfills,
  mayAct,
  nextActionMs,
  overlapPolicyOf,
  timesOf,
} from "./schedule-times.js";

/** What a step of a schedule is given. */
export interface ScheduleEnvironment {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** A new UUID. */
  readonly newId: () => string;
}

/** Most actions that wait, and most backfills. */
export const BUFFER_MAX = 1000;
/** Backfilled actions of one step; those that overlap go on a second later. */
const BACKFILLED_MAX = 10;
const BACKFILL_PAUSE_MS = 1000;
/** How often a schedule that waits for a workflow's end looks whether it was told of it. */
const REFRESH_MS = 60_000;

/**
 * Brings a schedule up to now: buffers the actions that have become due, takes from the backfills,
 * and plans the starts that the overlap policies allow.
 */
export function advance(state: ScheduleState, environment: ScheduleEnvironment): ScheduleState {
  if (state.isEnded) return state;
  let next = collectDue(state, environment.nowMs);
  next = collectBackfills(next, environment.nowMs);
  next = planStarts(next, environment);
  const endMs = endsAtMs(next);
  const isIdle = next.starting.length === 0 && next.buffered.length === 0;
  return endMs !== undefined && endMs <= environment.nowMs && isIdle
    ? { ...next, processedMs: environment.nowMs, isEnded: true }
    : next;
}

/** When a schedule wants to be brought up to now next, milliseconds since the epoch. */
export function nextScheduleWakeMs(state: ScheduleState): number | undefined {
  const times = [nextActionMs(state), endsAtMs(state)];
  if (hasQuickBackfills(state)) times.push(state.backfillAtMs);
  const isWaiting = state.buffered.length > 0 && (state.info.runningWorkflows?.length ?? 0) > 0;
  if (isWaiting && !state.needsRefresh) times.push(state.refreshedMs + REFRESH_MS);
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function collectDue(state: ScheduleState, nowMs: number): ScheduleState {
  // What comes due while the schedule may not act is neither taken later nor missed.
  if (!mayAct(state)) {
    return state.processedMs >= nowMs ? state : { ...state, processedMs: nowMs };
  }
  const windowMs = catchupWindowMs(state.schedule.policies ?? {});
  const updatedMs = timestampMs(state.info.updateTime);
  let next = state;
  let missedCount = 0;
  let lastMs = state.processedMs;
  const times = timesOf(state);
  let time = times.next(lastMs);
  for (; time !== undefined && time.actualMs <= nowMs; time = times.next(time.actualMs)) {
    if (time.actualMs < updatedMs) continue;
    if (nowMs - time.actualMs > windowMs) {
      missedCount += 1;
      continue;
    }
    const overlapPolicy = ScheduleOverlapPolicy.UNSPECIFIED;
    next = buffer(next, { ...time, overlapPolicy, isManual: false });
    lastMs = time.actualMs;
  }
  if (missedCount > 0) {
    // They are seen to: counting them again would count them twice.
    lastMs = Math.max(lastMs, nowMs - windowMs - 1);
    const missed = (next.info.missedCatchupWindow ?? 0n) + BigInt(missedCount);
    next = { ...next, info: { ...next.info, missedCatchupWindow: missed } };
  }
  return lastMs === next.processedMs ? next : { ...next, processedMs: lastMs };
}

/** Adds an action to those that wait, unless there are too many. */
export function buffer(state: ScheduleState, start: ScheduleStart): ScheduleState {
  if (state.buffered.length >= BUFFER_MAX) return dropped(state);
  // What runs may have ended since it was last looked at.
  const hasRunning = (state.info.runningWorkflows?.length ?? 0) > 0;
  const needsRefresh = state.needsRefresh || hasRunning;
  return { ...state, buffered: [...state.buffered, start], needsRefresh };
}

/** Counts an action, or a backfill, for which there is no room. */
export function dropped(state: ScheduleState): ScheduleState {
  const bufferDropped = (state.info.bufferDropped ?? 0n) + 1n;
  return { ...state, info: { ...state.info, bufferDropped } };
}

function collectBackfills(state: ScheduleState, nowMs: number): ScheduleState {
  if (state.backfills.length === 0) return state;
  if (hasQuickBackfills(state) && nowMs < state.backfillAtMs) return state;
  let next = state;
  let leftCount = BACKFILLED_MAX;
  // Half of the room is for what comes due meanwhile.
  while (leftCount > 0 && next.buffered.length < BUFFER_MAX / 2) {
    const first = next.backfills[0];
    if (first === undefined) break;
    const endMs = timestampMs(first.endTime);
    const times = timesOf(next);
    let time = times.next(timestampMs(first.startTime));
    let lastMs: number | undefined;
    while (time !== undefined && time.actualMs <= endMs && leftCount > 0) {
      const overlapPolicy = first.overlapPolicy ?? ScheduleOverlapPolicy.UNSPECIFIED;
      next = buffer(next, { ...time, overlapPolicy, isManual: true });
      lastMs = time.actualMs;
      leftCount -= 1;
      time = times.next(time.actualMs);
    }
    const isDone = time === undefined || time.actualMs > endMs;
    const rest = next.backfills.slice(1);
    const shortened = { ...first, startTime: toTimestamp(lastMs ?? timestampMs(first.startTime)) };
    next = { ...next, backfills: isDone ? rest : [shortened, ...rest] };
  }
  return { ...next, backfillAtMs: nowMs + BACKFILL_PAUSE_MS };
}

function planStarts(state: ScheduleState, environment: ScheduleEnvironment): ScheduleState {
  // What is under way decides what runs; and who runs must be known.
  if (state.starting.length > 0) return state;
  if (state.needsRefresh && (state.info.runningWorkflows?.length ?? 0) > 0) return state;
  let next: ScheduleState = state.needsRefresh ? { ...state, needsRefresh: false } : state;
  const action = next.schedule.action?.action;
  if (action?.kind !== "startWorkflow") {
    return next.buffered.length === 0 ? next : { ...next, buffered: [] };
  }
  while (next.buffered.length > 0 && next.starting.length === 0) {
    const before = next;
    next = planOnce(next, { ...environment, workflowId: action.value.workflowId ?? "" });
    if (next.buffered.length === before.buffered.length) break;
  }
  return next;
}

function planOnce(
  state: ScheduleState,
  environment: ScheduleEnvironment & { readonly workflowId: string },
): ScheduleState {
  const running = state.info.runningWorkflows ?? [];
  const plan = planOverlap(state.buffered, running.length > 0, ({ overlapPolicy }) =>
    overlapPolicyOf(state, overlapPolicy),
  );
  let next: ScheduleState = { ...state, buffered: plan.buffer };
  if (plan.skippedCount > 0) {
    const overlapSkipped = (next.info.overlapSkipped ?? 0n) + BigInt(plan.skippedCount);
    next = { ...next, info: { ...next.info, overlapSkipped } };
  }
  for (const start of plan.overlapping)
    next = begin(next, { start, isOverlapping: true }, environment);
  if (plan.single !== undefined) {
    next = begin(next, { start: plan.single, isOverlapping: false }, environment);
  }
  return plan.stop === undefined ? next : stopRunning(next, plan.stop, environment);
}

/** The nominal time of an action as its workflow tells it: whole seconds, RFC 3339. */
export function nominalText({ nominalMs }: Pick<ScheduleStart, "nominalMs">): string {
  return `${new Date(nominalMs).toISOString().slice(0, 19)}Z`;
}

/** Plans the start of an action; one that may no longer be taken is dropped. */
function begin(
  state: ScheduleState,
  begun: { readonly start: ScheduleStart; readonly isOverlapping: boolean },
  environment: ScheduleEnvironment & { readonly workflowId: string },
): ScheduleState {
  const { start, isOverlapping } = begun;
  if (!start.isManual && !mayAct(state)) return state;
  // The official server appends the nominal time to every workflow ID.
  const pending: PendingStart = {
    ...start,
    requestId: environment.newId(),
    workflowId: `${environment.workflowId}-${nominalText(start)}`,
    isOverlapping,
    sinceMs: environment.nowMs,
  };
  const next = { ...state, starting: [...state.starting, pending] };
  return start.isManual ? next : countAction(next);
}

function countAction(state: ScheduleState): ScheduleState {
  const settings = state.schedule.state;
  if (settings?.limitedActions !== true) return state;
  const remainingActions = (settings.remainingActions ?? 0n) - 1n;
  const schedule = { ...state.schedule, state: { ...settings, remainingActions } };
  return { ...state, schedule, conflictToken: state.conflictToken + 1 };
}

function stopRunning(
  state: ScheduleState,
  stop: "cancel" | "terminate",
  environment: ScheduleEnvironment,
): ScheduleState {
  const isTerminate = stop === "terminate";
  const known = new Map(state.stops.map((one) => [one.workflowId, one]));
  for (const { workflowId = "", runId = "" } of state.info.runningWorkflows ?? []) {
    const before = known.get(workflowId);
    if (before !== undefined && (before.isTerminate || !isTerminate)) continue;
    const requestId = environment.newId();
    const made: ScheduleStop = { workflowId, runId, isTerminate, requestId, isDone: false };
    known.set(workflowId, made);
  }
  return { ...state, stops: [...known.values()] };
}
