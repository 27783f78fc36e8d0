import { InvalidArgumentError } from "@perdure/kernel";
import { parseTimeMs, searchableText, type VisibilityValue } from "@perdure/persistence";
import { IndexedValueType, WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { parseDurationMs } from "./duration-text.js";
import type { Literal } from "./list-filter-tree.js";
import type { NamedColumn } from "./resolve-column.js";

function invalidExpression(reason: string): InvalidArgumentError {
  return new InvalidArgumentError(`invalid query: invalid expression: ${reason}`);
}

/** Statuses by the names that filters use. */
const STATUS_BY_NAME: ReadonlyMap<string, number> = new Map(
  Object.entries(WorkflowExecutionStatus).flatMap(([name, status]) => [
    [camelName(name), status] as const,
    [`WORKFLOW_EXECUTION_STATUS_${name}`, status] as const,
  ]),
);

function camelName(upperSnake: string): string {
  return upperSnake
    .toLowerCase()
    .split("_")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

/**
 * Reads a value that a column is compared with.
 *
 * @throws {InvalidArgumentError} It is not of the column's type.
 */
export function readValue(column: NamedColumn, literal: Literal): VisibilityValue {
  if (literal.kind === "null") {
    throw invalidExpression("unexpected value type *sqlparser.NullVal");
  }
  if (literal.kind === "name") {
    const hint = `did you forget to quote ${JSON.stringify(literal.text)}?`;
    const what = `column name on the right side of comparison expression (${hint})`;
    throw new InvalidArgumentError(`invalid query: operation is not supported: ${what}`);
  }
  if (column.field === "ExecutionStatus") return readStatus(literal);
  if (column.field === "ExecutionDuration") return readDuration(literal);
  return readTyped(column, literal);
}

function readTyped(column: NamedColumn, literal: Literal): VisibilityValue {
  switch (column.type) {
    case IndexedValueType.INT:
    case IndexedValueType.DOUBLE:
      if (literal.kind !== "number") throw wrongType(column, literal);
      return Number(literal.text);
    case IndexedValueType.BOOL:
      if (literal.kind !== "boolean") throw wrongType(column, literal);
      return Number(literal.text === "true");
    case IndexedValueType.DATETIME:
      return readTime(column, literal);
    default:
      if (literal.kind !== "text") throw wrongType(column, literal);
      return column.type === IndexedValueType.TEXT ? searchableText(literal.text) : literal.text;
  }
}

/** Nanoseconds in a millisecond: numbers stand for nanoseconds since the epoch. */
const NANOS_PER_MS = 1e6;

function readTime(column: NamedColumn, literal: Literal): number {
  if (literal.kind === "number" && !literal.text.includes(".")) {
    return Number(literal.text) / NANOS_PER_MS;
  }
  if (literal.kind !== "text") throw wrongType(column, literal);
  const epochMs = parseTimeMs(literal.text);
  if (epochMs === undefined) throw invalidExpression(`unable to parse datetime '${literal.text}'`);
  return epochMs;
}

function readStatus(literal: Literal): number {
  if (literal.kind === "text") {
    const status = STATUS_BY_NAME.get(literal.text);
    if (status !== undefined) return status;
    throw invalidExpression(`invalid ExecutionStatus value '${literal.text}'`);
  }
  const type = goType(literal);
  if (type !== "int64") {
    throw invalidExpression(`unexpected value type ${type} for search attribute ExecutionStatus`);
  }
  const status = Number(literal.text);
  if ([...STATUS_BY_NAME.values()].includes(status)) return status;
  throw invalidExpression(`invalid ExecutionStatus value ${literal.text}`);
}

function readDuration(literal: Literal): number {
  const type = goType(literal);
  if (type === "int64") return Number(literal.text) / NANOS_PER_MS;
  if (type !== "string") {
    throw invalidExpression(`unexpected value type ${type} for search attribute ExecutionDuration`);
  }
  const durationMs = parseDurationMs(literal.text);
  if (durationMs !== undefined) return durationMs;
  const what = "invalid duration value for search attribute ExecutionDuration";
  throw invalidExpression(`${what}: ${literal.text}`);
}

/** The type of a value as errors name it. */
function goType(literal: Literal): string {
  if (literal.kind === "text") return "string";
  if (literal.kind === "boolean") return "bool";
  return literal.text.includes(".") ? "float64" : "int64";
}

function wrongType(column: NamedColumn, literal: Literal): InvalidArgumentError {
  const shown = literal.kind === "text" ? JSON.stringify(literal.text) : literal.text;
  const attribute = `search attribute ${column.name} of type ${column.typeName}`;
  return invalidExpression(
    `invalid value type for ${attribute}: ${shown} (type: ${goType(literal)})`,
  );
}
