/** An attribute of a visibility row that lists filter and order by, by its public name. */
export type VisibilityField =
  | "WorkflowId"
  | "RunId"
  | "WorkflowType"
  | "TaskQueue"
  | "ExecutionStatus"
  | "StartTime"
  | "ExecutionTime"
  | "CloseTime"
  | "HistoryLength"
  | "HistorySizeBytes"
  | "StateTransitionCount"
  | "ParentWorkflowId"
  | "ParentRunId"
  | "RootWorkflowId"
  | "RootRunId";

/** Times are milliseconds since the epoch, statuses numbers of `WorkflowExecutionStatus`. */
export type VisibilityValue = string | number;

export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** A checked filter: every value has the type of its field. */
export type VisibilityFilter =
  | {
      readonly kind: "compare";
      readonly field: VisibilityField;
      readonly operator: ComparisonOperator;
      readonly value: VisibilityValue;
    }
  | {
      readonly kind: "in";
      readonly field: VisibilityField;
      readonly values: readonly VisibilityValue[];
      readonly isNegated: boolean;
    }
  | {
      readonly kind: "between";
      readonly field: VisibilityField;
      readonly low: VisibilityValue;
      readonly high: VisibilityValue;
      readonly isNegated: boolean;
    }
  | {
      readonly kind: "startsWith";
      readonly field: VisibilityField;
      readonly prefix: string;
      readonly isNegated: boolean;
    }
  | { readonly kind: "isNull"; readonly field: VisibilityField; readonly isNegated: boolean }
  | { readonly kind: "and" | "or"; readonly operands: readonly VisibilityFilter[] }
  | { readonly kind: "not"; readonly operand: VisibilityFilter };

export interface VisibilityOrder {
  readonly field: VisibilityField;
  readonly isDescending: boolean;
}

/**
 * What to list. Without `order`: by close time (open runs first), then start time, both
 * descending, as the official server lists. A null never matches a comparison.
 */
export interface VisibilityQuery {
  readonly namespaceId: string;
  readonly filter: VisibilityFilter | undefined;
  readonly order: readonly VisibilityOrder[];
}
