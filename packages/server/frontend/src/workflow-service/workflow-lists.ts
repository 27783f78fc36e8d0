import {
  ATTRIBUTE_TYPE_NAMES,
  attributePayload,
  PREDEFINED_ATTRIBUTES,
  SYSTEM_ATTRIBUTES,
  timestampMs,
} from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import type { VisibilityFilter, VisibilityQuery } from "@perdure/persistence";
import { VisibilityPageToken } from "@perdure/proto/perdure/internal/v1";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { StartTimeFilter } from "@perdure/proto/temporal/api/filter/v1";
import type {
  CountWorkflowExecutionsRequest,
  CountWorkflowExecutionsResponseInit,
  ListArchivedWorkflowExecutionsRequest,
  ListClosedWorkflowExecutionsRequest,
  ListOpenWorkflowExecutionsRequest,
  ListWorkflowExecutionsRequest,
  ListWorkflowExecutionsResponseInit,
  ScanWorkflowExecutionsRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { DecodeError } from "@perdure/proto/wire";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { ServedNamespace, WorkflowServiceDeps } from "./deps.js";
import { listedExecution } from "./listed-execution.js";

/** `frontend.visibilityMaxPageSize`: most rows of one page. */
const LIST_PAGE_ROWS_MAX = 1000;
/** `frontend.visibilityArchivalQueryMaxPageSize`. */
const ARCHIVE_PAGE_ROWS_MAX = 10_000;

/** `temporal.api.workflowservice.v1.WorkflowService/ListWorkflowExecutions` */
export async function listWorkflowExecutions(
  request: ListWorkflowExecutionsRequest | ScanWorkflowExecutionsRequest,
  deps: WorkflowServiceDeps,
): Promise<ListWorkflowExecutionsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  return listPage(await parseQuery(request.query, namespace), request, deps);
}

/** `temporal.api.workflowservice.v1.WorkflowService/ScanWorkflowExecutions`: an older name. */
export const scanWorkflowExecutions = listWorkflowExecutions;

/** `temporal.api.workflowservice.v1.WorkflowService/ListOpenWorkflowExecutions` */
export async function listOpenWorkflowExecutions(
  request: ListOpenWorkflowExecutionsRequest,
  deps: WorkflowServiceDeps,
): Promise<ListWorkflowExecutionsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const isOpen: VisibilityFilter = {
    kind: "compare",
    field: "ExecutionStatus",
    operator: "=",
    value: WorkflowExecutionStatus.RUNNING,
  };
  const operands = [isOpen, ...timeRange("StartTime", request.startTimeFilter)];
  const { filters } = request;
  if (filters?.kind === "executionFilter") {
    operands.push(equals("WorkflowId", filters.value.workflowId));
  } else if (filters?.kind === "typeFilter") {
    operands.push(equals("WorkflowType", filters.value.name));
  }
  const query = { namespaceId: namespace.id, filter: allOf(operands), order: [] };
  return listPage(query, { ...request, pageSize: request.maximumPageSize }, deps);
}

/** `temporal.api.workflowservice.v1.WorkflowService/ListClosedWorkflowExecutions` */
export async function listClosedWorkflowExecutions(
  request: ListClosedWorkflowExecutionsRequest,
  deps: WorkflowServiceDeps,
): Promise<ListWorkflowExecutionsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const isClosed: VisibilityFilter = {
    kind: "compare",
    field: "ExecutionStatus",
    operator: "!=",
    value: WorkflowExecutionStatus.RUNNING,
  };
  const operands = [isClosed, ...timeRange("CloseTime", request.startTimeFilter)];
  const { filters } = request;
  if (filters?.kind === "executionFilter") {
    operands.push(equals("WorkflowId", filters.value.workflowId));
  } else if (filters?.kind === "typeFilter") {
    operands.push(equals("WorkflowType", filters.value.name));
  } else if (filters?.kind === "statusFilter") {
    operands.push(closedStatus(filters.value.status));
  }
  const query = { namespaceId: namespace.id, filter: allOf(operands), order: [] };
  return listPage(query, { ...request, pageSize: request.maximumPageSize }, deps);
}

function closedStatus(status: WorkflowExecutionStatus): VisibilityFilter {
  const isClosed =
    status !== WorkflowExecutionStatus.UNSPECIFIED && status !== WorkflowExecutionStatus.RUNNING;
  if (isClosed) return equals("ExecutionStatus", status);
  throw new InvalidArgumentError("StatusFilter must be specified and must be not Running.");
}

