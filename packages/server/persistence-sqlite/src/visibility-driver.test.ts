import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { VisibilityColumn, VisibilityFilter, VisibilityQuery } from "@perdure/persistence";
import Database from "better-sqlite3";
import { FIRST_SCHEMA } from "./migrations/0001-first-schema.js";
import { SEARCH_ATTRIBUTES } from "./migrations/0002-search-attributes.js";
import { LIST_INDEXES } from "./migrations/0003-list-indexes.js";
import {
  countAllByStatusSql,
  drivenCountSql,
  drivenListSql,
  probeSql,
} from "./visibility-driven-sql.js";
import { driverOf } from "./visibility-driver.js";
import { VisibilitySettler } from "./visibility-settler.js";
import { listVisibilitySql, type SqlText, walkListSql } from "./visibility-sql.js";

const DATABASE = new Database(":memory:");
for (const migration of [FIRST_SCHEMA, SEARCH_ATTRIBUTES, LIST_INDEXES]) DATABASE.exec(migration);

/** Values of `temporal.api.enums.v1.IndexedValueType`. */
const TYPES = { keyword: 2, int: 3, double: 4, bool: 5, datetime: 6, keywordList: 7 } as const;

const PAGE = { namespaceNo: 1, after: undefined, limit: 1001 };

const FIELDS: readonly VisibilityColumn[] = [
  "WorkflowId",
  "WorkflowType",
  "TaskQueue",
  "ExecutionStatus",
  "StartTime",
  "ExecutionTime",
  "ExecutionDuration",
  "HistoryLength",
  "HistorySizeBytes",
  "StateTransitionCount",
  "ParentWorkflowId",
  "ParentRunId",
  "RootWorkflowId",
  "RootRunId",
  { name: "Word", type: TYPES.keyword },
  { name: "Words", type: TYPES.keywordList },
  { name: "Number", type: TYPES.int },
  { name: "Ratio", type: TYPES.double },
  { name: "Flag", type: TYPES.bool },
  { name: "Moment", type: TYPES.datetime },
];
const RANGED = FIELDS.filter(
  (field) =>
    field !== "ParentRunId" &&
    field !== "RootRunId" &&
    (typeof field === "string" || field.type !== TYPES.keywordList),
);

function compare(field: VisibilityColumn, operator: "=" | ">"): VisibilityQuery {
  const filter: VisibilityFilter = { kind: "compare", field, operator, value: 5 };
  return { namespaceId: "", filter, order: [] };
}

function nameOf(field: VisibilityColumn): string {
  return typeof field === "string" ? field : field.name;
}

/** How SQLite would carry out the statement. */
function planOf(text: SqlText): readonly string[] {
  const rows = DATABASE.prepare(`EXPLAIN QUERY PLAN ${text.sql}`).all(...text.values);
  return rows.map((row) => (row as { readonly detail: string }).detail);
}

function assertNoScan(text: SqlText): void {
  for (const step of planOf(text)) assert.doesNotMatch(step, /^SCAN (visibility|held)/, step);
}

function driverFor(query: VisibilityQuery) {
  const driver = driverOf(query);
  assert.ok(driver !== undefined, "An index serves the filter");
  return driver;
}

describe("a filter by one attribute", () => {
  for (const field of FIELDS) {
    it(`finds rows of one ${nameOf(field)} by an index`, () => {
      const query = compare(field, "=");
      assertNoScan(drivenListSql(query, PAGE, driverFor(query)));
    });
  }

  for (const field of RANGED) {
    it(`finds rows of a range of ${nameOf(field)} by an index, and learns how many there are`, () => {
      const query = compare(field, ">");
      const driver = driverFor(query);
      assertNoScan(drivenListSql(query, PAGE, driver));
      assertNoScan(probeSql(driver, 1));
      assertNoScan(walkListSql(query, PAGE));
    });
  }

  it("reads what most rows meet in the order of the list", () => {
    const filter: VisibilityFilter = { kind: "isNull", field: "ParentRunId", isNegated: false };
    const text = listVisibilitySql({ namespaceId: "", filter, order: [] }, PAGE);
    assert.match(planOf(text).join(), /^SEARCH visibility USING INDEX visibility_by_close/);
  });

  it("counts in an index", () => {
    const query = compare("ExecutionStatus", "=");
    assert.match(planOf(drivenCountSql(query, 1, driverFor(query))).join(), /COVERING INDEX/);
    assert.match(planOf(countAllByStatusSql(1)).join(), /COVERING INDEX visibility_by_status/);
  });
});

describe("VisibilitySettler", () => {
  it("settles rows until there is none left", () => {
    const database = new Database(":memory:");
    for (const migration of [FIRST_SCHEMA, SEARCH_ATTRIBUTES, LIST_INDEXES]) {
      database.exec(migration);
    }
    const insert = database.prepare(`
INSERT INTO visibility (namespace_no, run_id, workflow_id, workflow_type, task_queue, status,
  start_time_ms, execution_time_ms, history_length, history_size_bytes, state_transition_count,
  root_workflow_id, root_run_id, first_run_id)
VALUES (1, ?, 'a', 'b', 'c', 1, 1, 1, 0, 0, 0, 'a', 'r', 'r')`);
    for (const runId of ["r1", "r2", "r3"]) insert.run(runId);
    const clock = { nowMs: () => 0, schedule: () => ({ cancel: () => undefined }) };
    const settler = new VisibilitySettler(database, clock);
    assert.deepEqual([settler.settle(2), settler.settle(2), settler.settle(2)], [2, 1, 0]);
  });
});
