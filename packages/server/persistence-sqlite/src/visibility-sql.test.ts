import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type {
  VisibilityField,
  VisibilityFilter,
  VisibilityPlace,
  VisibilityValue,
} from "@perdure/persistence";
import Database from "better-sqlite3";
import { FIRST_SCHEMA } from "./migrations/0001-first-schema.js";
import { SEARCH_ATTRIBUTES } from "./migrations/0002-search-attributes.js";
import { LIST_INDEXES } from "./migrations/0003-list-indexes.js";
import { countVisibilitySql, listVisibilitySql, type SqlText } from "./visibility-sql.js";

const RUN_ID = "0190a1b2-c3d4-7e5f-8a6b-000000000001";
const DATABASE = new Database(":memory:");
for (const migration of [FIRST_SCHEMA, SEARCH_ATTRIBUTES, LIST_INDEXES]) DATABASE.exec(migration);

function equal(field: VisibilityField, value: VisibilityValue): VisibilityFilter {
  return { kind: "compare", field, operator: "=", value };
}

/** How SQLite would carry out the statement. */
function planOf(text: SqlText): string {
  const rows = DATABASE.prepare(`EXPLAIN QUERY PLAN ${text.sql}`).all(...text.values);
  return rows.map((row) => (row as { readonly detail: string }).detail).join("; ");
}

function listPlan(filter: VisibilityFilter | undefined, after?: VisibilityPlace): string {
  const query = { namespaceId: "", filter, order: [] };
  return planOf(listVisibilitySql(query, { namespaceNo: 1, after, limit: 10 }));
}

const SEEK = "(close_order,start_time_ms,run_id)<(?,?,?)";
const STARTS: Readonly<Record<string, readonly [VisibilityFilter | undefined, string, string]>> = {
  "of a namespace": [undefined, "visibility_by_close", "namespace_no=?"],
};

describe("listVisibilitySql()", () => {
  for (const [name, [filter, index, start]] of Object.entries(STARTS)) {
    it(`reads the first and later pages of the list ${name} in index order`, () => {
      const first = `SEARCH visibility USING INDEX ${index} (${start})`;
      assert.equal(listPlan(filter), first);
      const later = `SEARCH visibility USING INDEX ${index} (${start} AND ${SEEK})`;
      assert.equal(listPlan(filter, [null, 5, RUN_ID]), later);
    });
  }

  it("ends where closing times end that are asked for, in index order", () => {
    const filter = { kind: "compare", field: "CloseTime", operator: "<=", value: 5 } as const;
    const order = [
      { field: "CloseTime", isDescending: false },
      { field: "StartTime", isDescending: false },
    ] as const;
    const query = { namespaceId: "", filter, order };
    const text = listVisibilitySql(query, { namespaceNo: 1, after: undefined, limit: 10 });
    const range = "(namespace_no=? AND close_order<?)";
    assert.equal(planOf(text), `SEARCH visibility USING INDEX visibility_by_close ${range}`);
  });

  it("finds the runs of a workflow ID by index, whatever else is asked", () => {
    const isId = equal("WorkflowId", "a");
    const both: VisibilityFilter = {
      kind: "and",
      operands: [equal("ExecutionStatus", 1), { kind: "and", operands: [isId] }],
    };
    for (const filter of [isId, both]) {
      for (const after of [undefined, [null, 5, RUN_ID]]) {
        assert.match(listPlan(filter, after), /INDEX visibility_by_workflow .*workflow_id=\?/);
      }
    }
  });

  it("finds a run ID by index", () => {
    const many: VisibilityFilter = {
      kind: "in",
      field: "RunId",
      values: [RUN_ID, "odd"],
      isNegated: false,
    };
    for (const filter of [equal("RunId", RUN_ID), many]) {
      assert.match(listPlan(filter), /INDEX visibility_by_run .*run_id=\?/);
    }
  });

  it("finds workflow IDs by prefix in a range of the index", () => {
    const filter: VisibilityFilter = {
      kind: "startsWith",
      field: "WorkflowId",
      prefix: "order-",
      isNegated: false,
    };
    assert.match(listPlan(filter), /visibility_by_workflow .*workflow_id>\? AND workflow_id<\?/);
  });

  it("keeps values of users out of the text", () => {
    const filter = equal("WorkflowId", "'; DROP TABLE runs; --");
    const query = { namespaceId: "", filter, order: [] };
    const { sql, values } = listVisibilitySql(query, {
      namespaceNo: 1,
      after: undefined,
      limit: 10,
    });
    assert.doesNotMatch(sql, /DROP/);
    assert.deepEqual(values, [1, "'; DROP TABLE runs; --", 10]);
  });
});

describe("countVisibilitySql()", () => {
  it("counts the usual lists in an index alone", () => {
    for (const [filter] of Object.values(STARTS)) {
      const query = { namespaceId: "", filter, order: [] };
      assert.match(planOf(countVisibilitySql(query, 1)), /USING COVERING INDEX/);
    }
  });
});
