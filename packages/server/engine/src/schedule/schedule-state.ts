import {
  type ScheduleProgress,
  type ScheduleProgressInit,
  ScheduleRecord,
  type ScheduleRecordInit,
  type ScheduleStartInit,
  type ScheduleStopInit,
} from "@perdure/proto/perdure/internal/v1";
import type {
  MemoInit,
  PayloadsInit,
  SearchAttributesInit,
} from "@perdure/proto/temporal/api/common/v1";
import type { ScheduleOverlapPolicy } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type {
  BackfillRequestInit,
  ScheduleInfoInit,
  ScheduleInit,
} from "@perdure/proto/temporal/api/schedule/v1";

/** Names a schedule. */
export interface ScheduleIdentity {
  readonly namespaceId: string;
  /** The schedule ID. */
  readonly id: string;
  readonly runId: string;
}

/** An action to be taken. Times are milliseconds since the epoch. */
export interface ScheduleStart {
  readonly nominalMs: number;
  readonly actualMs: number;
  readonly overlapPolicy: ScheduleOverlapPolicy;
  readonly isManual: boolean;
}

/** An action under way: the start of a workflow that was asked for and not yet confirmed. */
export interface PendingStart extends ScheduleStart {
  readonly requestId: string;
  readonly workflowId: string;
  /** Whether others run beside it, so that nothing waits for its end. */
  readonly isOverlapping: boolean;
  readonly sinceMs: number;
}

/** A workflow that the overlap policy ends. */
export interface ScheduleStop {
  readonly workflowId: string;
  /** The run that the schedule started, or one that followed it. */
  readonly runId: string;
  readonly isTerminate: boolean;
  readonly requestId: string;
  /** Whether it was asked to end; it may take its time. */
  readonly isDone: boolean;
}

/** A schedule. Never changed in place. */
export interface ScheduleState {
  readonly identity: ScheduleIdentity;
  /** With a canonical specification, and all defaults filled in. */
  readonly schedule: ScheduleInit;
  /** Without what follows from the rest: future times and the size of the buffer. */
  readonly info: ScheduleInfoInit;
  readonly memo: MemoInit | undefined;
  readonly searchAttributes: SearchAttributesInit | undefined;
  /** Times up to here have been seen to; when it ended, if it has. */
  readonly processedMs: number;
  readonly conflictToken: number;
  readonly buffered: readonly ScheduleStart[];
  readonly starting: readonly PendingStart[];
  readonly stops: readonly ScheduleStop[];
  readonly backfills: readonly BackfillRequestInit[];
  readonly lastCompletionResult: PayloadsInit | undefined;
  readonly continuedFailure: FailureInit | undefined;
  /** Whether the running workflows must be looked at before the next action. */
  readonly needsRefresh: boolean;
  /** When they were last looked at. */
  readonly refreshedMs: number;
  readonly createRequestId: string;
  /** Requests that came last, oldest first. */
  readonly requestIds: readonly string[];
  /** When the backfills go on; 0: with the next step. */
  readonly backfillAtMs: number;
  /** Whether it has ended: deleted, or nothing was left to do for long. */
  readonly isEnded: boolean;
}

/** What happened to a schedule; `record` makes the same of the stored state. */
export interface ScheduleStep {
  readonly next: ScheduleState;
  readonly record: Uint8Array | undefined;
  readonly isListChanged: boolean;
  readonly offers: readonly never[];
}

const EMPTY_IDENTITY: ScheduleIdentity = { namespaceId: "", id: "", runId: "" };

/** A schedule that nothing is known of. */
export const NO_SCHEDULE: ScheduleState = {
  identity: EMPTY_IDENTITY,
  schedule: {},
  info: {},
  memo: undefined,
  searchAttributes: undefined,
  processedMs: 0,
  conflictToken: 1,
  buffered: [],
  starting: [],
  stops: [],
  backfills: [],
  lastCompletionResult: undefined,
  continuedFailure: undefined,
  needsRefresh: false,
  refreshedMs: 0,
  createRequestId: "",
  requestIds: [],
  backfillAtMs: 0,
  isEnded: false,
};

