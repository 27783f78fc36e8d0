import type { VisibilityColumn, VisibilityField } from "@perdure/persistence";
import { runIdTextSql } from "./run-id-value.js";

/** How statements name what a filter or an order names. */
export interface Column {
  /** A column or an expression. */
  readonly name: string;
  readonly isRunId?: true;
  /** What an order sorts by, where the column itself may be null. */
  readonly orderSql?: string;
}

const COLUMNS: Record<VisibilityField, Column> = {
  WorkflowId: { name: "workflow_id" },
  RunId: { name: "run_id", isRunId: true },
  WorkflowType: { name: "workflow_type" },
  TaskQueue: { name: "task_queue" },
  ExecutionStatus: { name: "status" },
  StartTime: { name: "start_time_ms" },
  ExecutionTime: { name: "execution_time_ms" },
  CloseTime: { name: "close_time_ms", orderSql: "close_order" },
  ExecutionDuration: {
    name: "(close_time_ms - execution_time_ms)",
    orderSql: "ifnull(close_time_ms - execution_time_ms, x'')",
  },
  HistoryLength: countColumn("history_length"),
  HistorySizeBytes: countColumn("history_size_bytes"),
  StateTransitionCount: countColumn("state_transition_count"),
  ParentWorkflowId: {
    name: "parent_workflow_id",
    orderSql: "ifnull(parent_workflow_id, x'')",
  },
  ParentRunId: {
    name: "parent_run_id",
    isRunId: true,
    orderSql: `ifnull(${runIdTextSql("parent_run_id")}, x'')`,
  },
  RootWorkflowId: { name: "root_workflow_id" },
  RootRunId: { name: "root_run_id", isRunId: true },
};

/** A count that is told of closed runs alone: a history without events is that of an open one. */
function countColumn(column: string): Column {
  const name = `nullif(${column}, 0)`;
  return { name, orderSql: `ifnull(${name}, x'')` };
}

/**
 * The attribute that nearly every run has. Its values are only in the row's encoded attributes,
 * since writing them apart would make every workflow dearer; a filter by it reads all rows.
 */
export const BUILD_IDS = "BuildIds";

/** Finds the column of a field; that of a search attribute looks its value up. */
export function columnOf(field: VisibilityColumn): Column {
  if (typeof field === "string") return COLUMNS[field];
  if (field.name === BUILD_IDS) {
    return { name: `nullif(${holdsSql(BUILD_IDS)}, 0)` };
  }
  const name = `(SELECT value ${attributeRowsSql(field.name)})`;
  return { name, orderSql: `ifnull(${name}, x'')` };
}

/** The rest of a statement that selects the values that the run of a list row has. */
export function attributeRowsSql(attribute: string): string {
  const run = "held.namespace_no = visibility.namespace_no AND held.run_id = visibility.run_id";
  return `FROM visibility_attributes AS held WHERE ${run} AND held.name = ${quoted(attribute)}`;
}

/** Text as a literal. Names of attributes are part of statements, values never are. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether a row's encoded attributes contain a text: that of the literal, or a parameter. */
export function holdsSql(text?: string): string {
  const bytes = text === undefined ? "?" : `x'${Buffer.from(text).toString("hex")}'`;
  return `(ifnull(instr(search_attributes, ${bytes}), 0) > 0)`;
}
