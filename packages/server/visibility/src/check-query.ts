import type { InvalidArgumentError } from "@perdure/kernel";
import {
  type ComparisonOperator,
  isTextColumn,
  type VisibilityFilter,
  type VisibilityOrder,
  type VisibilityValue,
} from "@perdure/persistence";
import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import { readOperand, readValue } from "./filter-value.js";
import { invalidExpression, unsupported } from "./invalid-query.js";
import {
  type Expression,
  kindName,
  type Operand,
  type Operator,
  type ParsedOrder,
} from "./list-filter-tree.js";
import { type AttributeTypes, type NamedColumn, resolveColumn } from "./resolve-column.js";
import { shownValue } from "./shown-value.js";

const { DATETIME, DOUBLE, INT, KEYWORD, KEYWORD_LIST, TEXT } = IndexedValueType;

const ONLY_NULL = "'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'";

/**
 * Checks the names and values of a filter.
 *
 * @throws {InvalidArgumentError} Naming the attribute or value that is wrong.
 */
export function checkFilter(expression: Expression, types: AttributeTypes): VisibilityFilter {
  switch (expression.kind) {
    case "and":
    case "or": {
      const operands = expression.operands.map((operand) => checkFilter(operand, types));
      return { kind: expression.kind, operands };
    }
    case "not":
      return { kind: "not", operand: checkFilter(expression.operand, types) };
    case "paren":
      return checkFilter(expression.inner, types);
    case "compare":
      return checkComparison(columnOf(expression.left, types), expression);
    case "between":
      return checkRange(columnOf(expression.left, types), expression);
    case "is": {
      const { field } = columnOf(expression.operand, types);
      if (expression.what === "truth") throw invalidExpression(ONLY_NULL);
      return { kind: "isNull", field, isNegated: expression.isNegated };
    }
    case "call":
      throw unsupported("function expression");
    case "name":
      throw invalidExpression("incomplete expression");
    default:
      throw unsupported(`expression of type ${kindName(expression)}`);
  }
}

function columnOf(expression: Expression, types: AttributeTypes): NamedColumn {
  if (expression.kind === "name") return resolveColumn(expression.text, types);
  throw invalidExpression(`must be a column name but was ${kindName(expression)}`);
}

interface Comparison {
  readonly operator: Operator;
  readonly right: Operand;
}

const COMPARISONS: readonly Operator[] = ["=", "!=", "<", "<=", ">", ">=", "in", "not in"];
const SET_COMPARISONS: readonly Operator[] = ["=", "!=", "in", "not in"];
const PREFIX_TESTS: readonly Operator[] = ["starts_with", "not starts_with"];

function operatorsOf(type: IndexedValueType): readonly Operator[] {
  if (type === TEXT) return ["=", "!="];
  if (type === KEYWORD_LIST) return SET_COMPARISONS;
  return type === KEYWORD ? [...COMPARISONS, ...PREFIX_TESTS] : COMPARISONS;
}

function checkComparison(column: NamedColumn, comparison: Comparison): VisibilityFilter {
  const { field } = column;
  const { operator, right } = comparison;
  const value = readOperand(column, right);
  if (!operatorsOf(column.type).includes(operator)) throw operatorError(column, operator);
  const isNegated = operator.startsWith("not ") || operator === "!=";
  if (PREFIX_TESTS.includes(operator)) {
    const prefix = requirePrefix(column, { operator, right, value });
    return { kind: "startsWith", field, prefix, isNegated };
  }
  if (operator === "in" || operator === "not in") {
    return { kind: "in", field, values: [value].flat(), isNegated };
  }
  const single = requireSingle(column, right, value);
  if (isTextColumn(field)) return anyWord(column, right, isNegated);
  return { kind: "compare", field, operator: operator as ComparisonOperator, value: single };
}

function operatorError(column: NamedColumn, operator: Operator): InvalidArgumentError {
  const shown = operator.toUpperCase();
  return unsupported(
    `operator '${shown}' not supported for ${column.typeName} type search attribute '${column.name}'`,
  );
}

type ReadValue = VisibilityValue | readonly VisibilityValue[];

function requireSingle(column: NamedColumn, right: Operand, value: ReadValue): VisibilityValue {
  if (typeof value !== "object") return value;
  const isText = column.type === KEYWORD_LIST || column.type === TEXT || column.type === KEYWORD;
  const wanted = isText ? "string" : "single value";
  throw invalidExpression(`unexpected value type (expected ${wanted}, got ${shownValue(right)})`);
}

/** The prefix to look for. A status is a keyword by name only: it has no beginning. */
function requirePrefix(
  column: NamedColumn,
  test: { readonly operator: Operator; readonly right: Operand; readonly value: ReadValue },
): string {
  if (typeof test.value === "string") return test.value;
  const got = shownLiteral(column, test.right, test.value);
  throw invalidExpression(
    `right-hand side of "${test.operator}" operator must be a literal string (got: ${got})`,
  );
}

function shownLiteral(column: NamedColumn, right: Operand, value: ReadValue): string {
  if (typeof value === "object") return `[${value.join(" ")}]`;
  return column.field === "ExecutionStatus" && right.kind === "text" ? right.text : String(value);
}

/** A text is looked for by words: one of those that are written is enough. */
function anyWord(column: NamedColumn, right: Operand, isNegated: boolean): VisibilityFilter {
  const text = right.kind === "text" ? right.text : "";
  const words = text.split(" ").filter((word) => word !== "");
  if (words.length === 0) {
    throw invalidExpression(
      `no tokens found filtering on Text type search attribute ${column.name}`,
    );
  }
  const values = words.map((word) => readValue(column, { kind: "text", text: word }));
  return { kind: "in", field: column.field, values, isNegated };
}

const RANGED: ReadonlySet<IndexedValueType> = new Set([DATETIME, DOUBLE, INT, KEYWORD]);

function checkRange(
  column: NamedColumn,
  range: Extract<Expression, { kind: "between" }>,
): VisibilityFilter {
  if (!RANGED.has(column.type)) {
    const attribute = `search attribute '${column.name}' of type ${column.typeName}`;
    throw invalidExpression(`cannot do range condition on ${attribute}`);
  }
  const bounds = [range.low, range.high].map((bound) =>
    requireSingle(column, bound, readOperand(column, bound)),
  );
  const [low = "", high = ""] = bounds;
  return { kind: "between", field: column.field, low, high, isNegated: range.isNegated };
}

/** Checks the terms of an ORDER BY clause. Errors as `checkFilter`. */
export function checkOrder(
  order: readonly ParsedOrder[],
  types: AttributeTypes,
): readonly VisibilityOrder[] {
  return order.map(({ term, isDescending }) => {
    const { field, type, typeName } = columnOf(term, types);
    if (type === TEXT || type === KEYWORD_LIST) {
      throw unsupported(`unable to sort by search attribute type ${typeName}`);
    }
    return { field, isDescending };
  });
}

/** Checks the terms of a GROUP BY clause. Errors as `checkFilter`. */
export function checkGroups(
  groups: readonly Expression[],
  types: AttributeTypes,
): "ExecutionStatus" | undefined {
  const [term] = groups;
  if (term === undefined) return undefined;
  if (groups.length > 1) throw unsupported("'GROUP BY' clause supports only a single field");
  const { field, name } = columnOf(term, types);
  if (field === "ExecutionStatus") return field;
  throw unsupported(`'GROUP BY' clause is not supported for search attribute ${name}`);
}

/** Refuses a limit: pages have their own. */
export function checkNoLimit(hasLimit: boolean): void {
  if (hasLimit) throw unsupported("'LIMIT' clause");
}
