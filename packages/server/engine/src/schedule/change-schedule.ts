import type { MemoInit, SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import { ScheduleOverlapPolicy } from "@perdure/proto/temporal/api/enums/v1";
import type {
  ScheduleInit,
  SchedulePatchInit,
  ScheduleStateInit,
} from "@perdure/proto/temporal/api/schedule/v1";
import { timestampMs, toDuration, toTimestamp } from "../wire-time.js";
import { advance, BUFFER_MAX, buffer, dropped, type ScheduleEnvironment } from "./advance.js";
import {
  NO_SCHEDULE,
  type ScheduleIdentity,
  type ScheduleState,
  type ScheduleStep,
  scheduleStep,
} from "./schedule-state.js";
import { catchupWindowMs, overlapPolicyOf } from "./schedule-times.js";

/** Requests whose IDs are remembered: a client repeats one within seconds. */
const REQUEST_IDS_MAX = 64;

/** What a schedule is made of. */
export interface NewSchedule {
  readonly identity: ScheduleIdentity;
  /** With a canonical specification. */
  readonly schedule: ScheduleInit;
  readonly patch: SchedulePatchInit | undefined;
  readonly memo: MemoInit | undefined;
  readonly searchAttributes: SearchAttributesInit | undefined;
  readonly requestId: string;
}

export function createSchedule(made: NewSchedule, environment: ScheduleEnvironment): ScheduleStep {
  const { identity, schedule, patch, memo, searchAttributes, requestId } = made;
  const { nowMs } = environment;
  const state: ScheduleState = {
    ...NO_SCHEDULE,
    identity,
    memo,
    searchAttributes,
    createRequestId: requestId,
    schedule: withDefaults(schedule),
    info: { createTime: toTimestamp(nowMs) },
    processedMs: nowMs,
  };
  const patched = patch === undefined ? state : applyPatch(state, patch, nowMs);
  return scheduleStep(undefined, advance(patched, environment));
}

/** The schedule with the defaults that are shown. */
function withDefaults(schedule: ScheduleInit): ScheduleInit {
  const policies = schedule.policies ?? {};
  const filled = { ...NO_SCHEDULE, schedule };
  return {
    spec: schedule.spec ?? {},
    action: schedule.action ?? {},
    state: schedule.state ?? {},
    policies: {
      ...policies,
      overlapPolicy: overlapPolicyOf(filled, ScheduleOverlapPolicy.UNSPECIFIED),
      catchupWindow: toDuration(catchupWindowMs(policies)),
    },
  };
}

/** Brings a schedule up to now; `undefined` when nothing changes. */
export function wakeSchedule(
  state: ScheduleState,
  environment: ScheduleEnvironment,
): ScheduleStep | undefined {
  // Who waits for an end of which it was not told looks itself.
  const isWaiting = state.buffered.length > 0 && (state.info.runningWorkflows?.length ?? 0) > 0;
  const looking = isWaiting ? { ...state, needsRefresh: true } : state;
  const next = advance(looking, environment);
  return next === state ? undefined : scheduleStep(state, next);
}

/** Triggers, backfills, pauses and unpauses. A repeated request changes nothing. */
export function patchSchedule(
  state: ScheduleState,
  patch: SchedulePatchInit,
  request: { readonly requestId: string; readonly environment: ScheduleEnvironment },
): ScheduleStep {
  const { requestId, environment } = request;
  if (isRepeated(state, requestId)) return scheduleStep(state, state);
  // What was due before the patch came is not changed by it.
  const due = advance(state, environment);
  const patched = applyPatch(due, patch, environment.nowMs);
  return scheduleStep(state, advance(remember(patched, requestId), environment));
}

function applyPatch(state: ScheduleState, patch: SchedulePatchInit, nowMs: number): ScheduleState {
  let next = state;
  const trigger = patch.triggerImmediately;
  if (trigger !== undefined) {
    const atMs = timestampMs(trigger.scheduledTime) || nowMs;
    const { overlapPolicy = ScheduleOverlapPolicy.UNSPECIFIED } = trigger;
    next = buffer(next, { nominalMs: atMs, actualMs: atMs, overlapPolicy, isManual: true });
  }
  for (const request of patch.backfillRequest ?? []) {
    // The start is part of the range.
    const startTime = toTimestamp(timestampMs(request.startTime) - 1);
    const hasRoom = next.backfills.length < BUFFER_MAX;
    next = hasRoom
      ? { ...next, backfills: [...next.backfills, { ...request, startTime }] }
      : dropped(next);
  }
  const { pause = "", unpause = "" } = patch;
  if (pause !== "") next = withSettings(next, { paused: true, notes: pause });
  if (unpause !== "") next = withSettings(next, { paused: false, notes: unpause });
  return next;
}

/** Changes settings of the schedule, so that updates made without knowing of it conflict. */
export function withSettings(
  state: ScheduleState,
  settings: Pick<ScheduleStateInit, "paused" | "notes">,
): ScheduleState {
  const schedule = { ...state.schedule, state: { ...state.schedule.state, ...settings } };
  return { ...state, schedule, conflictToken: state.conflictToken + 1 };
}

/** A change of a schedule. */
export interface ScheduleUpdate {
  /** With a canonical specification. */
  readonly schedule: ScheduleInit;
  /** Absent: they stay as they are. */
  readonly searchAttributes: SearchAttributesInit | undefined;
  /** 0: whatever changed meanwhile. */
  readonly conflictToken: number;
  readonly requestId: string;
}

/**
 * Replaces what a schedule is. An update that does not know of the last change is ignored, as the
 * official server ignores it.
 */
export function updateSchedule(
  state: ScheduleState,
  update: ScheduleUpdate,
  environment: ScheduleEnvironment,
): ScheduleStep {
  const { requestId, conflictToken } = update;
  if (isRepeated(state, requestId)) return scheduleStep(state, state);
  const due = advance(state, environment);
  if (conflictToken !== 0 && conflictToken !== due.conflictToken) {
    return scheduleStep(state, remember(due, requestId));
  }
  const next: ScheduleState = {
    ...due,
    schedule: withDefaults(update.schedule),
    searchAttributes: update.searchAttributes ?? due.searchAttributes,
    info: { ...due.info, updateTime: toTimestamp(environment.nowMs) },
    conflictToken: due.conflictToken + 1,
  };
  return scheduleStep(state, advance(remember(next, requestId), environment));
}

/** Ends a schedule for good; what it has started goes on. */
export function endSchedule(state: ScheduleState, environment: ScheduleEnvironment): ScheduleStep {
  const { nowMs } = environment;
  const idle = { buffered: [], starting: [], stops: [], backfills: [] };
  return scheduleStep(state, { ...state, ...idle, processedMs: nowMs, isEnded: true });
}

function isRepeated(state: ScheduleState, requestId: string): boolean {
  return requestId !== "" && state.requestIds.includes(requestId);
}

function remember(state: ScheduleState, requestId: string): ScheduleState {
  if (requestId === "") return state;
  return { ...state, requestIds: [...state.requestIds, requestId].slice(-REQUEST_IDS_MAX) };
}
