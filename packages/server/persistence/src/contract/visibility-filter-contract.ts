import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { VisibilityRow } from "../records.js";
import type { Store } from "../store.js";
import type { VisibilityFilter } from "../visibility-query.js";
import type { WithStore } from "./opened-store.js";
import {
  NAMESPACE_ID,
  ODD_TEXT,
  plain,
  putVisibility,
  sampleRunId,
  sampleVisibility,
} from "./sample-rows.js";

/** Rows 1 to 5, and one of another namespace. */
const ROWS: readonly VisibilityRow[] = [
  sampleVisibility(1, { workflowId: "alpha", startTimeMs: 100, executionTimeMs: 150 }),
  sampleVisibility(2, {
    workflowId: "alpine",
    workflowType: "Invoice",
    status: 2,
    startTimeMs: 200,
    closeTimeMs: 900,
    historyLength: 11,
    historySizeBytes: 4_096,
    stateTransitionCount: 9,
  }),
  sampleVisibility(3, {
    workflowId: "beta",
    taskQueue: "slow",
    startTimeMs: 300,
    closeTimeMs: 800,
    status: 3,
    parentWorkflowId: "alpha",
    parentRunId: sampleRunId(1),
    rootWorkflowId: "alpha",
    rootRunId: sampleRunId(1),
  }),
  sampleVisibility(4, { workflowId: "al%ha", startTimeMs: 400, parentWorkflowId: "" }),
  sampleVisibility(5, { workflowId: "alp\u{10ffff}🔑", startTimeMs: 500, runId: "odd run" }),
  sampleVisibility(6, { namespaceId: "other", workflowId: "alpha" }),
];

const compare = (
  field: Extract<VisibilityFilter, { kind: "compare" }>["field"],
  operator: Extract<VisibilityFilter, { kind: "compare" }>["operator"],
  value: string | number,
): VisibilityFilter => ({ kind: "compare", field, operator, value });

const startsWith = (prefix: string, isNegated = false): VisibilityFilter => ({
  kind: "startsWith",
  field: "WorkflowId",
  prefix,
  isNegated,
});

const CASES: Readonly<Record<string, readonly [VisibilityFilter, readonly number[]]>> = {
  "text =": [compare("WorkflowId", "=", "alpha"), [1]],
  "text !=": [compare("WorkflowId", "!=", "alpha"), [2, 3, 4, 5]],
  "text <": [compare("WorkflowId", "<", "alpha"), [4]],
  "text <=": [compare("WorkflowId", "<=", "alpha"), [1, 4]],
  "text >": [compare("WorkflowId", ">", "alpine"), [3, 5]],
  "text >=": [compare("WorkflowId", ">=", "alpine"), [2, 3, 5]],
  "type =": [compare("WorkflowType", "=", "Invoice"), [2]],
  "queue =": [compare("TaskQueue", "=", "slow"), [3]],
  "status =": [compare("ExecutionStatus", "=", 1), [1, 4, 5]],
  "status !=": [compare("ExecutionStatus", "!=", 1), [2, 3]],
  "time >": [compare("StartTime", ">", 300), [4, 5]],
  "time <=": [compare("StartTime", "<=", 200), [1, 2]],
  "execution time": [compare("ExecutionTime", "<", 200), [1]],
  "null never matches <": [compare("CloseTime", "<", 850), [3]],
  "null never matches >": [compare("CloseTime", ">", 0), [2, 3]],
  "null never matches !=": [compare("CloseTime", "!=", 900), [3]],
  "history length": [compare("HistoryLength", ">", 10), [2]],
  "history size": [compare("HistorySizeBytes", ">=", 4_096), [2]],
  "state transitions": [compare("StateTransitionCount", "=", 9), [2]],
  "run ID =": [compare("RunId", "=", sampleRunId(3)), [3]],
  "run ID = odd": [compare("RunId", "=", "odd run"), [5]],
  "run ID !=": [compare("RunId", "!=", sampleRunId(3)), [1, 2, 4, 5]],
  "run ID >": [compare("RunId", ">", sampleRunId(3)), [4, 5]],
  "run ID < part": [compare("RunId", "<", "0190a1b2-c3"), []],
  "parent workflow ID =": [compare("ParentWorkflowId", "=", "alpha"), [3]],
  "parent workflow ID = empty": [compare("ParentWorkflowId", "=", ""), [4]],
  "parent run ID =": [compare("ParentRunId", "=", sampleRunId(1)), [3]],
  "root workflow ID =": [compare("RootWorkflowId", "=", "alpha"), [3]],
  "root run ID =": [compare("RootRunId", "=", sampleRunId(1)), [1, 3]],
  "in text": [
    { kind: "in", field: "WorkflowId", values: ["alpha", "beta", "x'"], isNegated: false },
    [1, 3],
  ],
  "in run IDs": [
    { kind: "in", field: "RunId", values: [sampleRunId(2), "odd run"], isNegated: false },
    [2, 5],
  ],
  "not in numbers": [
    { kind: "in", field: "ExecutionStatus", values: [1, 2], isNegated: true },
    [3],
  ],
  "in nothing": [{ kind: "in", field: "WorkflowId", values: [], isNegated: false }, []],
  "not in, null": [
    { kind: "in", field: "ParentWorkflowId", values: ["alpha"], isNegated: true },
    [4],
  ],
  between: [
    { kind: "between", field: "StartTime", low: 200, high: 400, isNegated: false },
    [2, 3, 4],
  ],
  "not between": [
    { kind: "between", field: "StartTime", low: 200, high: 400, isNegated: true },
    [1, 5],
  ],
  "not between, null": [
    { kind: "between", field: "CloseTime", low: 850, high: 950, isNegated: true },
    [3],
  ],
  "starts with": [startsWith("alp"), [1, 2, 5]],
  "starts with %": [startsWith("al%"), [4]],
  "starts with the last code point": [startsWith("alp\u{10ffff}"), [5]],
  "starts with nothing": [startsWith(""), [1, 2, 3, 4, 5]],
  "does not start with": [startsWith("alp", true), [3, 4]],
  "run ID starts with": [
    { kind: "startsWith", field: "RunId", prefix: "0190a1b2-c3d4-7", isNegated: false },
    [1, 2, 3, 4],
  ],
  "is null": [{ kind: "isNull", field: "CloseTime", isNegated: false }, [1, 4, 5]],
  "is not null": [{ kind: "isNull", field: "ParentWorkflowId", isNegated: true }, [3, 4]],
  and: [
    {
      kind: "and",
      operands: [compare("StartTime", ">", 100), compare("ExecutionStatus", "=", 1)],
    },
    [4, 5],
  ],
  or: [
    { kind: "or", operands: [compare("CloseTime", "=", 900), compare("StartTime", "=", 100)] },
    [1, 2],
  ],
  not: [{ kind: "not", operand: compare("ExecutionStatus", "=", 1) }, [2, 3]],
  "not, of a null": [{ kind: "not", operand: compare("CloseTime", "=", 900) }, [3]],
  "not, of null and false": [
    {
      kind: "not",
      operand: {
        kind: "and",
        operands: [compare("CloseTime", "=", 900), compare("StartTime", "=", 1)],
      },
    },
    [1, 2, 3, 4, 5],
  ],
  nested: [
    {
      kind: "and",
      operands: [
        { kind: "or", operands: [startsWith("al"), compare("WorkflowType", "=", "Order")] },
        { kind: "not", operand: { kind: "isNull", field: "CloseTime", isNegated: false } },
      ],
    },
    [2, 3],
  ],
  "and of nothing": [{ kind: "and", operands: [] }, [1, 2, 3, 4, 5]],
  "or of nothing": [{ kind: "or", operands: [] }, []],
};

