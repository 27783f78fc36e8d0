import { InvalidArgumentError } from "@perdure/kernel";
import type {
  ComparisonOperator,
  VisibilityField,
  VisibilityFilter,
  VisibilityOrder,
  VisibilityValue,
} from "@perdure/persistence";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { Expression, Literal, ParsedOrder } from "./list-filter-parser.js";

type FieldType = "keyword" | "time" | "int" | "status";

const FIELD_TYPES: Readonly<Record<VisibilityField, FieldType>> = {
  WorkflowId: "keyword",
  RunId: "keyword",
  WorkflowType: "keyword",
  TaskQueue: "keyword",
  ExecutionStatus: "status",
  StartTime: "time",
  ExecutionTime: "time",
  CloseTime: "time",
  HistoryLength: "int",
  HistorySizeBytes: "int",
  StateTransitionCount: "int",
  ParentWorkflowId: "keyword",
  ParentRunId: "keyword",
  RootWorkflowId: "keyword",
  RootRunId: "keyword",
};

/** Statuses by the names that filters use. */
const STATUS_BY_NAME: ReadonlyMap<string, number> = new Map(
  Object.entries(WorkflowExecutionStatus).map(([name, status]) => [camelName(name), status]),
);

function camelName(upperSnake: string): string {
  return upperSnake
    .toLowerCase()
    .split("_")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

/** An error about a filter, worded as the official server words it. */
export function invalidQuery(reason: string): InvalidArgumentError {
  return new InvalidArgumentError(`invalid query: ${reason}`);
}

function fieldOf(name: string): VisibilityField {
  if (Object.hasOwn(FIELD_TYPES, name)) return name as VisibilityField;
  throw invalidQuery(`column name '${name}' is not a valid search attribute`);
}

/**
 * Checks the names and values of a filter.
 *
 * @throws {InvalidArgumentError} Naming the attribute or value that is wrong.
 */
export function checkFilter(expression: Expression): VisibilityFilter {
  switch (expression.kind) {
    case "and":
    case "or":
      return { kind: expression.kind, operands: expression.operands.map(checkFilter) };
    case "not":
      return { kind: "not", operand: checkFilter(expression.operand) };
    default:
      return checkCondition(expression);
  }
}

type Condition = Exclude<Expression, { kind: "and" | "or" | "not" }>;

function checkCondition(condition: Condition): VisibilityFilter {
  const field = fieldOf(condition.name);
  switch (condition.kind) {
    case "compare": {
      const operator = operatorOf(condition.operator);
      return { kind: "compare", field, operator, value: literalValue(field, condition.value) };
    }
    case "in": {
      const values = condition.values.map((value) => literalValue(field, value));
      return { kind: "in", field, values, isNegated: condition.isNegated };
    }
    case "between": {
      const low = literalValue(field, condition.low);
      const high = literalValue(field, condition.high);
      return { kind: "between", field, low, high, isNegated: condition.isNegated };
    }
    case "startsWith": {
      if (FIELD_TYPES[field] !== "keyword") {
        throw invalidQuery(`operator 'STARTS_WITH' not supported for ${field}`);
      }
      const prefix = String(literalValue(field, condition.prefix));
      return { kind: "startsWith", field, prefix, isNegated: condition.isNegated };
    }
    case "isNull":
      return { kind: "isNull", field, isNegated: condition.isNegated };
  }
}

function operatorOf(written: string): ComparisonOperator {
  return (written === "<>" ? "!=" : written) as ComparisonOperator;
}

function literalValue(field: VisibilityField, literal: Literal): VisibilityValue {
  switch (FIELD_TYPES[field]) {
    case "keyword":
      if (literal.kind !== "text") throw wrongValue(field, literal);
      return literal.text;
    case "int":
      if (literal.kind !== "number") throw wrongValue(field, literal);
      return Number(literal.text);
    case "status":
      return statusOf(literal);
    case "time":
      return timeOf(field, literal);
  }
}

function wrongValue(field: VisibilityField, literal: Literal): InvalidArgumentError {
  return invalidQuery(`invalid value for search attribute ${field}: ${literal.text}`);
}

function statusOf(literal: Literal): number {
  const status = STATUS_BY_NAME.get(literal.text);
  if (literal.kind === "text" && status !== undefined) return status;
  if (literal.kind === "number") return Number(literal.text);
  throw invalidQuery(`invalid ExecutionStatus value '${literal.text}'`);
}

/** Nanoseconds in a millisecond: numbers stand for nanoseconds since the epoch. */
const NANOS_PER_MS = 1e6;

function timeOf(field: VisibilityField, literal: Literal): number {
  if (literal.kind === "number") return Number(literal.text) / NANOS_PER_MS;
  const epochMs = Date.parse(literal.text);
  const isDate = /^\d{4}-\d{2}-\d{2}T/.test(literal.text) && !Number.isNaN(epochMs);
  if (!isDate) throw wrongValue(field, literal);
  return epochMs;
}

/** Checks the names of an ORDER BY clause. Errors as `checkFilter`. */
export function checkOrder(order: readonly ParsedOrder[]): readonly VisibilityOrder[] {
  return order.map(({ name, isDescending }) => ({ field: fieldOf(name), isDescending }));
}

/** Checks the names of a GROUP BY clause. Errors as `checkFilter`. */
export function checkGroups(names: readonly string[]): "ExecutionStatus" | undefined {
  const [name] = names;
  if (name === undefined) return undefined;
  if (names.length > 1) {
    throw unsupported("'GROUP BY' clause supports only a single field");
  }
  const field = fieldOf(name);
  if (field === "ExecutionStatus") return field;
  throw unsupported(`'GROUP BY' clause is not supported for search attribute ${name}`);
}

function unsupported(what: string): InvalidArgumentError {
  return invalidQuery(`operation is not supported: ${what}`);
}
