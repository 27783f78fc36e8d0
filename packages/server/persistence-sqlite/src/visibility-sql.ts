import { unreachable } from "@perdure/kernel";
import type {
  SearchAttributeField,
  VisibilityColumn,
  VisibilityField,
  VisibilityFilter,
  VisibilityOrder,
  VisibilityPlace,
  VisibilityQuery,
  VisibilityValue,
} from "@perdure/persistence";
import { fullVisibilityOrder, isSetColumn, isTextColumn } from "@perdure/persistence";
import { impliedSql } from "./implied-conditions.js";
import { prefixSql } from "./prefix-sql.js";
import { runIdTextSql, toRunIdValue } from "./run-id-value.js";
import { attributeRowsSql, BUILD_IDS, columnOf, holdsSql, quoted } from "./visibility-columns.js";

/** A value that takes the place of a `?`. */
export type SqlValue = string | number | Uint8Array;

/** Text of a statement and the values of its parameters, in order. */
export interface SqlText {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Stands for null in an order: an empty blob sorts after all numbers and text. */
const NULL_IN_ORDER = new Uint8Array();

/** Where a page begins in which namespace, and how long it is. */
export interface ListPlace {
  readonly namespaceNo: number;
  readonly after: VisibilityPlace | undefined;
  readonly limit: number;
}

/** The statement that lists one page. Values of users become parameters, never text. */
export function listVisibilitySql(query: VisibilityQuery, page: ListPlace): SqlText {
  return pageSql(query, page, {
    where: whereSql(query.filter, page.namespaceNo),
    hint: indexHint(query.filter),
  });
}

/** As `listVisibilitySql()`, for a filter that so many rows meet that none need be looked for. */
export function walkListSql(query: VisibilityQuery, page: ListPlace): SqlText {
  const { namespaceNo } = page;
  const isDefault = query.order.length === 0;
  return pageSql(query, page, {
    where: scopedSql(query.filter, namespaceNo, outerConditions(query.filter).map(filterSql)),
    hint: isDefault ? "INDEXED BY visibility_by_close" : "",
  });
}

function pageSql(
  query: VisibilityQuery,
  page: ListPlace,
  rows: { readonly where: SqlText; readonly hint: string },
): SqlText {
  const order = fullVisibilityOrder(query.order);
  const seek = page.after === undefined ? [] : [seekSql(order, page.after)];
  const { sql, values } = joinSql([rows.where, ...seek], " AND ");
  return {
    sql: `SELECT * FROM visibility ${rows.hint} WHERE ${sql} ORDER BY ${orderSql(query)} LIMIT ?`,
    values: [...values, page.limit],
  };
}

/** The terms that a list is ordered by. */
export function orderSql(query: VisibilityQuery): string {
  const order = fullVisibilityOrder(query.order);
  const terms = order.map((term, index) => {
    return `${orderTermSql(order, index)} ${term.isDescending ? "DESC" : "ASC"}`;
  });
  return terms.join(", ");
}

/**
 * Names the index where a condition leaves but few rows: the planner, which does not know that,
 * would rather walk the whole namespace in the order of the list.
 */
function indexHint(filter: VisibilityFilter | undefined): string {
  const conditions = outerConditions(filter);
  const hasEqual = (field: VisibilityField): boolean =>
    conditions.some(
      (condition) =>
        (condition.kind === "compare" && condition.operator === "=" && condition.field === field) ||
        (condition.kind === "in" &&
          !condition.isNegated &&
          condition.values.length > 0 &&
          condition.field === field),
    );
  if (hasEqual("RunId")) return "INDEXED BY visibility_by_run";
  return hasEqual("WorkflowId") ? "INDEXED BY visibility_by_workflow" : "";
}

/** The conditions of an outer AND, which all rows of the list meet. */
export function outerConditions(filter: VisibilityFilter | undefined): readonly VisibilityFilter[] {
  if (filter === undefined) return [];
  return filter.kind === "and" ? filter.operands.flatMap(outerConditions) : [filter];
}

/** The statement that counts. */
export function countVisibilitySql(query: VisibilityQuery, namespaceNo: number): SqlText {
  const where = whereSql(query.filter, namespaceNo);
  return {
    sql: `SELECT count(*) AS count FROM visibility WHERE ${where.sql}`,
    values: where.values,
  };
}

/** The statement that counts by status. */
export function countByStatusSql(query: VisibilityQuery, namespaceNo: number): SqlText {
  const where = whereSql(query.filter, namespaceNo);
  const columns = "status, count(*) AS count";
  const sql = `SELECT ${columns} FROM visibility WHERE ${where.sql} GROUP BY status ORDER BY status`;
  return { sql, values: where.values };
}

function whereSql(filter: VisibilityFilter | undefined, namespaceNo: number): SqlText {
  // Conditions of an outer AND stand side by side, so that the planner finds indexed ones.
  const outer = outerConditions(filter).map(
    (condition) => indexedSql(condition, namespaceNo) ?? filterSql(condition),
  );
  return scopedSql(filter, namespaceNo, outer);
}

function scopedSql(
  filter: VisibilityFilter | undefined,
  namespaceNo: number,
  outer: readonly SqlText[],
): SqlText {
  const scope: SqlText = { sql: "namespace_no = ?", values: [namespaceNo] };
  const implied = outerConditions(filter).flatMap(impliedSql);
  return joinSql([scope, ...implied, ...outer], " AND ");
}

/** A condition on a search attribute that all rows meet, as a look-up in the index of values. */
function indexedSql(condition: VisibilityFilter, namespaceNo: number): SqlText | undefined {
  if (condition.kind !== "compare" || typeof condition.field === "string") return undefined;
  const { field, operator, value } = condition;
  if (operator === "!=" || isTextColumn(field) || field.name === BUILD_IDS) return undefined;
  const place = `namespace_no = ? AND name = ${quoted(field.name)} AND value ${operator} ?`;
  const sql = `run_id IN (SELECT run_id FROM visibility_attributes WHERE ${place})`;
  return { sql, values: [namespaceNo, value] };
}

export function joinSql(parts: readonly SqlText[], operator: " AND " | " OR "): SqlText {
  return {
    sql: parts.map((part) => part.sql).join(operator),
    values: parts.flatMap((part) => part.values),
  };
}

type SetTest = Extract<VisibilityFilter, { kind: "compare" | "in" }>;

/** Whether a list or text has one of some values: never null. */
function setSql(field: SearchAttributeField, filter: SetTest): SqlText {
  const values = filter.kind === "in" ? filter.values : [filter.value];
  const isNegated = filter.kind === "in" ? filter.isNegated : filter.operator === "!=";
  if (field.name === BUILD_IDS) return buildIdsSql(values, isNegated);
  const test = isTextColumn(field) ? "instr(value, ?) > 0" : "value = ?";
  const tests = values.map(() => test).join(" OR ") || "0";
  const rows = `SELECT 1 ${attributeRowsSql(field.name)} AND (${tests})`;
  return { sql: `${isNegated ? "NOT EXISTS" : "EXISTS"} (${rows})`, values };
}

/** Values stand in the encoded attributes as JSON has them. */
function buildIdsSql(values: readonly VisibilityValue[], isNegated: boolean): SqlText {
  const tests = values.map(() => holdsSql()).join(" OR ") || "0";
  const bytes = values.map((value) => Buffer.from(JSON.stringify(value)));
  return { sql: isNegated ? `NOT (${tests})` : `(${tests})`, values: bytes };
}

export function filterSql(filter: VisibilityFilter): SqlText {
  if ((filter.kind === "compare" || filter.kind === "in") && typeof filter.field !== "string") {
    if (isSetColumn(filter.field)) return setSql(filter.field, filter);
  }
  switch (filter.kind) {
    case "compare":
      return compareSql(filter.field, filter.operator, filter.value);
    case "in":
      return inSql(filter);
    case "between": {
      const low = compareSql(filter.field, ">=", filter.low);
      const both = joinSql([low, compareSql(filter.field, "<=", filter.high)], " AND ");
      return negatedSql(both, filter.isNegated);
    }
    case "startsWith":
      return negatedSql(startsWithSql(filter.field, filter.prefix), filter.isNegated);
    case "isNull": {
      const test = filter.isNegated ? "IS NOT NULL" : "IS NULL";
      return { sql: `${columnOf(filter.field).name} ${test}`, values: [] };
    }
    case "and":
      return junctionSql(filter.operands, " AND ", "namespace_no >= 0");
    case "or":
      // A plain 0 would leave no use for an index, and one that is named must be used.
      return junctionSql(filter.operands, " OR ", "namespace_no < 0");
    case "not":
      return negatedSql(filterSql(filter.operand), true);
    default:
      return unreachable(filter);
  }
}

function junctionSql(
  operands: readonly VisibilityFilter[],
  operator: " AND " | " OR ",
  empty: string,
): SqlText {
  if (operands.length === 0) return { sql: empty, values: [] };
  const joined = joinSql(operands.map(filterSql), operator);
  return { sql: `(${joined.sql})`, values: joined.values };
}

function negatedSql(condition: SqlText, isNegated: boolean): SqlText {
  const sql = isNegated ? `NOT (${condition.sql})` : `(${condition.sql})`;
  return { sql, values: condition.values };
}

function compareSql(
  field: VisibilityColumn,
  operator: Extract<VisibilityFilter, { kind: "compare" }>["operator"],
  value: VisibilityValue,
): SqlText {
  const isEquality = operator === "=" || operator === "!=";
  if (isEquality) {
    return { sql: `${columnOf(field).name} ${operator} ?`, values: [equalValue(field, value)] };
  }
  return { sql: `${comparableSql(field)} ${operator} ?`, values: [value] };
}

function inSql(filter: Extract<VisibilityFilter, { kind: "in" }>): SqlText {
  const { name } = columnOf(filter.field);
  const isIn = filter.isNegated ? "NOT IN" : "IN";
  if (filter.values.length === 0) {
    // SQL finds a null "not in" an empty list, but a null must never match.
    return { sql: `iif(${name} IS NULL, NULL, ${Number(filter.isNegated)})`, values: [] };
  }
  const places = filter.values.map(() => "?").join(", ");
  const values = filter.values.map((value) => equalValue(filter.field, value));
  return { sql: `${name} ${isIn} (${places})`, values };
}

/** As a range, which an index can serve and in which no character has a meaning of its own. */
function startsWithSql(field: VisibilityColumn, prefix: string): SqlText {
  return prefixSql(comparableSql(field), prefix);
}

/** A value for "=", in the form in which the column holds it. */
function equalValue(field: VisibilityColumn, value: VisibilityValue): SqlValue {
  return columnOf(field).isRunId === true ? toRunIdValue(String(value)) : value;
}

/** The attribute as text or number, for "<" and the like. */
function comparableSql(field: VisibilityColumn): string {
  const column = columnOf(field);
  return column.isRunId === true ? runIdTextSql(column.name) : column.name;
}

/** The last term of an order is the run ID that makes it whole: its stored form will do. */
function orderTermSql(order: readonly VisibilityOrder[], index: number): string {
  const term = order[index];
  if (term === undefined || index === order.length - 1) return columnOf("RunId").name;
  return columnOf(term.field).orderSql ?? comparableSql(term.field);
}

function orderValue(order: readonly VisibilityOrder[], place: VisibilityPlace, index: number) {
  const value = place[index] ?? null;
  if (value === null) return NULL_IN_ORDER;
  return index === order.length - 1 ? toRunIdValue(String(value)) : value;
}

/** The condition that holds for the rows after `place`. */
export function seekSql(order: readonly VisibilityOrder[], place: VisibilityPlace): SqlText {
  const terms = order.map((_, index) => orderTermSql(order, index));
  const values = order.map((_, index) => orderValue(order, place, index));
  const signs = order.map((term) => (term.isDescending ? "<" : ">"));
  if (new Set(signs).size === 1) {
    // One comparison of rows: an index in this order begins right there.
    const places = terms.map(() => "?").join(", ");
    return { sql: `(${terms.join(", ")}) ${signs[0]} (${places})`, values };
  }
  const cases = terms.map((term, index) => {
    const equals = terms.slice(0, index).map((earlier) => `${earlier} = ?`);
    return {
      sql: `(${[...equals, `${term} ${signs[index]} ?`].join(" AND ")})`,
      values: values.slice(0, index + 1),
    };
  });
  const joined = joinSql(cases, " OR ");
  return { sql: `(${joined.sql})`, values: joined.values };
}
