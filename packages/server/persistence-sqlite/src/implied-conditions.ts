import type { VisibilityFilter, VisibilityValue } from "@perdure/persistence";
import type { SqlText } from "./visibility-sql.js";

/** Stands for the close time of an open run in the order of lists, after all times. */
const OPEN = "x''";

/**
 * What follows from a condition for the columns of the index in the order of lists, so that it is
 * read from and up to the right places, and rows are not looked at in vain.
 */
export function impliedSql(condition: VisibilityFilter): readonly SqlText[] {
  if (!("field" in condition)) return [];
  if (condition.field === "CloseTime") return impliedByClose(condition);
  // Nothing is executed before it starts.
  const isExecution = condition.field === "ExecutionTime" && condition.kind === "compare";
  if (!isExecution) return [];
  const { operator, value } = condition;
  return operator === "<" || operator === "<=" ? [bound("start_time_ms", operator, value)] : [];
}

function impliedByClose(condition: VisibilityFilter): readonly SqlText[] {
  switch (condition.kind) {
    case "compare": {
      const { operator, value } = condition;
      if (operator === "!=") return [];
      const closed = operator.startsWith(">") ? [closedSql] : [];
      return [bound("close_order", operator, value), ...closed];
    }
    case "between":
      if (condition.isNegated) return [];
      return [
        bound("close_order", ">=", condition.low),
        bound("close_order", "<=", condition.high),
      ];
    case "isNull":
      return [condition.isNegated ? closedSql : { sql: `close_order = ${OPEN}`, values: [] }];
    default:
      return [];
  }
}

const closedSql: SqlText = { sql: `close_order < ${OPEN}`, values: [] };

function bound(column: string, operator: string, value: VisibilityValue): SqlText {
  return { sql: `${column} ${operator} ?`, values: [value] };
}
