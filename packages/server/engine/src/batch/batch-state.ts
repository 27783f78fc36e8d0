import {
  type BatchProgress,
  BatchRecord,
  type BatchRecordInit,
} from "@perdure/proto/perdure/internal/v1";
import type { ExecutionInit } from "@perdure/proto/temporal/api/common/v1";
import { BatchOperationState } from "@perdure/proto/temporal/api/enums/v1";
import type { StartBatchOperationRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";

/** Names a batch operation. */
export interface BatchIdentity {
  readonly namespaceId: string;
  /** The job ID. */
  readonly id: string;
  readonly runId: string;
}

/** Executions that the operation is done to next, and where those after them begin. */
export interface BatchPage {
  readonly executions: readonly ExecutionInit[];
  readonly nextCursor: Uint8Array | undefined;
}

/** How far an operation is. Times are milliseconds since the epoch. */
export interface BatchCounts {
  readonly state: BatchOperationState;
  readonly startedMs: number;
  /** `undefined` while it runs. */
  readonly closedMs: number | undefined;
  /** Executions that there seemed to be at first. */
  readonly totalCount: number;
  readonly successCount: number;
  readonly failureCount: number;
  /** Executions of the page that have been seen to. */
  readonly position: number;
  /** When it goes on, so that it keeps to its rate; `undefined`: at once. */
  readonly resumeMs: number | undefined;
  readonly stopReason: string;
}

/** One operation that is done to many executions. Never changed in place. */
export interface BatchState extends BatchCounts {
  readonly identity: BatchIdentity;
  readonly request: StartBatchOperationRequestInit;
  /** A UUID by which the start is told from others. */
  readonly startRequestId: string;
  /** `undefined` until it was found out what there is to do. */
  readonly page: BatchPage | undefined;
}

/** What happened to a batch operation; `record` makes the same of the stored state. */
export interface BatchStep {
  readonly next: BatchState;
  readonly record: Uint8Array;
  readonly isListChanged: boolean;
  readonly offers: readonly never[];
}

/** The step from one state to another; the record has what differs. */
export function batchStep(before: BatchState | undefined, next: BatchState): BatchStep {
  return {
    next,
    record: BatchRecord.encode(recordOf(before, next)),
    isListChanged: before?.state !== next.state,
    offers: [],
  };
}

/** A snapshot: a record that has everything. */
export function encodeBatch(state: BatchState): Uint8Array {
  return BatchRecord.encode(recordOf(undefined, state));
}

function recordOf(before: BatchState | undefined, next: BatchState): BatchRecordInit {
  const { page } = next;
  return {
    ...(before?.request === next.request
      ? {}
      : { request: next.request, startRequestId: next.startRequestId }),
    ...(page === undefined || before?.page === page ? {} : { page }),
    progress: {
      state: next.state,
      startedAtMs: next.startedMs,
      closedAtMs: next.closedMs ?? 0,
      totalCount: BigInt(next.totalCount),
      successCount: BigInt(next.successCount),
      failureCount: BigInt(next.failureCount),
      pagePosition: next.position,
      resumeAtMs: next.resumeMs ?? 0,
      stopReason: next.stopReason,
    },
  };
}

/**
 * The state after a record; a snapshot is a record too.
 *
 * @param state - `undefined`: the record is the first, or a snapshot.
 */
export function foldBatch(
  state: BatchState | undefined,
  data: Uint8Array,
  identity: BatchIdentity,
): BatchState {
  const { request, page, progress, startRequestId } = BatchRecord.decode(data);
  const before = state ?? { ...NOTHING_DONE, identity };
  return {
    ...before,
    request: request ?? before.request,
    startRequestId: startRequestId || before.startRequestId,
    page: page === undefined ? before.page : decodePage(page),
    ...(progress === undefined ? {} : decodeProgress(progress)),
  };
}

const NOTHING_DONE: Omit<BatchState, "identity"> = {
  request: {},
  startRequestId: "",
  page: undefined,
  state: BatchOperationState.RUNNING,
  startedMs: 0,
  closedMs: undefined,
  totalCount: 0,
  successCount: 0,
  failureCount: 0,
  position: 0,
  resumeMs: undefined,
  stopReason: "",
};

function decodePage(page: {
  readonly executions: readonly ExecutionInit[];
  readonly nextCursor: Uint8Array;
}): BatchPage {
  const { executions, nextCursor } = page;
  return { executions, nextCursor: nextCursor.length === 0 ? undefined : nextCursor };
}

function decodeProgress(progress: BatchProgress): BatchCounts {
  return {
    state: progress.state,
    startedMs: progress.startedAtMs,
    closedMs: progress.closedAtMs === 0 ? undefined : progress.closedAtMs,
    totalCount: Number(progress.totalCount),
    successCount: Number(progress.successCount),
    failureCount: Number(progress.failureCount),
    position: progress.pagePosition,
    resumeMs: progress.resumeAtMs === 0 ? undefined : progress.resumeAtMs,
    stopReason: progress.stopReason,
  };
}

/** A batch operation of which nothing is done. */
export function newBatch(
  identity: BatchIdentity,
  start: Pick<BatchState, "request" | "startRequestId" | "startedMs">,
): BatchState {
  return { ...NOTHING_DONE, identity, ...start };
}
