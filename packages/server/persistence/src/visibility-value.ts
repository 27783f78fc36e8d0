import { compareText } from "./compare-text.js";
import type { VisibilityRow } from "./records.js";
import { attributeValues } from "./search-attribute-values.js";
import type {
  VisibilityColumn,
  VisibilityField,
  VisibilityOrder,
  VisibilityValue,
} from "./visibility-query.js";

const READERS: Record<VisibilityField, (row: VisibilityRow) => VisibilityValue | undefined> = {
  WorkflowId: (row) => row.workflowId,
  RunId: (row) => row.runId,
  WorkflowType: (row) => row.workflowType,
  TaskQueue: (row) => row.taskQueue,
  ExecutionStatus: (row) => row.status,
  StartTime: (row) => row.startTimeMs,
  ExecutionTime: (row) => row.executionTimeMs,
  CloseTime: (row) => row.closeTimeMs,
  ExecutionDuration: (row) =>
    row.closeTimeMs === undefined ? undefined : row.closeTimeMs - row.executionTimeMs,
  // Counts are told of closed runs alone: a history without events is that of an open one.
  HistoryLength: (row) => row.historyLength || undefined,
  HistorySizeBytes: (row) => row.historySizeBytes || undefined,
  StateTransitionCount: (row) => row.stateTransitionCount || undefined,
  ParentWorkflowId: (row) => row.parentWorkflowId,
  ParentRunId: (row) => row.parentRunId,
  RootWorkflowId: (row) => row.rootWorkflowId,
  RootRunId: (row) => row.rootRunId,
};

/** Reads one attribute of a row; `undefined` stands for null. */
export function visibilityValue(
  row: VisibilityRow,
  field: VisibilityColumn,
): VisibilityValue | undefined {
  if (typeof field === "string") return READERS[field](row);
  return attributeValues(row.searchAttributes).get(field.name)?.[0];
}

/** Compares two values of one field: numbers by size, text by code points. */
export function compareVisibilityValues(left: VisibilityValue, right: VisibilityValue): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return compareText(String(left), String(right));
}

const DEFAULT_ORDER: readonly VisibilityOrder[] = [
  { field: "CloseTime", isDescending: true },
  { field: "StartTime", isDescending: true },
];

/**
 * The whole order of a list: `order`, or the default one when it is empty, and then the run ID in
 * the direction of the last term, so that no two rows are equal. A null is larger than any value.
 */
export function fullVisibilityOrder(order: readonly VisibilityOrder[]): readonly VisibilityOrder[] {
  const terms = order.length === 0 ? DEFAULT_ORDER : order;
  const last = terms[terms.length - 1];
  return [...terms, { field: "RunId", isDescending: last?.isDescending ?? false }];
}

/** A row's place in an order: the value of each term, null where there is none. */
export type VisibilityPlace = readonly (VisibilityValue | null)[];

/** The place of a row in an order that `fullVisibilityOrder()` made. */
export function visibilityPlace(
  row: VisibilityRow,
  order: readonly VisibilityOrder[],
): VisibilityPlace {
  return order.map((term) => visibilityValue(row, term.field) ?? null);
}

/** Compares two places in one order. */
export function compareVisibilityPlaces(
  order: readonly VisibilityOrder[],
  left: VisibilityPlace,
  right: VisibilityPlace,
): number {
  for (const [index, term] of order.entries()) {
    const compared = compareNullable(left[index] ?? null, right[index] ?? null);
    if (compared !== 0) return term.isDescending ? -compared : compared;
  }
  return 0;
}

function compareNullable(left: VisibilityValue | null, right: VisibilityValue | null): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return compareVisibilityValues(left, right);
}
