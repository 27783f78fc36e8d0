import type {
  VisibilityColumn,
  VisibilityField,
  VisibilityFilter,
  VisibilityQuery,
} from "@perdure/persistence";
import { isSetColumn } from "@perdure/persistence";
import { BUILD_IDS } from "./visibility-columns.js";
import { outerConditions } from "./visibility-sql.js";

/** The condition of a query that an index finds the rows of. */
export interface Driver {
  readonly condition: VisibilityFilter;
  /** The index of a column; absent for a search attribute. */
  readonly index: string | undefined;
  /** Whether the rows come in the order of lists, so that it does not matter how many they are. */
  readonly isOrdered: boolean;
  /** What the rows of a partial index have in common, besides being settled. */
  readonly scope: string | undefined;
}

interface ListIndex {
  readonly name: string;
  readonly scope?: string;
}

const CLOSED = "close_time_ms IS NOT NULL";

const INDEXES: Partial<Record<VisibilityField, ListIndex>> = {
  WorkflowId: { name: "visibility_by_id" },
  WorkflowType: { name: "visibility_by_type" },
  TaskQueue: { name: "visibility_by_queue" },
  ExecutionStatus: { name: "visibility_by_status" },
  StartTime: { name: "visibility_by_start" },
  ExecutionTime: { name: "visibility_by_execution" },
  ExecutionDuration: { name: "visibility_by_duration", scope: CLOSED },
  HistoryLength: { name: "visibility_by_length", scope: CLOSED },
  HistorySizeBytes: { name: "visibility_by_size", scope: CLOSED },
  StateTransitionCount: { name: "visibility_by_transitions", scope: CLOSED },
  ParentWorkflowId: { name: "visibility_by_parent", scope: "parent_workflow_id IS NOT NULL" },
  ParentRunId: { name: "visibility_by_parent_run", scope: "parent_run_id IS NOT NULL" },
  RootWorkflowId: { name: "visibility_by_root" },
  RootRunId: { name: "visibility_by_root_run" },
};

/** Run IDs are compared as text, but stored as bytes: an index serves equality alone. */
const BY_EQUALITY: ReadonlySet<VisibilityColumn> = new Set(["ParentRunId", "RootRunId"]);

/** Finds the condition that an index serves best; `undefined` when there is none. */
export function driverOf(query: VisibilityQuery): Driver | undefined {
  const drivers = outerConditions(query.filter).flatMap((condition) => asDriver(condition) ?? []);
  // A query by one run or workflow has an index that needs no settling.
  return drivers.find(({ isOrdered }) => isOrdered) ?? drivers[0];
}

function asDriver(condition: VisibilityFilter): Driver | undefined {
  if (!("field" in condition) || !isServed(condition)) return undefined;
  const { field } = condition;
  const isEqual = condition.kind === "compare" && condition.operator === "=";
  if (typeof field === "string") {
    const index = INDEXES[field];
    if (index === undefined || (BY_EQUALITY.has(field) && !isEqual)) return undefined;
    // The order of starts comes before that of run IDs, which the index does not have.
    const isOrdered = isEqual && field !== "StartTime";
    return { condition, index: index.name, isOrdered, scope: index.scope };
  }
  if (field.name === BUILD_IDS || condition.kind === "in") return undefined;
  if (isSetColumn(field) && !isEqual) return undefined;
  return { condition, index: undefined, isOrdered: isEqual, scope: undefined };
}

/** Whether an index can select the rows. */
function isServed(condition: VisibilityFilter): boolean {
  switch (condition.kind) {
    case "compare":
      return condition.operator !== "!=";
    case "in":
      return !condition.isNegated && condition.values.length > 0;
    case "between":
    case "startsWith":
      return !condition.isNegated;
    default:
      return false;
  }
}
