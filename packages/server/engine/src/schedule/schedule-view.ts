import type {
  ScheduleInfoInit,
  ScheduleInit,
  ScheduleListInfoInit,
  ScheduleSpecInit,
} from "@perdure/proto/temporal/api/schedule/v1";
import { toTimestamp } from "../wire-time.js";
import { shownSpec } from "./canonical-spec.js";
import type { ScheduleState } from "./schedule-state.js";
import { futureTimes, timesOf } from "./schedule-times.js";

const FUTURE_TIMES_DESCRIBED = 10;
const LISTED_MAX = 5;
const LISTED_SPEC_ITEMS_MAX = 10;
const MATCHING_TIMES_MAX = 1000;

/** A schedule as it is described. */
export function describedSchedule(state: ScheduleState): {
  readonly schedule: ScheduleInit;
  readonly info: ScheduleInfoInit;
} {
  const { schedule, info } = state;
  return {
    schedule: { ...schedule, spec: shownSpec(schedule.spec ?? {}) },
    info: {
      ...info,
      futureActionTimes: futureTimes(state, FUTURE_TIMES_DESCRIBED).map(toTimestamp),
      // What is under way has not been taken yet to a reader.
      bufferSize: BigInt(state.buffered.length + state.starting.length),
    },
  };
}

/** A schedule as it is listed. */
export function listedSchedule(state: ScheduleState): ScheduleListInfoInit {
  const { schedule, info } = state;
  const action = schedule.action?.action;
  return {
    spec: shownSpec(shortSpec(schedule.spec ?? {})),
    workflowType: action?.kind === "startWorkflow" ? action.value.workflowType : undefined,
    notes: schedule.state?.notes,
    paused: schedule.state?.paused,
    recentActions: (info.recentActions ?? []).slice(-LISTED_MAX),
    futureActionTimes: futureTimes(state, LISTED_MAX).map(toTimestamp),
  };
}

function shortSpec(spec: ScheduleSpecInit): ScheduleSpecInit {
  const { timezoneData: _data, ...rest } = spec;
  return {
    ...rest,
    structuredCalendar: (spec.structuredCalendar ?? []).slice(0, LISTED_SPEC_ITEMS_MAX),
    excludeStructuredCalendar: (spec.excludeStructuredCalendar ?? []).slice(
      0,
      LISTED_SPEC_ITEMS_MAX,
    ),
    interval: (spec.interval ?? []).slice(0, LISTED_SPEC_ITEMS_MAX),
  };
}

/** The times after `startMs` up to `endMs`, at most a thousand; milliseconds since the epoch. */
export function matchingTimes(
  state: ScheduleState,
  startMs: number,
  endMs: number,
): readonly number[] {
  const times: number[] = [];
  let next = timesOf(state).next(startMs);
  while (next !== undefined && next.actualMs <= endMs && times.length < MATCHING_TIMES_MAX) {
    times.push(next.actualMs);
    next = timesOf(state).next(next.actualMs);
  }
  return times;
}
