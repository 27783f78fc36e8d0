import type { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";

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
  | "ExecutionDuration"
  | "HistoryLength"
  | "HistorySizeBytes"
  | "StateTransitionCount"
  | "ParentWorkflowId"
  | "ParentRunId"
  | "RootWorkflowId"
  | "RootRunId";

/** A search attribute that is kept in a row's `searchAttributes`. */
export interface SearchAttributeField {
  readonly name: string;
  /**
   * Lists and texts are sets of words to a filter: a comparison asks whether they have the value
   * (a text: the words of the value, in their order), and they are never null but empty.
   */
  readonly type: IndexedValueType;
}

/** What filters and orders name. */
export type VisibilityColumn = VisibilityField | SearchAttributeField;

/**
 * Times are milliseconds since the epoch, durations milliseconds, truth values 0 and 1, statuses
 * numbers of `WorkflowExecutionStatus`.
 */
export type VisibilityValue = string | number;

export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** A checked filter: every value has the type of its field. */
export type VisibilityFilter =
  | {
      readonly kind: "compare";
      readonly field: VisibilityColumn;
      readonly operator: ComparisonOperator;
      readonly value: VisibilityValue;
    }
  | {
      readonly kind: "in";
      readonly field: VisibilityColumn;
      readonly values: readonly VisibilityValue[];
      readonly isNegated: boolean;
    }
  | {
      readonly kind: "between";
      readonly field: VisibilityColumn;
      readonly low: VisibilityValue;
      readonly high: VisibilityValue;
      readonly isNegated: boolean;
    }
  | {
      readonly kind: "startsWith";
      readonly field: VisibilityColumn;
      readonly prefix: string;
      readonly isNegated: boolean;
    }
  | { readonly kind: "isNull"; readonly field: VisibilityColumn; readonly isNegated: boolean }
  | { readonly kind: "and" | "or"; readonly operands: readonly VisibilityFilter[] }
  | { readonly kind: "not"; readonly operand: VisibilityFilter };

export interface VisibilityOrder {
  readonly field: VisibilityColumn;
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
