import { InvalidArgumentError } from "@perdure/kernel";
import type {
  ComparisonOperator,
  VisibilityColumn,
  VisibilityFilter,
  VisibilityOrder,
} from "@perdure/persistence";
import { isTextColumn } from "@perdure/persistence";
import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import { readValue } from "./filter-value.js";
import type { Expression, Literal, ParsedOrder } from "./list-filter-tree.js";
import { type AttributeTypes, type NamedColumn, resolveColumn } from "./resolve-column.js";

/** An error about a filter, worded as the official server words it. */
export function invalidQuery(reason: string): InvalidArgumentError {
  return new InvalidArgumentError(`invalid query: ${reason}`);
}

function unsupported(what: string): InvalidArgumentError {
  return invalidQuery(`operation is not supported: ${what}`);
}

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
    case "unsupported":
      throw invalidQuery(expression.reason);
    default:
      return checkCondition(expression, resolveColumn(expression.name, types));
  }
}

type Condition = Exclude<Expression, { kind: "and" | "or" | "not" | "unsupported" }>;

function checkCondition(condition: Condition, column: NamedColumn): VisibilityFilter {
  const { field } = column;
  switch (condition.kind) {
    case "compare":
      return checkComparison(column, condition.operator, condition.value);
    case "in": {
      const values = condition.values.map((value) => readValue(column, value));
      if (column.type === IndexedValueType.TEXT) throw operatorError(column, condition, "IN");
      return { kind: "in", field, values, isNegated: condition.isNegated };
    }
    case "between":
      return checkRange(column, condition);
    case "startsWith": {
      const prefix = readValue(column, condition.prefix);
      if (column.type !== IndexedValueType.KEYWORD) {
        throw operatorError(column, condition, "STARTS_WITH");
      }
      return { kind: "startsWith", field, prefix: String(prefix), isNegated: condition.isNegated };
    }
    case "like":
      readValue(column, condition.value);
      throw operatorError(column, condition, "LIKE");
    case "isNull":
      return { kind: "isNull", field, isNegated: condition.isNegated };
  }
}

function operatorError(
  { name, typeName }: NamedColumn,
  condition: { readonly isNegated: boolean },
  operator: string,
): InvalidArgumentError {
  const shown = condition.isNegated ? `NOT ${operator}` : operator;
  return unsupported(
    `operator '${shown}' not supported for ${typeName} type search attribute '${name}'`,
  );
}

function checkComparison(column: NamedColumn, written: string, literal: Literal): VisibilityFilter {
  const operator = (written === "<>" ? "!=" : written) as ComparisonOperator;
  const value = readValue(column, literal);
  const { TEXT, KEYWORD_LIST } = IndexedValueType;
  const isSet = column.type === TEXT || column.type === KEYWORD_LIST;
  if (isSet && operator !== "=" && operator !== "!=") {
    throw operatorError(column, { isNegated: false }, operator);
  }
  if (isTextColumn(column.field)) return anyWord(column, operator, literal);
  return { kind: "compare", field: column.field, operator, value };
}

/** A text is looked for by words: one of those that are written is enough. */
function anyWord(
  column: NamedColumn,
  operator: ComparisonOperator,
  literal: Literal,
): VisibilityFilter {
  const words = literal.text.split(" ").filter((word) => word !== "");
  if (words.length === 0) {
    const reason = `no tokens found filtering on Text type search attribute ${column.name}`;
    throw invalidQuery(`invalid expression: ${reason}`);
  }
  const values = words.map((text) => readValue(column, { kind: "text", text }));
  return { kind: "in", field: column.field, values, isNegated: operator === "!=" };
}

const RANGED: ReadonlySet<IndexedValueType> = new Set([
  IndexedValueType.DATETIME,
  IndexedValueType.DOUBLE,
  IndexedValueType.INT,
  IndexedValueType.KEYWORD,
]);

function checkRange(
  column: NamedColumn,
  range: Extract<Condition, { kind: "between" }>,
): VisibilityFilter {
  if (!RANGED.has(column.type)) {
    const attribute = `search attribute '${column.name}' of type ${column.typeName}`;
    throw invalidQuery(`invalid expression: cannot do range condition on ${attribute}`);
  }
  const low = readValue(column, range.low);
  const high = readValue(column, range.high);
  return { kind: "between", field: column.field, low, high, isNegated: range.isNegated };
}

/** Checks the names of an ORDER BY clause. Errors as `checkFilter`. */
export function checkOrder(
  order: readonly ParsedOrder[],
  types: AttributeTypes,
): readonly VisibilityOrder[] {
  return order.map(({ name, isDescending }) => {
    const { field, type, typeName } = resolveColumn(name, types);
    const { KEYWORD_LIST, TEXT } = IndexedValueType;
    if (type === TEXT || type === KEYWORD_LIST) {
      throw unsupported(`unable to sort by search attribute type ${typeName}`);
    }
    return { field, isDescending };
  });
}

/** Checks the names of a GROUP BY clause. Errors as `checkFilter`. */
export function checkGroups(
  names: readonly string[],
  types: AttributeTypes,
): "ExecutionStatus" | undefined {
  const [name] = names;
  if (name === undefined) return undefined;
  if (names.length > 1) throw unsupported("'GROUP BY' clause supports only a single field");
  const field: VisibilityColumn = resolveColumn(name, types).field;
  if (field === "ExecutionStatus") return field;
  throw unsupported(`'GROUP BY' clause is not supported for search attribute ${name}`);
}

/** Refuses a limit: pages have their own. */
export function checkNoLimit(hasLimit: boolean): void {
  if (hasLimit) throw unsupported("'LIMIT' clause");
}
