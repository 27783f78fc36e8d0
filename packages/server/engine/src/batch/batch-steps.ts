import { NotFoundError } from "@perdure/kernel";
import type { ExecutionInit } from "@perdure/proto/temporal/api/common/v1";
import { BatchOperationState } from "@perdure/proto/temporal/api/enums/v1";
import type { StartBatchOperationRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  type BatchIdentity,
  type BatchPage,
  type BatchState,
  type BatchStep,
  batchStep,
  newBatch,
} from "./batch-state.js";

/** `worker.batcherRPS`: executions a second that one operation is done to, at most. */
const RATE_MAX = 50;
/** What is done between two notes of the progress: half a second's work. */
const CHUNKS_PER_SECOND = 2;

/** When a step happens, milliseconds since the epoch. */
export interface BatchTime {
  readonly nowMs: number;
}

/** Begins an operation. */
export function startBatch(
  identity: BatchIdentity,
  request: StartBatchOperationRequestInit,
  { nowMs, newId }: BatchTime & { readonly newId: () => string },
): BatchStep {
  const start = { request, startRequestId: newId(), startedMs: nowMs };
  return batchStep(undefined, newBatch(identity, start));
}

export function isBatchOpen({ state }: BatchState): boolean {
  return state === BatchOperationState.RUNNING;
}

/** Whether there is something to do now. */
export function hasBatchWork(state: BatchState): boolean {
  return isBatchOpen(state) && state.resumeMs === undefined;
}

/** Executions that come next, at most as many as the progress may lag behind. */
export function nextOfBatch(state: BatchState): readonly ExecutionInit[] {
  const { page, position } = state;
  const count = Math.max(1, Math.floor(rateOf(state) / CHUNKS_PER_SECOND));
  return page?.executions.slice(position, position + count) ?? [];
}

/** Executions a second. */
function rateOf({ request }: BatchState): number {
  const wanted = request.maxOperationsPerSecond ?? 0;
  return wanted > 0 && wanted < RATE_MAX ? wanted : RATE_MAX;
}

/**
 * Notes what there is to do next.
 *
 * @param totalCount - How much there is in all; known with the first page only.
 */
export function notePage(
  state: BatchState,
  found: { readonly page: BatchPage; readonly totalCount?: number },
  { nowMs }: BatchTime,
): BatchStep | undefined {
  if (!isBatchOpen(state)) return undefined;
  const { page, totalCount = state.totalCount } = found;
  return batchStep(state, completedIfDone({ ...state, page, totalCount, position: 0 }, nowMs));
}

/**
 * Notes how the operation went for the executions that came next. It goes on after as long as so
 * many may take by its rate.
 */
export function noteDone(
  state: BatchState,
  done: { readonly successCount: number; readonly failureCount: number },
  { nowMs }: BatchTime,
): BatchStep | undefined {
  if (!isBatchOpen(state)) return undefined;
  const count = done.successCount + done.failureCount;
  const next = completedIfDone(
    {
      ...state,
      successCount: state.successCount + done.successCount,
      failureCount: state.failureCount + done.failureCount,
      position: state.position + count,
      resumeMs: nowMs + Math.ceil((count * 1000) / rateOf(state)),
    },
    nowMs,
  );
  return batchStep(state, next);
}

function completedIfDone(state: BatchState, nowMs: number): BatchState {
  const { page, position } = state;
  const isDone =
    page !== undefined && page.nextCursor === undefined && position >= page.executions.length;
  if (!isDone) return state;
  // What was listed while others ended is what there was.
  const totalCount = state.successCount + state.failureCount;
  return { ...closed(state, BatchOperationState.COMPLETED, nowMs), totalCount };
}

function closed(state: BatchState, as: BatchOperationState, nowMs: number): BatchState {
  return { ...state, state: as, closedMs: nowMs, resumeMs: undefined };
}

/** Ends an operation that can't be done, because its query makes no sense. */
export function failBatch(state: BatchState, { nowMs }: BatchTime): BatchStep | undefined {
  if (!isBatchOpen(state)) return undefined;
  return batchStep(state, closed(state, BatchOperationState.FAILED, nowMs));
}

/**
 * Stops an operation; what it has done stays done.
 *
 * @throws {NotFoundError} It has ended.
 */
export function stopBatch(state: BatchState, reason: string, { nowMs }: BatchTime): BatchStep {
  if (!isBatchOpen(state)) throw new NotFoundError("workflow execution already completed");
  const next = closed(state, BatchOperationState.FAILED, nowMs);
  return batchStep(state, { ...next, stopReason: reason });
}

/** When the operation goes on. */
export function batchWakeMs({ resumeMs }: BatchState): number | undefined {
  return resumeMs;
}

/** Lets an operation go on that kept to its rate. */
export function wakeBatch(state: BatchState, { nowMs }: BatchTime): BatchStep | undefined {
  const { resumeMs } = state;
  if (!isBatchOpen(state) || resumeMs === undefined || resumeMs > nowMs) return undefined;
  return batchStep(state, { ...state, resumeMs: undefined });
}
