import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import type { Store } from "../store.js";
import type { SearchAttributeField, VisibilityFilter } from "../visibility-query.js";
import type { WithStore } from "./opened-store.js";
import { NAMESPACE_ID, putVisibility, sampleVisibility } from "./sample-rows.js";

function payload(type: string, value: unknown) {
  const metadata = new Map([
    ["encoding", Buffer.from("json/plain")],
    ["type", Buffer.from(type)],
  ]);
  return { metadata, data: Buffer.from(JSON.stringify(value)) };
}

function encode(fields: Readonly<Record<string, readonly [string, unknown]>>): Uint8Array {
  const entries = Object.entries(fields).map(
    ([name, [type, value]]) => [name, payload(type, value)] as const,
  );
  return SearchAttributes.encode({ indexedFields: new Map(entries) });
}

/** Workflow IDs are letters. */
const ROWS = [
  sampleVisibility(1, {
    workflowId: "a",
    searchAttributes: encode({
      Word: ["Keyword", "apple"],
      Words: ["KeywordList", ["red", "round", "red"]],
      Story: ["Text", "The quick, brown Fox"],
      Count: ["Int", 3],
      Size: ["Double", 1.5],
      IsBig: ["Bool", true],
      At: ["Datetime", "2026-01-01T00:00:00.000250Z"],
    }),
  }),
  sampleVisibility(2, {
    workflowId: "b",
    searchAttributes: encode({
      Word: ["Keyword", "banana"],
      Words: ["KeywordList", ["yellow"]],
      Story: ["Text", "Élan vital"],
      Count: ["Int", 10],
      IsBig: ["Bool", false],
      "it's": ["Keyword", "x"],
      BuildIds: ["KeywordList", ["unversioned", "unversioned:1"]],
    }),
  }),
  sampleVisibility(3, { workflowId: "c" }),
];

const { BOOL, DATETIME, DOUBLE, INT, KEYWORD, KEYWORD_LIST, TEXT } = IndexedValueType;
const WORD: SearchAttributeField = { name: "Word", type: KEYWORD };
const WORDS: SearchAttributeField = { name: "Words", type: KEYWORD_LIST };
const STORY: SearchAttributeField = { name: "Story", type: TEXT };
const COUNT: SearchAttributeField = { name: "Count", type: INT };
const SIZE: SearchAttributeField = { name: "Size", type: DOUBLE };
const IS_BIG: SearchAttributeField = { name: "IsBig", type: BOOL };
const AT: SearchAttributeField = { name: "At", type: DATETIME };
const BUILD_IDS: SearchAttributeField = { name: "BuildIds", type: KEYWORD_LIST };
const ODD: SearchAttributeField = { name: "it's", type: KEYWORD };

type Operator = Extract<VisibilityFilter, { kind: "compare" }>["operator"];

function compare(
  field: SearchAttributeField,
  operator: Operator,
  value: string | number,
): VisibilityFilter {
  return { kind: "compare", field, operator, value };
}

const not = (operand: VisibilityFilter): VisibilityFilter => ({ kind: "not", operand });
const timeMs = Date.UTC(2026, 0, 1);

