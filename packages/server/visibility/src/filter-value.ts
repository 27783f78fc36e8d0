import { type InvalidArgumentError, unreachable } from "@perdure/kernel";
import { parseTimeMs, searchableText, type VisibilityValue } from "@perdure/persistence";
import { IndexedValueType, WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { parseDurationMs } from "./duration-text.js";
import { invalidExpression, unsupported } from "./invalid-query.js";
import { type Expression, kindName, type Operand } from "./list-filter-tree.js";
import type { NamedColumn } from "./resolve-column.js";

/** A literal that has a value. */
type Literal =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "integer" | "decimal"; readonly value: number; readonly text: string }
  | { readonly kind: "boolean"; readonly value: boolean };

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
 * Reads a value that a column is compared with; the values of a tuple.
 *
 * @throws {InvalidArgumentError} It is not of the column's type, or no value at all.
 */
export function readOperand(
  column: NamedColumn,
  operand: Operand,
): VisibilityValue | readonly VisibilityValue[] {
  if (operand.kind !== "tuple") return readValue(column, operand);
  return operand.items.map((item) => readValue(column, item));
}

/**
 * Reads one value. Errors as `readOperand()`.
 *
 * @throws {InvalidArgumentError}
 */
export function readValue(column: NamedColumn, operand: Expression): VisibilityValue {
  const literal = readLiteral(operand);
  if (literal.kind === "boolean") {
    if (column.type === IndexedValueType.BOOL) return Number(literal.value);
    throw wrongType(column, literal);
  }
  if (column.field === "ExecutionStatus") return readStatus(literal);
  if (column.field === "ExecutionDuration") return readDuration(literal);
  return readTyped(column, literal);
}

function readLiteral(operand: Expression): Literal {
  switch (operand.kind) {
    case "text":
      return { kind: "text", value: operand.text };
    case "boolean":
      return { kind: "boolean", value: operand.isTrue };
    case "integer":
    case "decimal":
      return readNumber(operand.text, operand.kind);
    case "unreadable":
      throw unreadable(operand.text);
    case "name": {
      const hint = `did you forget to quote ${JSON.stringify(operand.text)}?`;
      throw unsupported(`column name on the right side of comparison expression (${hint})`);
    }
    case "call":
      throw unsupported("nested func");
    case "unary":
      throw unsupported(`unary operator ${JSON.stringify(operand.operator)}`);
    default:
      throw invalidExpression(`unexpected value type ${kindName(operand)}`);
  }
}

const INT64_MAX = 2n ** 63n - 1n;

function readNumber(text: string, kind: "integer" | "decimal"): Literal {
  const value = Number(text);
  if (Number.isNaN(value)) throw unreadable(text);
  const isInteger = kind === "integer" && Number.isFinite(value) && isInt64(text);
  if (!isInteger) return { kind: "decimal", value, text: String(value) };
  return { kind, value, text: String(BigInt(text)) };
}

function isInt64(text: string): boolean {
  const value = BigInt(text);
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}

function unreadable(text: string): InvalidArgumentError {
  return invalidExpression(`unable to parse value ${JSON.stringify(text === "?" ? ":v1" : text)}`);
}

function readTyped(column: NamedColumn, literal: Literal): VisibilityValue {
  switch (column.type) {
    case IndexedValueType.INT:
    case IndexedValueType.DOUBLE:
      if (literal.kind === "integer" || literal.kind === "decimal") return literal.value;
      throw wrongType(column, literal);
    case IndexedValueType.DATETIME:
      return readTime(column, literal);
    case IndexedValueType.BOOL:
      throw wrongType(column, literal);
    default:
      if (literal.kind !== "text") throw wrongType(column, literal);
      return column.type === IndexedValueType.TEXT ? searchableText(literal.value) : literal.value;
  }
}

/** Numbers stand for nanoseconds: since the epoch, or of a duration. */
const NANOS_PER_MS = 1e6;
const NANOS_PER_US = 1000n;
const US_PER_MS = 1000;

function readTime(column: NamedColumn, literal: Literal): number {
  if (literal.kind === "integer") return Number(BigInt(literal.text) / NANOS_PER_US) / US_PER_MS;
  if (literal.kind !== "text") throw wrongType(column, literal);
  const epochMs = parseTimeMs(literal.value);
  if (epochMs === undefined) throw invalidExpression(`unable to parse datetime '${literal.value}'`);
  return epochMs;
}

function readStatus(literal: Literal): number {
  switch (literal.kind) {
    case "text": {
      const status = STATUS_BY_NAME.get(literal.value);
      if (status !== undefined) return status;
      throw invalidExpression(`invalid ExecutionStatus value '${literal.value}'`);
    }
    case "integer":
      if ([...STATUS_BY_NAME.values()].includes(literal.value)) return literal.value;
      throw invalidExpression(`invalid ExecutionStatus value ${literal.text}`);
    case "boolean":
    case "decimal":
      throw unexpectedType("ExecutionStatus", literal);
    default:
      return unreachable(literal);
  }
}

function readDuration(literal: Literal): number {
  if (literal.kind === "integer") return literal.value / NANOS_PER_MS;
  if (literal.kind !== "text") throw unexpectedType("ExecutionDuration", literal);
  const durationMs = parseDurationMs(literal.value);
  if (durationMs !== undefined) return durationMs;
  const what = "invalid duration value for search attribute ExecutionDuration";
  throw invalidExpression(`${what}: ${literal.value}`);
}

function unexpectedType(attribute: string, literal: Literal): InvalidArgumentError {
  return invalidExpression(
    `unexpected value type ${goType(literal)} for search attribute ${attribute}`,
  );
}

/** The type of a value as errors name it. */
function goType(literal: Literal): string {
  return { text: "string", boolean: "bool", integer: "int64", decimal: "float64" }[literal.kind];
}

function wrongType(column: NamedColumn, literal: Literal): InvalidArgumentError {
  const shown = literal.kind === "text" ? JSON.stringify(literal.value) : String(literal.value);
  const attribute = `search attribute ${column.name} of type ${column.typeName}`;
  return invalidExpression(
    `invalid value type for ${attribute}: ${shown} (type: ${goType(literal)})`,
  );
}
