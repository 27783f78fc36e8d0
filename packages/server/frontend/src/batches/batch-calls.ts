import { type BatchState, batchTypeOf, isActivityBatch, toTimestamp } from "@perdure/engine";
import { InvalidArgumentError, ResourceExhaustedError } from "@perdure/kernel";
import {
  EntityKind,
  listIdOf,
  type VisibilityFilter,
  type VisibilityRow,
} from "@perdure/persistence";
import { VisibilityPageToken } from "@perdure/proto/perdure/internal/v1";
import type { BatchOperationInfoInit } from "@perdure/proto/temporal/api/batch/v1";
import type { ExecutionInit } from "@perdure/proto/temporal/api/common/v1";
import {
  BatchOperationState,
  type BatchOperationType,
  ExecutionType,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  DescribeBatchOperationRequest,
  DescribeBatchOperationResponseInit,
  ListBatchOperationsRequest,
  ListBatchOperationsResponseInit,
  StartBatchOperationRequest,
  StopBatchOperationRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import { readCursor } from "../workflow-service/workflow-lists.js";
import { checkBatchOperation, checkBatchQuery } from "./batch-checks.js";
import type { BatchServiceDeps } from "./deps.js";

/** `frontend.visibilityMaxPageSize`: most rows of one page. */
const PAGE_ROWS_MAX = 1000;

const IS_OPEN: VisibilityFilter = {
  kind: "compare",
  field: "ExecutionStatus",
  operator: "=",
  value: WorkflowExecutionStatus.RUNNING,
};

/** `temporal.api.workflowservice.v1.WorkflowService/StartBatchOperation` */
export async function startBatchOperation(
  request: StartBatchOperationRequest,
  deps: BatchServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  checkBatchOperation(request);
  await checkBatchQuery(request.visibilityQuery);
  await checkConcurrency(namespace.id, deps);
  await deps.batches.start({ namespaceId: namespace.id, id: request.jobId }, request);
  return {};
}

async function checkConcurrency(namespaceId: string, deps: BatchServiceDeps): Promise<void> {
  const listId = listIdOf(namespaceId, EntityKind.BATCH_OPERATION);
  const query = { namespaceId: listId, filter: IS_OPEN, order: [] };
  const openCount = await deps.store.countVisibility(query);
  if (openCount < deps.limits.concurrentBatchesMax) return;
  throw new ResourceExhaustedError("Max concurrent batch operations is reached", {
    cause: "CONCURRENT_LIMIT",
    scope: "NAMESPACE",
  });
}

/** `temporal.api.workflowservice.v1.WorkflowService/StopBatchOperation` */
export async function stopBatchOperation(
  request: StopBatchOperationRequest,
  deps: BatchServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { jobId, reason } = request;
  checkJobId(jobId);
  if (reason === "") throw new InvalidArgumentError("Reason is not set on request.");
  await deps.batches.cancel({ namespaceId: namespace.id, id: jobId }, reason);
  return {};
}

function checkJobId(jobId: string): void {
  if (jobId === "") throw new InvalidArgumentError("JobId is not set on request.");
}

/** `temporal.api.workflowservice.v1.WorkflowService/DescribeBatchOperation` */
export async function describeBatchOperation(
  request: DescribeBatchOperationRequest,
  deps: BatchServiceDeps,
): Promise<DescribeBatchOperationResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  checkJobId(request.jobId);
  const state = await deps.batches.read({ namespaceId: namespace.id, id: request.jobId });
  return {
    operationType: batchTypeOf(state.request),
    jobId: state.identity.id,
    state: state.state,
    startTime: toTimestamp(state.startedMs),
    closeTime: state.closedMs === undefined ? undefined : toTimestamp(state.closedMs),
    ...countsOf(state),
    identity: identityOf(state),
    reason: state.request.reason,
    query: state.request.visibilityQuery,
    executions: executionsOf(state),
  };
}

/** An operation that failed or was stopped tells no counts, as with the official server. */
function countsOf(state: BatchState): DescribeBatchOperationResponseInit {
  if (state.state === BatchOperationState.FAILED) return {};
  return {
    totalOperationCount: BigInt(state.totalCount),
    completeOperationCount: BigInt(state.successCount),
    failureOperationCount: BigInt(state.failureCount),
  };
}

function identityOf({ request }: BatchState): string {
  const value = request.operation?.value;
  return value !== undefined && "identity" in value ? (value.identity ?? "") : "";
}

function executionsOf({ request }: BatchState): readonly ExecutionInit[] {
  const targets = request.targetExecutions ?? [];
  if (targets.length > 0) return targets;
  const type = isActivityBatch(request) ? ExecutionType.ACTIVITY : ExecutionType.WORKFLOW;
  return (request.executions ?? []).map(({ workflowId, runId }) => ({
    type,
    businessId: workflowId,
    runId,
  }));
}

/** `temporal.api.workflowservice.v1.WorkflowService/ListBatchOperations` */
export async function listBatchOperations(
  request: ListBatchOperationsRequest,
  deps: BatchServiceDeps,
): Promise<ListBatchOperationsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const namespaceId = listIdOf(namespace.id, EntityKind.BATCH_OPERATION);
  const query = { namespaceId, filter: undefined, order: [] };
  const { pageSize, nextPageToken } = request;
  const page = await deps.store.listVisibility(query, {
    cursor: readCursor(nextPageToken),
    limit: pageSize > 0 && pageSize <= PAGE_ROWS_MAX ? pageSize : PAGE_ROWS_MAX,
  });
  const { nextCursor: cursor } = page;
  return {
    operationInfo: page.rows.map(listedBatch),
    nextPageToken: cursor && VisibilityPageToken.encode({ cursor }),
  };
}

function listedBatch(row: VisibilityRow): BatchOperationInfoInit {
  return {
    jobId: row.workflowId,
    state: STATE_OF_STATUS.get(row.status) ?? BatchOperationState.FAILED,
    startTime: toTimestamp(row.startTimeMs),
    closeTime: row.closeTimeMs === undefined ? undefined : toTimestamp(row.closeTimeMs),
    operationType: Number(row.workflowType) as BatchOperationType,
  };
}

const STATE_OF_STATUS: ReadonlyMap<number, BatchOperationState> = new Map([
  [WorkflowExecutionStatus.RUNNING, BatchOperationState.RUNNING],
  [WorkflowExecutionStatus.COMPLETED, BatchOperationState.COMPLETED],
]);
