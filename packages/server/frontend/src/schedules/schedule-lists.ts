import { InvalidArgumentError } from "@perdure/kernel";
import {
  EntityKind,
  listIdOf,
  type VisibilityColumn,
  type VisibilityFilter,
  type VisibilityQuery,
  type VisibilityRow,
} from "@perdure/persistence";
import { VisibilityPageToken } from "@perdure/proto/perdure/internal/v1";
import { Memo, SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import {
  type ScheduleListEntryInit,
  ScheduleListInfo,
} from "@perdure/proto/temporal/api/schedule/v1";
import type {
  CountSchedulesRequest,
  CountSchedulesResponseInit,
  ListSchedulesRequest,
  ListSchedulesResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { SCHEDULE_INFO_FIELD } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import { parseQuery, readCursor } from "../workflow-service/workflow-lists.js";
import type { ScheduleServiceDeps } from "./deps.js";

/** `frontend.visibilityMaxPageSize`: most rows of one page. */
const PAGE_ROWS_MAX = 1000;

/** `temporal.api.workflowservice.v1.WorkflowService/ListSchedules` */
export async function listSchedules(
  request: ListSchedulesRequest,
  deps: ScheduleServiceDeps,
): Promise<ListSchedulesResponseInit> {
  const query = await scheduleQuery(request, deps);
  const size = request.maximumPageSize;
  const page = await deps.store.listVisibility(query, {
    cursor: readCursor(request.nextPageToken),
    limit: size > 0 && size <= PAGE_ROWS_MAX ? size : PAGE_ROWS_MAX,
  });
  const { nextCursor: cursor } = page;
  return {
    schedules: page.rows.map(listedEntry),
    nextPageToken: cursor && VisibilityPageToken.encode({ cursor }),
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/CountSchedules` */
export async function countSchedules(
  request: CountSchedulesRequest,
  deps: ScheduleServiceDeps,
): Promise<CountSchedulesResponseInit> {
  const query = await scheduleQuery(request, deps);
  return { count: BigInt(await deps.store.countVisibility(query)) };
}

/** Schedules that have not ended and that the filter names. */
async function scheduleQuery(
  request: { readonly namespace: string; readonly query: string },
  deps: ScheduleServiceDeps,
): Promise<VisibilityQuery> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { filter, order } = await parseQuery(request.query, namespace);
  if (filter !== undefined) checkColumns(filter);
  const isOpen: VisibilityFilter = {
    kind: "compare",
    field: "ExecutionStatus",
    operator: "=",
    value: WorkflowExecutionStatus.RUNNING,
  };
  const namespaceId = listIdOf(namespace.id, EntityKind.SCHEDULE);
  const operands = filter === undefined ? [isOpen] : [isOpen, filter];
  return { namespaceId, order, filter: { kind: "and", operands } };
}

/** Schedules have no attributes of workflows. @throws {InvalidArgumentError} */
function checkColumns(filter: VisibilityFilter): void {
  switch (filter.kind) {
    case "and":
    case "or":
      for (const operand of filter.operands) checkColumns(operand);
      return;
    case "not":
      checkColumns(filter.operand);
      return;
    default:
      checkColumn(filter.field);
  }
}

function checkColumn(field: VisibilityColumn): void {
  const name = typeof field === "string" ? field : field.name;
  // The filter names the schedule ID, which is where workflows have theirs.
  const isOwn = typeof field === "string" ? field === "WorkflowId" : !name.startsWith("Temporal");
  if (isOwn || name === "TemporalSchedulePaused") return;
  throw new InvalidArgumentError(
    `invalid query filter for schedules: cannot filter on ${JSON.stringify(name)}`,
  );
}

function listedEntry(row: VisibilityRow): ScheduleListEntryInit {
  const fields = new Map(row.memo && Memo.decode(row.memo).fields);
  const info = fields.get(SCHEDULE_INFO_FIELD);
  fields.delete(SCHEDULE_INFO_FIELD);
  const attributes = new Map(
    row.searchAttributes && SearchAttributes.decode(row.searchAttributes).indexedFields,
  );
  attributes.delete("TemporalSchedulePaused");
  return {
    scheduleId: row.workflowId,
    memo: fields.size === 0 ? undefined : { fields },
    searchAttributes: attributes.size === 0 ? undefined : { indexedFields: attributes },
    info: info && ScheduleListInfo.decode(info.data),
  };
}
