import { type BatchPage, isActivityBatch } from "@perdure/engine";
import {
  EntityKind,
  listIdOf,
  type VisibilityFilter,
  type VisibilityQuery,
} from "@perdure/persistence";
import { ExecutionType, WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { StartBatchOperationRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { BatchRequest, BatchTargets } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "../workflow-service/deps.js";
import { parseQuery } from "../workflow-service/workflow-lists.js";
import { performOperation } from "./perform-operation.js";

/** Executions that are looked up at a time. */
const PAGE_ROWS = 1000;

/** Finds workflows for batch operations, and does what RPCs on single workflows do. */
export function batchTargets(deps: WorkflowServiceDeps): BatchTargets {
  return {
    list: (batch, cursor) => listTargets(batch, cursor, deps),
    count: async (batch) => deps.store.countVisibility(await queryOf(batch, deps)),
    perform: ({ request }, { businessId = "", runId = "" }) =>
      performOperation(request, { workflowId: businessId, runId }, deps),
  };
}

async function listTargets(
  batch: BatchRequest,
  cursor: Uint8Array | undefined,
  deps: WorkflowServiceDeps,
): Promise<BatchPage> {
  const query = await queryOf(batch, deps);
  const { rows, nextCursor } = await deps.store.listVisibility(query, { cursor, limit: PAGE_ROWS });
  const type = isActivityBatch(batch.request) ? ExecutionType.ACTIVITY : ExecutionType.WORKFLOW;
  const executions = rows.map(({ workflowId, runId }) => ({ type, businessId: workflowId, runId }));
  return { executions, nextCursor };
}

async function queryOf(
  { request }: BatchRequest,
  deps: WorkflowServiceDeps,
): Promise<VisibilityQuery> {
  const namespace = resolveNamespace(deps, request.namespace ?? "");
  const { filter, ...parsed } = await parseQuery(queryText(request), namespace);
  const kind = isActivityBatch(request) ? EntityKind.ACTIVITY : EntityKind.WORKFLOW;
  const query = { ...parsed, namespaceId: listIdOf(namespace.id, kind) };
  if (!isForOpen(request)) return { ...query, filter };
  const operands = filter === undefined ? [IS_OPEN] : [filter, IS_OPEN];
  return { ...query, filter: { kind: "and", operands } };
}

/** Activities that are unpaused by their type are looked for by it, whatever was asked for. */
function queryText({ operation, visibilityQuery = "" }: StartBatchOperationRequestInit): string {
  if (operation?.kind !== "unpauseActivitiesOperation") return visibilityQuery;
  const { activity } = operation.value;
  if (activity?.kind !== "type") return visibilityQuery;
  const value = `property:activityType=${activity.value}`.replaceAll("\\", "\\\\");
  return `TemporalPauseInfo = '${value.replaceAll("'", "\\'")}'`;
}

function isForOpen({ operation }: StartBatchOperationRequestInit): boolean {
  const kind = operation?.kind;
  return !["deletionOperation", "resetOperation", "deleteActivitiesOperation"].includes(kind ?? "");
}

const IS_OPEN: VisibilityFilter = {
  kind: "in",
  field: "ExecutionStatus",
  values: [WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.PAUSED],
  isNegated: false,
};