export function visibilityFilterContract(test: WithStore): void {
  describe("visibility filters", () => {
    it(
      "lists and counts what matches",
      test(async ({ store }) => {
        await store.commit(ROWS.map(putVisibility));
        for (const [name, [filter, expected]] of Object.entries(CASES)) {
          assert.deepEqual(await matching(store, filter), expected, name);
          const query = { namespaceId: NAMESPACE_ID, filter, order: [] };
          assert.equal(await store.countVisibility(query), expected.length, `count: ${name}`);
        }
        const all = { namespaceId: NAMESPACE_ID, filter: undefined, order: [] };
        assert.equal(await store.countVisibility(all), 5);
        assert.equal(await store.countVisibility({ ...all, namespaceId: "none" }), 0);
        assert.deepEqual(await store.countVisibilityByStatus({ ...all, namespaceId: "none" }), []);
      }),
    );

    it(
      "reads back every field of a row exactly",
      test(async ({ store, reopen }) => {
        const odd = sampleVisibility(2, {
          namespaceId: ODD_TEXT,
          workflowId: ODD_TEXT,
          workflowType: "",
          taskQueue: ODD_TEXT,
          closeTimeMs: 0,
          historySizeBytes: 2 ** 53 - 1,
          parentWorkflowId: "",
          parentRunId: "",
          rootWorkflowId: ODD_TEXT,
          rootRunId: "no UUID",
          firstRunId: sampleRunId(3).toUpperCase(),
          memo: new Uint8Array(),
          searchAttributes: Uint8Array.of(0, 255),
        });
        await store.commit([putVisibility(sampleVisibility(1)), putVisibility(odd)]);
        const reopened = await reopen();
        for (const row of [sampleVisibility(1), odd]) {
          const query = { namespaceId: row.namespaceId, filter: undefined, order: [] };
          const { rows } = await reopened.listVisibility(query, { cursor: undefined, limit: 10 });
          assert.deepEqual(plain(rows), plain([row]));
        }
      }),
    );

    it(
      "replaces and removes rows",
      test(async ({ store }) => {
        const closed = sampleVisibility(1, { status: 2, closeTimeMs: 5, memo: Uint8Array.of(1) });
        await store.commit([putVisibility(sampleVisibility(1)), putVisibility(closed)]);
        const query = { namespaceId: NAMESPACE_ID, filter: undefined, order: [] };
        const { rows } = await store.listVisibility(query, { cursor: undefined, limit: 10 });
        assert.deepEqual(plain(rows), plain([closed]));

        await store.commit([
          { kind: "removeVisibility", namespaceId: "other", runId: closed.runId },
          { kind: "removeVisibility", namespaceId: NAMESPACE_ID, runId: sampleRunId(404) },
        ]);
        assert.equal(await store.countVisibility(query), 1);
        await store.commit([
          { kind: "removeVisibility", namespaceId: NAMESPACE_ID, runId: closed.runId },
        ]);
        assert.equal(await store.countVisibility(query), 0);
      }),
    );
  });
}

async function matching(store: Store, filter: VisibilityFilter): Promise<readonly number[]> {
  const query = { namespaceId: NAMESPACE_ID, filter, order: [] };
  const { rows } = await store.listVisibility(query, { cursor: undefined, limit: 100 });
  const numbers = rows.map((row) => ROWS.findIndex((other) => other.runId === row.runId) + 1);
  return numbers.sort((left, right) => left - right);
}
