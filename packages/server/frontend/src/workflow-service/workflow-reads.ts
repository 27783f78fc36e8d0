import { DeadlineExceededError, InvalidArgumentError } from "@perdure/kernel";
import { HistoryEventFilterType, QueryRejectCondition } from "@perdure/proto/temporal/api/enums/v1";
import type {
  GetWorkflowExecutionHistoryRequest,
  GetWorkflowExecutionHistoryReverseRequest,
  QueryWorkflowRequest,
  QueryWorkflowResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { CallContext } from "../grpc/call-context.js";
import { EncodedResponse } from "../grpc/encoded-response.js";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkBlobSize, readTarget } from "./request-checks.js";

/** `frontend.historyMaxPageSize`: most batches of events of one page. */
const HISTORY_PAGE_BATCHES_MAX = 1000;
/** `history.longPollExpirationInterval`: how long a history poll waits for news. */
const HISTORY_WAIT_MS = 20_000;
/** Time left for an answer to reach the caller before its deadline. */
const ANSWER_TAIL_MS = 500;
/** How long a query without a deadline waits for a worker. */
const QUERY_WAIT_MS = 10_000;

/** Clients that show histories to people, who must not see events that may never be written. */
const VIEWERS: ReadonlySet<string> = new Set(["temporal-cli", "temporal-ui"]);

/** `temporal.api.workflowservice.v1.WorkflowService/GetWorkflowExecutionHistory` */
export async function getWorkflowExecutionHistory(
  request: GetWorkflowExecutionHistoryRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { namespaceId, workflowId, runId } = readTarget(namespace.id, request.execution);
  const leftMs =
    call.deadlineMs === undefined ? HISTORY_WAIT_MS : call.deadlineMs - deps.clock.nowMs();
  const response = await deps.workflows.history({
    namespaceId,
    workflowId,
    runId,
    maxBatches: historyPageSize(request.maximumPageSize),
    pageToken: request.nextPageToken,
    isWaiting: request.waitNewEvent,
    filter: request.historyEventFilterType || HistoryEventFilterType.ALL_EVENT,
    waitMs: Math.max(0, Math.min(HISTORY_WAIT_MS, leftMs - ANSWER_TAIL_MS)),
    signal: call.signal,
    isWorker: !VIEWERS.has(call.metadata.get("client-name") ?? ""),
    followsSuccessors: supports(call, "follows-next-run-id"),
  });
  return new EncodedResponse(response);
}

/** Whether the client says, in the metadata of its call, that it has a feature. */
function supports(call: CallContext, feature: string): boolean {
  return (call.metadata.get("supported-features") ?? "").split(",").includes(feature);
}

/** `temporal.api.workflowservice.v1.WorkflowService/GetWorkflowExecutionHistoryReverse` */
export async function getWorkflowExecutionHistoryReverse(
  request: GetWorkflowExecutionHistoryReverseRequest,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const target = readTarget(namespace.id, request.execution);
  const response = await deps.workflows.reverseHistory({
    ...target,
    maxBatches: historyPageSize(request.maximumPageSize),
    pageToken: request.nextPageToken,
  });
  return new EncodedResponse(response);
}

function historyPageSize(wanted: number): number {
  return wanted > 0 ? Math.min(wanted, HISTORY_PAGE_BATCHES_MAX) : HISTORY_PAGE_BATCHES_MAX;
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
  return reply.kind === "rejected"
    ? { queryRejected: { status: reply.status } }
    : { queryResult: reply.answer };
}