/** The step from one state to another; the record has what differs. */
export function scheduleStep(before: ScheduleState | undefined, next: ScheduleState): ScheduleStep {
  if (before === next) return { next, record: undefined, isListChanged: false, offers: [] };
  return {
    next,
    record: ScheduleRecord.encode(recordOf(before, next)),
    isListChanged: true,
    offers: [],
  };
}

export function encodeSchedule(state: ScheduleState): Uint8Array {
  return ScheduleRecord.encode(recordOf(undefined, state));
}

function recordOf(before: ScheduleState | undefined, next: ScheduleState): ScheduleRecordInit {
  return {
    ...(before?.schedule === next.schedule ? {} : { schedule: next.schedule }),
    ...(before?.info === next.info ? {} : { info: next.info }),
    ...(before?.memo === next.memo ? {} : { memo: next.memo }),
    ...(before?.searchAttributes === next.searchAttributes
      ? {}
      : { searchAttributes: next.searchAttributes }),
    progress: progressOf(next),
  };
}

function progressOf(state: ScheduleState): ScheduleProgressInit {
  return {
    processedThroughMs: state.processedMs,
    conflictToken: BigInt(state.conflictToken),
    buffered: state.buffered.map(encodeStart),
    starting: state.starting.map((start) => ({
      ...encodeStart(start),
      requestId: start.requestId,
      workflowId: start.workflowId,
      isOverlapping: start.isOverlapping,
      sinceMs: start.sinceMs,
    })),
    stops: state.stops.map((stop): ScheduleStopInit => ({ ...stop })),
    backfills: state.backfills,
    lastCompletionResult: state.lastCompletionResult,
    continuedFailure: state.continuedFailure,
    needsRefresh: state.needsRefresh,
    refreshedAtMs: state.refreshedMs,
    createRequestId: state.createRequestId,
    requestIds: state.requestIds,
    backfillAtMs: state.backfillAtMs,
    isEnded: state.isEnded,
  };
}

function encodeStart(start: ScheduleStart): ScheduleStartInit {
  return {
    nominalAtMs: start.nominalMs,
    actualAtMs: start.actualMs,
    overlapPolicy: start.overlapPolicy,
    isManual: start.isManual,
  };
}

/**
 * The state after a record; a snapshot is a record too.
 *
 * @param state - `undefined`: the record is the first, or a snapshot.
 */
export function foldSchedule(
  state: ScheduleState | undefined,
  data: Uint8Array,
  identity: ScheduleIdentity,
): ScheduleState {
  const record = ScheduleRecord.decode(data);
  const before = state ?? NO_SCHEDULE;
  const { progress } = record;
  return {
    ...before,
    identity,
    schedule: record.schedule ?? before.schedule,
    info: record.info ?? before.info,
    memo: record.memo ?? before.memo,
    searchAttributes: record.searchAttributes ?? before.searchAttributes,
    ...(progress === undefined ? {} : decodeProgress(progress)),
  };
}

function decodeProgress(progress: ScheduleProgress): Partial<ScheduleState> {
  return {
    processedMs: progress.processedThroughMs,
    conflictToken: Number(progress.conflictToken),
    buffered: progress.buffered.map(decodeStart),
    starting: progress.starting.map((start) => ({
      ...decodeStart(start),
      requestId: start.requestId,
      workflowId: start.workflowId,
      isOverlapping: start.isOverlapping,
      sinceMs: start.sinceMs,
    })),
    stops: progress.stops,
    backfills: progress.backfills,
    lastCompletionResult: progress.lastCompletionResult,
    continuedFailure: progress.continuedFailure,
    needsRefresh: progress.needsRefresh,
    refreshedMs: progress.refreshedAtMs,
    createRequestId: progress.createRequestId,
    requestIds: progress.requestIds,
    backfillAtMs: progress.backfillAtMs,
    isEnded: progress.isEnded,
  };
}

function decodeStart(start: {
  readonly nominalAtMs: number;
  readonly actualAtMs: number;
  readonly overlapPolicy: ScheduleOverlapPolicy;
  readonly isManual: boolean;
}): ScheduleStart {
  return {
    nominalMs: start.nominalAtMs,
    actualMs: start.actualAtMs,
    overlapPolicy: start.overlapPolicy,
    isManual: start.isManual,
  };
}
