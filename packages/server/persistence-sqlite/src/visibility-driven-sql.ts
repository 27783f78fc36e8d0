import {
  fullVisibilityOrder,
  isTextColumn,
  type VisibilityFilter,
  type VisibilityQuery,
} from "@perdure/persistence";
import { prefixSql } from "./prefix-sql.js";
import { quoted } from "./visibility-columns.js";
import type { Driver } from "./visibility-driver.js";
import {
  filterSql,
  joinSql,
  type ListPlace,
  orderSql,
  outerConditions,
  type SqlText,
  seekSql,
} from "./visibility-sql.js";

/** Rows that are selected by an index and then put in order: more would take too long. */
const NARROW_ROWS_MAX = 50_000;

/** The statement that tells whether a driver selects few enough rows: it counts no further. */
export function probeSql(driver: Driver, namespaceNo: number): SqlText {
  const selected = driver.index === undefined ? attributeRows : settledRows;
  const { sql, values } = selected(driver, namespaceNo);
  const rows = `SELECT 1 FROM ${sql} LIMIT ${NARROW_ROWS_MAX + 1}`;
  return { sql: `SELECT count(*) <= ${NARROW_ROWS_MAX} AS is_narrow FROM (${rows})`, values };
}

/** Whether a driver can carry out the whole query: an attribute can if nothing else is asked. */
export function canDrive(driver: Driver, query: VisibilityQuery): boolean {
  if (driver.index !== undefined) return true;
  const { condition } = driver;
  const isAlone = outerConditions(query.filter).length === 1 && query.order.length === 0;
  const isText = "field" in condition && isTextColumn(condition.field);
  return isAlone && !isText;
}

/** The statement that lists one page of what a driver selects. */
export function drivenListSql(query: VisibilityQuery, page: ListPlace, driver: Driver): SqlText {
  const selected =
    driver.index === undefined
      ? attributeSelection(driver, page)
      : rowSelection(query, page, driver);
  const table =
    driver.index === undefined ? "visibility INDEXED BY visibility_by_run" : "visibility";
  const sql = `SELECT * FROM ${table} WHERE ${selected.sql} ORDER BY ${orderSql(query)} LIMIT ?`;
  return { sql, values: [...selected.values, page.limit] };
}

function rowSelection(query: VisibilityQuery, page: ListPlace, driver: Driver): SqlText {
  const order = fullVisibilityOrder(query.order);
  const seek = page.after === undefined ? [] : [seekSql(order, page.after)];
  const rest = outerConditions(query.filter)
    .filter((condition) => condition !== driver.condition)
    .map(filterSql);
  const parts = [settledRows, unsettledRows].map((rows) => {
    const selected = joinSql([rows(driver, page.namespaceNo), ...rest, ...seek], " AND ");
    const sql = `SELECT visibility_no FROM ${selected.sql} ORDER BY ${orderSql(query)} LIMIT ?`;
    return { sql: `SELECT * FROM (${sql})`, values: [...selected.values, page.limit] };
  });
  return {
    sql: `visibility_no IN (${parts.map(({ sql }) => sql).join(" UNION ALL ")})`,
    values: parts.flatMap(({ values }) => values),
  };
}

function attributeSelection(driver: Driver, page: ListPlace): SqlText {
  const order = fullVisibilityOrder([]);
  const seek = page.after === undefined ? [] : [seekSql(order, page.after)];
  const selected = joinSql([attributeRows(driver, page.namespaceNo), ...seek], " AND ");
  const directions = "close_order DESC, start_time_ms DESC, run_id DESC";
  const runs = `SELECT run_id FROM ${selected.sql} ORDER BY ${directions} LIMIT ?`;
  return {
    sql: `namespace_no = ? AND run_id IN (${runs})`,
    values: [page.namespaceNo, ...selected.values, page.limit],
  };
}

function settledRows(driver: Driver, namespaceNo: number): SqlText {
  const condition = filterSql(driver.condition);
  const scope = driver.scope === undefined ? "" : ` AND ${driver.scope}`;
  const table = `visibility INDEXED BY ${driver.index}`;
  return {
    sql: `${table} WHERE settled = 1${scope} AND namespace_no = ? AND ${condition.sql}`,
    values: [namespaceNo, ...condition.values],
  };
}

function unsettledRows(driver: Driver, namespaceNo: number): SqlText {
  const condition = filterSql(driver.condition);
  const table = "visibility INDEXED BY visibility_unsettled";
  return {
    sql: `${table} WHERE settled IS NULL AND namespace_no = ? AND ${condition.sql}`,
    values: [namespaceNo, ...condition.values],
  };
}

function attributeRows({ condition }: Driver, namespaceNo: number): SqlText {
  const field = "field" in condition ? condition.field : "";
  const name = typeof field === "string" ? field : field.name;
  const test = valueSql(condition);
  const table = "visibility_attributes INDEXED BY visibility_attributes_by_value";
  const place = `namespace_no = ? AND name = ${quoted(name)} AND ${test.sql}`;
  return { sql: `${table} WHERE ${place}`, values: [namespaceNo, ...test.values] };
}

/** A condition on the value of an attribute, of a kind that `driverOf()` lets through. */
function valueSql(condition: VisibilityFilter): SqlText {
  switch (condition.kind) {
    case "compare":
      return { sql: `value ${condition.operator} ?`, values: [condition.value] };
    case "between":
      return { sql: "value >= ? AND value <= ?", values: [condition.low, condition.high] };
    case "startsWith":
      return prefixSql("value", condition.prefix);
    default:
      return { sql: "0", values: [] };
  }
}

/** The statement that counts what a driver selects. */
export function drivenCountSql(
  query: VisibilityQuery,
  namespaceNo: number,
  driver: Driver,
): SqlText {
  const rest = outerConditions(query.filter)
    .filter((condition) => condition !== driver.condition)
    .map(filterSql);
  const counts = [settledRows, unsettledRows].map((rows) => {
    const { sql, values } = joinSql([rows(driver, namespaceNo), ...rest], " AND ");
    return { sql: `(SELECT count(*) FROM ${sql})`, values };
  });
  return {
    sql: `SELECT ${counts.map(({ sql }) => sql).join(" + ")} AS count`,
    values: counts.flatMap(({ values }) => values),
  };
}

/** The statement that counts all rows of a namespace by status. */
export function countAllByStatusSql(namespaceNo: number): SqlText {
  const counts = [
    "visibility INDEXED BY visibility_by_status WHERE settled = 1",
    "visibility INDEXED BY visibility_unsettled WHERE settled IS NULL",
  ].map((rows) => {
    const sql = `SELECT status, count(*) AS part FROM ${rows} AND namespace_no = ? GROUP BY status`;
    return sql;
  });
  const sql = `SELECT status, sum(part) AS count FROM (${counts.join(" UNION ALL ")})
GROUP BY status ORDER BY status`;
  return { sql, values: [namespaceNo, namespaceNo] };
}
