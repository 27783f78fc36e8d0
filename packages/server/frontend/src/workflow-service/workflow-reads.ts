import { toDuration, toTimestamp } from "@perdure/engine";
import { DeadlineExceededError, InvalidArgumentError } from "@perdure/kernel";
import type { VisibilityRow } from "@perdure/persistence";
import { VisibilityPageToken } from "@perdure/proto/perdure/internal/v1";
import { Memo, SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import {
  HistoryEventFilterType,
  QueryRejectCondition,
  type WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import type { WorkflowExecutionInfoInit } from "@perdure/proto/temporal/api/workflow/v1";
import type {
  CountWorkflowExecutionsRequest,
  CountWorkflowExecutionsResponseInit,
  GetWorkflowExecutionHistoryRequest,
  ListWorkflowExecutionsRequest,
  ListWorkflowExecutionsResponseInit,
  QueryWorkflowRequest,
  QueryWorkflowResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { DecodeError } from "@perdure/proto/wire";
import type { CallContext } from "../grpc/call-context.js";
import { EncodedResponse } from "../grpc/encoded-response.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkBlobSize, readTarget, resolveNamespace } from "./request-checks.js";

/** `frontend.historyMaxPageSize`: most events of one page. */
const HISTORY_PAGE_EVENTS_MAX = 1000;
/** `history.longPollExpirationInterval`: how long a history poll waits for news. */
const HISTORY_WAIT_MS = 20_000;
/** Time left for an answer to reach the caller before its deadline. */
const ANSWER_TAIL_MS = 500;
/** `frontend.visibilityMaxPageSize`: most rows of one page. */
const LIST_PAGE_ROWS_MAX = 1000;
/** How long a query without a deadline waits for a worker. */
const QUERY_WAIT_MS = 10_000;

/** `temporal.api.workflowservice.v1.WorkflowService/GetWorkflowExecutionHistory` */
export async function getWorkflowExecutionHistory(
  request: GetWorkflowExecutionHistoryRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const target = readTarget(namespace.id, request.execution);
  const wanted = request.maximumPageSize;
  const isInRange = wanted > 0 && wanted <= HISTORY_PAGE_EVENTS_MAX;
  const leftMs =
    call.deadlineMs === undefined ? HISTORY_WAIT_MS : call.deadlineMs - deps.clock.nowMs();
  const response = await deps.workflows.history({
    ...target,
    maxEvents: isInRange ? wanted : HISTORY_PAGE_EVENTS_MAX,
    pageToken: request.nextPageToken,
    isWaiting: request.waitNewEvent,
    filter: request.historyEventFilterType || HistoryEventFilterType.ALL_EVENT,
    waitMs: Math.max(0, Math.min(HISTORY_WAIT_MS, leftMs - ANSWER_TAIL_MS)),
    signal: call.signal,
  });
  return new EncodedResponse(response);
}

/** `temporal.api.workflowservice.v1.WorkflowService/QueryWorkflow` */
export async function queryWorkflow(
  request: QueryWorkflowRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<QueryWorkflowResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const target = readTarget(namespace.id, request.execution);
  const { query } = request;
  if (query === undefined) throw new InvalidArgumentError("WorkflowQuery is not set on request.");
  if (query.queryType === "") throw new InvalidArgumentError("QueryType is not set on request.");
  checkBlobSize(query.queryArgs, deps.limits.blobSizeMaxBytes);
  const reply = await deps.queries
    .query({
      target,
      query,
      rejectCondition: request.queryRejectCondition || QueryRejectCondition.NONE,
      deadlineMs: call.deadlineMs ?? deps.clock.nowMs() + QUERY_WAIT_MS,
      signal: call.signal,
    })
    .catch((error: unknown) => {
      if (!(error instanceof DeadlineExceededError)) throw error;
      throw new DeadlineExceededError("query timed out before a worker could process it");
    });
  const isRejected = reply.kind === "rejected";
  const reason = isRejected ? "Query rejected" : "Query processed";
  const { workflowId } = target;
  const value = { namespace: namespace.name, workflowId, runId: reply.runId, reason };
  const link = { variant: { kind: "workflow", value } } as const;
  return isRejected
    ? { queryRejected: { status: reply.status }, link }
    : { queryResult: reply.answer, link };
}

/** `temporal.api.workflowservice.v1.WorkflowService/ListWorkflowExecutions` */
export async function listWorkflowExecutions(
  request: ListWorkflowExecutionsRequest,
  deps: WorkflowServiceDeps,
): Promise<ListWorkflowExecutionsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const isInRange = request.pageSize > 0 && request.pageSize <= LIST_PAGE_ROWS_MAX;
  const query = await parseQuery(request.query, namespace.id);
  const page = await deps.store.listVisibility(query, {
    cursor: readCursor(request.nextPageToken),
    limit: isInRange ? request.pageSize : LIST_PAGE_ROWS_MAX,
  });
  const { nextCursor } = page;
  return {
    executions: page.rows.map(rowInfo),
    nextPageToken:
      nextCursor === undefined ? undefined : VisibilityPageToken.encode({ cursor: nextCursor }),
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/CountWorkflowExecutions` */
export async function countWorkflowExecutions(
  request: CountWorkflowExecutionsRequest,
  deps: WorkflowServiceDeps,
): Promise<CountWorkflowExecutionsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const query = await parseQuery(request.query, namespace.id);
  return { count: BigInt(await deps.store.countVisibility(query)) };
}

/** The parser is loaded with the first list that has a filter. */
async function parseQuery(
  text: string,
  namespaceId: string,
): Promise<Parameters<WorkflowServiceDeps["store"]["listVisibility"]>[0]> {
  if (text.trim() === "") return { namespaceId, filter: undefined, order: [] };
  const { parseVisibilityQuery } = await import("@perdure/visibility");
  return parseVisibilityQuery(text, namespaceId);
}

function readCursor(token: Uint8Array): Uint8Array | undefined {
  if (token.length === 0) return undefined;
  try {
    return VisibilityPageToken.decode(token).cursor;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new InvalidArgumentError("Invalid NextPageToken.");
  }
}

function rowInfo(row: VisibilityRow): WorkflowExecutionInfoInit {
  const isClosed = row.closeTimeMs !== undefined;
  const hasParent = row.parentWorkflowId !== undefined;
  return {
    execution: { workflowId: row.workflowId, runId: row.runId },
    type: { name: row.workflowType },
    startTime: toTimestamp(row.startTimeMs),
    executionTime: toTimestamp(row.executionTimeMs),
    closeTime: isClosed ? toTimestamp(row.closeTimeMs) : undefined,
    executionDuration: isClosed
      ? toDuration(Math.max(0, row.closeTimeMs - row.executionTimeMs))
      : undefined,
    status: row.status as WorkflowExecutionStatus,
    historyLength: BigInt(row.historyLength),
    historySizeBytes: BigInt(row.historySizeBytes),
    stateTransitionCount: BigInt(row.stateTransitionCount),
    memo: row.memo === undefined ? undefined : Memo.decode(row.memo),
    searchAttributes:
      row.searchAttributes === undefined
        ? undefined
        : SearchAttributes.decode(row.searchAttributes),
    taskQueue: row.taskQueue,
    parentExecution: hasParent
      ? { workflowId: row.parentWorkflowId, runId: row.parentRunId }
      : undefined,
    rootExecution: { workflowId: row.rootWorkflowId, runId: row.rootRunId },
    firstRunId: row.firstRunId,
  };
}