/** `temporal.api.workflowservice.v1.WorkflowService/ListArchivedWorkflowExecutions` */
export function listArchivedWorkflowExecutions(
  request: ListArchivedWorkflowExecutionsRequest,
  deps: WorkflowServiceDeps,
): never {
  resolveNamespace(deps, request.namespace);
  if (request.pageSize > ARCHIVE_PAGE_ROWS_MAX) {
    throw new InvalidArgumentError(`PageSize is larger than allowed ${ARCHIVE_PAGE_ROWS_MAX}.`);
  }
  throw new InvalidArgumentError("Cluster is not configured for visibility archival.");
}

/** `temporal.api.workflowservice.v1.WorkflowService/CountWorkflowExecutions` */
export async function countWorkflowExecutions(
  request: CountWorkflowExecutionsRequest,
  deps: WorkflowServiceDeps,
): Promise<CountWorkflowExecutionsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const query = await parseQuery(request.query, namespace);
  if (query.groupBy === undefined)
    return { count: BigInt(await deps.store.countVisibility(query)) };
  const groups = await deps.store.countVisibilityByStatus(query);
  return {
    count: BigInt(groups.reduce((sum, { count }) => sum + count, 0)),
    groups: groups.map(({ status, count }) => ({
      groupValues: [attributePayload("Keyword", statusName(status))],
      count: BigInt(count),
    })),
  };
}

/** A status as filters and groups name it, such as `ContinuedAsNew`. */
function statusName(status: number): string {
  const [name] = Object.entries(WorkflowExecutionStatus).find(([, value]) => value === status) ?? [
    "UNSPECIFIED",
  ];
  const words = name.toLowerCase().split("_");
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

async function listPage(
  query: VisibilityQuery,
  request: { readonly pageSize: number; readonly nextPageToken: Uint8Array },
  deps: WorkflowServiceDeps,
): Promise<ListWorkflowExecutionsResponseInit> {
  const isInRange = request.pageSize > 0 && request.pageSize <= LIST_PAGE_ROWS_MAX;
  const page = await deps.store.listVisibility(query, {
    cursor: readCursor(request.nextPageToken),
    limit: isInRange ? request.pageSize : LIST_PAGE_ROWS_MAX,
  });
  const { nextCursor } = page;
  return {
    executions: page.rows.map(listedExecution),
    nextPageToken:
      nextCursor === undefined ? undefined : VisibilityPageToken.encode({ cursor: nextCursor }),
  };
}

function equals(
  field: "WorkflowId" | "WorkflowType" | "ExecutionStatus",
  value: string | number,
): VisibilityFilter {
  return { kind: "compare", field, operator: "=", value };
}

function allOf(operands: readonly VisibilityFilter[]): VisibilityFilter {
  return { kind: "and", operands };
}

/** The conditions of a time filter, of which either end may be open. */
function timeRange(
  field: "StartTime" | "CloseTime",
  filter: StartTimeFilter | undefined,
): readonly VisibilityFilter[] {
  const earliestMs = filter?.earliestTime && timestampMs(filter.earliestTime);
  const latestMs = filter?.latestTime && timestampMs(filter.latestTime);
  if (earliestMs !== undefined && latestMs !== undefined && earliestMs > latestMs) {
    throw new InvalidArgumentError(
      "EarliestTime in StartTimeFilter should not be larger than LatestTime.",
    );
  }
  const conditions: VisibilityFilter[] = [];
  if (earliestMs !== undefined) {
    conditions.push({ kind: "compare", field, operator: ">=", value: earliestMs });
  }
  if (latestMs !== undefined) {
    conditions.push({ kind: "compare", field, operator: "<=", value: latestMs });
  }
  return conditions;
}

/** Reads a filter. The parser is loaded with the first list that has a filter. */
export async function parseQuery(
  text: string,
  namespace: ServedNamespace,
): Promise<VisibilityQuery & { readonly groupBy?: string | undefined }> {
  const { id } = namespace;
  if (text.trim() === "") return { namespaceId: id, filter: undefined, order: [] };
  const { parseVisibilityQuery } = await import("@perdure/visibility");
  const types = {
    system: SYSTEM_ATTRIBUTES,
    predefined: PREDEFINED_ATTRIBUTES,
    custom: namespace.schema.customTypes,
    typeNames: ATTRIBUTE_TYPE_NAMES,
  };
  return parseVisibilityQuery(text, { id, types });
}

export function readCursor(token: Uint8Array): Uint8Array | undefined {
  if (token.length === 0) return undefined;
  try {
    return VisibilityPageToken.decode(token).cursor;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new InvalidArgumentError("Invalid NextPageToken.");
  }
}