const CASES: Readonly<Record<string, readonly [VisibilityFilter, string]>> = {
  "an equal keyword": [compare(WORD, "=", "apple"), "a"],
  "another keyword, which none is not": [compare(WORD, "!=", "apple"), "b"],
  "keywords in order": [compare(WORD, ">", "apple"), "b"],
  "no such keyword": [not(compare(WORD, "=", "apple")), "b"],
  "keywords of a set": [
    { kind: "in", field: WORD, values: ["apple", "banana"], isNegated: false },
    "ab",
  ],
  "a keyword's beginning": [
    { kind: "startsWith", field: WORD, prefix: "ba", isNegated: false },
    "b",
  ],
  "a list that has": [compare(WORDS, "=", "round"), "a"],
  "a list that has not, also none": [compare(WORDS, "!=", "round"), "bc"],
  "no list that has": [not(compare(WORDS, "=", "round")), "bc"],
  "a list that has one of": [
    { kind: "in", field: WORDS, values: ["round", "yellow"], isNegated: false },
    "ab",
  ],
  "a list that has none of": [
    { kind: "in", field: WORDS, values: ["round", "yellow"], isNegated: true },
    "c",
  ],
  "words of a text": [compare(STORY, "=", " brown fox "), "a"],
  "a part of a word": [compare(STORY, "=", " bro "), ""],
  "a text without accents": [compare(STORY, "=", " elan "), "b"],
  "a text without the word, also none": [compare(STORY, "!=", " fox "), "bc"],
  "numbers by size": [compare(COUNT, ">", 3), "b"],
  "numbers of a range": [
    { kind: "between", field: COUNT, low: 3, high: 10, isNegated: false },
    "ab",
  ],
  "numbers outside a range": [
    { kind: "between", field: COUNT, low: 3, high: 5, isNegated: true },
    "b",
  ],
  "parts of numbers": [compare(SIZE, "=", 1.5), "a"],
  "what is true": [compare(IS_BIG, "=", 1), "a"],
  "what is not true": [compare(IS_BIG, "!=", 1), "b"],
  "a time to the microsecond": [compare(AT, "=", timeMs + 0.25), "a"],
  "a time before": [compare(AT, "<", timeMs + 0.25), ""],
  "what is there": [{ kind: "isNull", field: COUNT, isNegated: true }, "ab"],
  "what is not there": [{ kind: "isNull", field: COUNT, isNegated: false }, "c"],
  "a list that is not there": [{ kind: "isNull", field: WORDS, isNegated: false }, "c"],
  "a build ID": [compare(BUILD_IDS, "=", "unversioned:1"), "b"],
  "a part of a build ID": [compare(BUILD_IDS, "=", "version"), ""],
  "no such build ID": [compare(BUILD_IDS, "!=", "unversioned"), "ac"],
  "no build IDs": [{ kind: "isNull", field: BUILD_IDS, isNegated: false }, "ac"],
  "build IDs": [{ kind: "isNull", field: BUILD_IDS, isNegated: true }, "b"],
  "a name with a quote": [compare(ODD, "=", "x"), "b"],
  "both of two": [
    { kind: "and", operands: [compare(COUNT, ">", 1), compare(WORDS, "=", "red")] },
    "a",
  ],
  "one of two": [
    { kind: "or", operands: [compare(COUNT, "=", 10), compare(WORDS, "=", "red")] },
    "ab",
  ],
};

async function letters(store: Store, filter: VisibilityFilter | undefined): Promise<string> {
  const order = [{ field: "WorkflowId", isDescending: false }] as const;
  const query = { namespaceId: NAMESPACE_ID, filter, order };
  const page = await store.listVisibility(query, { cursor: undefined, limit: 100 });
  assert.equal(await store.countVisibility(query), page.rows.length);
  return page.rows.map((row) => row.workflowId).join("");
}

export function visibilityAttributeContract(test: WithStore): void {
  describe("search attributes", () => {
    for (const [name, [filter, expected]] of Object.entries(CASES)) {
      it(
        `finds ${name}`,
        test(async ({ store }) => {
          await store.commit(ROWS.map(putVisibility));
          assert.equal(await letters(store, filter), expected);
        }),
      );
    }

    it(
      "orders by an attribute, in pages, rows without it last",
      test(async ({ store }) => {
        await store.commit(ROWS.map(putVisibility));
        const query = {
          namespaceId: NAMESPACE_ID,
          filter: undefined,
          order: [{ field: COUNT, isDescending: false }],
        };
        const first = await store.listVisibility(query, { cursor: undefined, limit: 2 });
        const rest = await store.listVisibility(query, { cursor: first.nextCursor, limit: 2 });
        const ids = [...first.rows, ...rest.rows].map((row) => row.workflowId);
        assert.deepEqual(ids, ["a", "b", "c"]);
      }),
    );

    it(
      "follows changes of a row, down to the last attribute and the row itself",
      test(async ({ store }) => {
        await store.commit(ROWS.map(putVisibility));
        const changed = { workflowId: "a", searchAttributes: encode({ Count: ["Int", 4] }) };
        await store.commit([putVisibility(sampleVisibility(1, changed))]);
        assert.equal(await letters(store, compare(COUNT, "=", 4)), "a");
        assert.equal(await letters(store, compare(WORD, "=", "apple")), "");

        const unset = { workflowId: "a", searchAttributes: new Uint8Array() };
        await store.commit([putVisibility(sampleVisibility(1, unset))]);
        assert.equal(await letters(store, compare(COUNT, "=", 4)), "");

        const { runId } = sampleVisibility(2);
        const namespaceId = NAMESPACE_ID;
        await store.commit([{ kind: "removeVisibility", namespaceId, runId }]);
        await store.commit([putVisibility(sampleVisibility(2, { workflowId: "b" }))]);
        assert.equal(await letters(store, compare(COUNT, "=", 10)), "");
      }),
    );
  });
}
