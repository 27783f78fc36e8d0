import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import type { VisibilityRow } from "../records.js";
import type { Store } from "../store.js";
import type { VisibilityOrder, VisibilityQuery } from "../visibility-query.js";
import type { WithStore } from "./opened-store.js";
import { NAMESPACE_ID, putVisibility, sampleVisibility } from "./sample-rows.js";

/** Workflow IDs are the letters; open rows have no close time. */
const ROWS: readonly VisibilityRow[] = [
  sampleVisibility(1, { workflowId: "a", startTimeMs: 100, closeTimeMs: 500, historyLength: 1 }),
  sampleVisibility(2, { workflowId: "b", startTimeMs: 200, historyLength: 2 }),
  sampleVisibility(3, { workflowId: "c", startTimeMs: 300, closeTimeMs: 400, historyLength: 1 }),
  sampleVisibility(4, { workflowId: "d", startTimeMs: 400, historyLength: 2 }),
  sampleVisibility(5, { workflowId: "e", startTimeMs: 50, closeTimeMs: 500, historyLength: 3 }),
];

const ORDERS: Readonly<Record<string, readonly [readonly VisibilityOrder[], string]>> = {
  "by default: open ones first, then by close and start time, newest first": [[], "dbaec"],
  "by start time": [[{ field: "StartTime", isDescending: false }], "eabcd"],
  "by start time, newest first": [[{ field: "StartTime", isDescending: true }], "dcbae"],
  "by workflow ID, descending": [[{ field: "WorkflowId", isDescending: true }], "edcba"],
  "by close time: nulls last": [
    [
      { field: "CloseTime", isDescending: false },
      { field: "StartTime", isDescending: false },
    ],
    "ceabd",
  ],
  "by terms of both directions": [
    [
      { field: "HistoryLength", isDescending: true },
      { field: "WorkflowId", isDescending: false },
    ],
    "ebdac",
  ],
  "by nulls in both directions": [
    [
      { field: "CloseTime", isDescending: true },
      { field: "WorkflowId", isDescending: false },
    ],
    "bdaec",
  ],
  "by run ID": [[{ field: "RunId", isDescending: true }], "edcba"],
};

function queryOf(order: readonly VisibilityOrder[]): VisibilityQuery {
  return { namespaceId: NAMESPACE_ID, filter: undefined, order };
}

export function visibilityPageContract(test: WithStore): void {
  describe("visibility pages", () => {
    for (const [name, [order, expected]] of Object.entries(ORDERS)) {
      it(
        `lists ${name}, in pages of any size`,
        test(async ({ store }) => {
          await store.commit(ROWS.map(putVisibility));
          for (const limit of [1, 2, 3, 5, 100]) {
            assert.equal((await letters(store, queryOf(order), limit)).join(""), expected);
          }
        }),
      );
    }

    it(
      "gives no cursor with the last page, full or not",
      test(async ({ store }) => {
        await store.commit(ROWS.map(putVisibility));
        for (const limit of [5, 6]) {
          const page = await store.listVisibility(queryOf([]), { cursor: undefined, limit });
          assert.equal(page.nextCursor, undefined);
        }
      }),
    );

    it(
      "goes on where it was when rows come, change and go between pages",
      test(async ({ store }) => {
        await store.commit(ROWS.map(putVisibility));
        const order = [{ field: "StartTime", isDescending: false }] as const;
        const first = await store.listVisibility(queryOf(order), { cursor: undefined, limit: 2 });
        await store.commit([
          putVisibility(sampleVisibility(6, { workflowId: "before", startTimeMs: 60 })),
          putVisibility(sampleVisibility(7, { workflowId: "after", startTimeMs: 250 })),
          { kind: "removeVisibility", namespaceId: NAMESPACE_ID, runId: ROWS[0]?.runId ?? "" },
        ]);
        const { nextCursor } = first;
        const rest = await store.listVisibility(queryOf(order), { cursor: nextCursor, limit: 9 });
        assert.deepEqual(
          rest.rows.map((row) => row.workflowId),
          ["b", "after", "c", "d"],
        );
      }),
    );

    it(
      "orders rows that are equal in every term the same way each time",
      test(async ({ store }) => {
        const rows = Array.from({ length: 30 }, (_, index) =>
          sampleVisibility(index + 1, { startTimeMs: 5, workflowId: `same-${index}` }),
        );
        await store.commit(rows.map(putVisibility));
        const whole = await letters(store, queryOf([]), 100);
        assert.deepEqual(await letters(store, queryOf([]), 7), whole);
        assert.equal(new Set(whole).size, 30);
      }),
    );

    it(
      "lists what closed until a time, oldest first, for deletion",
      test(async ({ store }) => {
        await store.commit(ROWS.map(putVisibility));
        const query: VisibilityQuery = {
          namespaceId: NAMESPACE_ID,
          filter: { kind: "compare", field: "CloseTime", operator: "<=", value: 500 },
          order: [
            { field: "CloseTime", isDescending: false },
            { field: "StartTime", isDescending: false },
          ],
        };
        assert.equal((await letters(store, query, 2)).join(""), "cea");
        const earlier = { kind: "compare", field: "CloseTime", operator: "<", value: 500 } as const;
        assert.equal((await letters(store, { ...query, filter: earlier }, 2)).join(""), "c");
      }),
    );

    it(
      "counts by status",
      test(async ({ store }) => {
        const statuses = [3, 1, 1, 2, 1];
        const rows = statuses.map((status, index) => sampleVisibility(index + 1, { status }));
        await store.commit(rows.map(putVisibility));
        assert.deepEqual(await store.countVisibilityByStatus(queryOf([])), [
          { status: 1, count: 3 },
          { status: 2, count: 1 },
          { status: 3, count: 1 },
        ]);
      }),
    );

    it(
      "orders text by code points",
      test(async ({ store }) => {
        const ids = ["\uffee", "🔑", "z", "ä", "Z", ""];
        const rows = ids.map((workflowId, index) => sampleVisibility(index + 1, { workflowId }));
        await store.commit(rows.map(putVisibility));
        const order = [{ field: "WorkflowId", isDescending: false }] as const;
        const listed = await letters(store, queryOf(order), 4);
        assert.deepEqual(listed, ["", "Z", "z", "ä", "\uffee", "🔑"]);
      }),
    );

    it(
      "refuses a cursor that is none, or one of another order",
      test(async ({ store }) => {
        await store.commit(ROWS.map(putVisibility));
        const order = [{ field: "StartTime", isDescending: true }] as const;
        const page = await store.listVisibility(queryOf([]), { cursor: undefined, limit: 1 });
        for (const cursor of [page.nextCursor, Uint8Array.of(1, 2), new Uint8Array()]) {
          const listed = store.listVisibility(queryOf(order), { cursor, limit: 1 });
          await assert.rejects(listed, InvalidArgumentError);
        }
      }),
    );
  });
}

/** Workflow IDs of the whole list, read in pages. */
async function letters(store: Store, query: VisibilityQuery, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: Uint8Array | undefined;
  do {
    const page = await store.listVisibility(query, { cursor, limit });
    assert.ok(page.rows.length <= limit);
    ids.push(...page.rows.map((row) => row.workflowId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}
