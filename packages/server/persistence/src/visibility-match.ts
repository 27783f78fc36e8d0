import { unreachable } from "@perdure/kernel";
import type { VisibilityRow } from "./records.js";
import { attributeValues, isSetColumn, isTextColumn } from "./search-attribute-values.js";
import type { ComparisonOperator, VisibilityFilter, VisibilityValue } from "./visibility-query.js";
import { compareVisibilityValues, visibilityValue } from "./visibility-value.js";

/** Whether a row is in the list of a filter. A null never matches a comparison, negated or not. */
export function matchesVisibility(
  row: VisibilityRow,
  filter: VisibilityFilter | undefined,
): boolean {
  return filter === undefined || evaluate(row, filter) === true;
}

/** Evaluates with the three values of SQL: `undefined` is "unknown". */
function evaluate(row: VisibilityRow, filter: VisibilityFilter): boolean | undefined {
  switch (filter.kind) {
    case "and":
      return evaluateJunction(row, filter.operands, false);
    case "or":
      return evaluateJunction(row, filter.operands, true);
    case "not":
      return negateIf(true, evaluate(row, filter.operand));
    case "isNull":
      return negateIf(filter.isNegated, visibilityValue(row, filter.field) === undefined);
    default: {
      if (isSetColumn(filter.field)) return evaluateSet(row, filter);
      const value = visibilityValue(row, filter.field);
      return value === undefined ? undefined : evaluateValue(value, filter);
    }
  }
}

/** A list or text has one of some values, or has it not: never unknown. */
function evaluateSet(row: VisibilityRow, filter: ValueFilter): boolean {
  if (typeof filter.field === "string") return false;
  const { name } = filter.field;
  const isText = isTextColumn(filter.field);
  const has = attributeValues(row.searchAttributes).get(name) ?? [];
  const isIn = (wanted: VisibilityValue): boolean =>
    isText ? has.some((value) => String(value).includes(String(wanted))) : has.includes(wanted);
  if (filter.kind === "in") return filter.values.some(isIn) !== filter.isNegated;
  if (filter.kind !== "compare") return false;
  return isIn(filter.value) === (filter.operator === "=");
}

type ValueFilter = Extract<VisibilityFilter, { kind: "compare" | "in" | "between" | "startsWith" }>;

function evaluateValue(value: VisibilityValue, filter: ValueFilter): boolean | undefined {
  switch (filter.kind) {
    case "compare":
      return compares(filter.operator, compareVisibilityValues(value, filter.value));
    case "in":
      return negateIf(filter.isNegated, filter.values.includes(value));
    case "between": {
      const isAboveLow = compareVisibilityValues(value, filter.low) >= 0;
      const isBelowHigh = compareVisibilityValues(value, filter.high) <= 0;
      return negateIf(filter.isNegated, isAboveLow && isBelowHigh);
    }
    case "startsWith":
      return negateIf(filter.isNegated, String(value).startsWith(filter.prefix));
    default:
      return unreachable(filter);
  }
}

/** `decisive` is the value that settles the whole: false for "and", true for "or". */
function evaluateJunction(
  row: VisibilityRow,
  operands: readonly VisibilityFilter[],
  decisive: boolean,
): boolean | undefined {
  let isKnown = true;
  for (const operand of operands) {
    const value = evaluate(row, operand);
    if (value === decisive) return decisive;
    if (value === undefined) isKnown = false;
  }
  return isKnown ? !decisive : undefined;
}

function negateIf(isNegated: boolean, value: boolean | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  return isNegated ? !value : value;
}

function compares(operator: ComparisonOperator, compared: number): boolean {
  switch (operator) {
    case "=":
      return compared === 0;
    case "!=":
      return compared !== 0;
    case "<":
      return compared < 0;
    case "<=":
      return compared <= 0;
    case ">":
      return compared > 0;
    case ">=":
      return compared >= 0;
    default:
      return unreachable(operator);
  }
}
