import { payload } from "../commands.js";
import { scenario } from "../scenario.js";
import { startAndDescribe } from "../scripts.js";
import type { Plain, PlainObject } from "../wire/plain.js";

export const searchAttributeScenarios = [
  scenario("search-attributes-at-start", async (s) => {
    for (const [label, fields] of Object.entries(ATTRIBUTES)) {
      await startAndDescribe(s, label, { searchAttributes: { indexedFields: fields } });
    }
  }),

  scenario("search-attributes-of-payload-types", async (s) => {
    for (const [label, fields] of Object.entries(TYPED)) {
      await startAndDescribe(s, label, { searchAttributes: { indexedFields: fields } });
    }
  }),
];

/** Search attributes by what is special about them. */
export const ATTRIBUTES: Readonly<Record<string, PlainObject>> = {
  none: {},
  valid: { DiffKeyword: payload("k"), DiffInt: payload(3) },
  unknown: { NoSuchAttribute: payload("x") },
  "integer as text": { DiffInt: payload("not a number") },
  "integer in text": { DiffInt: payload("12") },
  fraction: { DiffInt: payload(1.5) },
  "keyword as number": { DiffKeyword: payload(12) },
  "keyword as object": { DiffKeyword: payload({ a: 1 }) },
  "keyword as list": { DiffKeyword: payload(["one"]) },
  "keyword as longer list": { DiffKeyword: payload(["one", "two"]) },
  null: { DiffKeyword: payload(null) },
  "empty list": { DiffKeyword: payload([]) },
  "keyword of greatest length": { DiffKeyword: payload("k".repeat(255)) },
  "keyword too long for a column": { DiffKeyword: payload("k".repeat(300)) },
  "value too large": { DiffKeyword: payload("k".repeat(3000)) },
  "system attribute": { ExecutionStatus: payload("Running") },
  "system attribute workflow id": { WorkflowId: payload("id") },
  "reserved attribute": { TemporalNamespaceDivision: payload("x") },
  "predefined attribute": { BatcherUser: payload("x") },
  "predefined of the server": { TemporalChangeVersion: payload(["v-1"]) },
  "column of the store": { Keyword01: payload("x") },
};

function typed(type: string, value: Plain): PlainObject {
  return { metadata: { encoding: "json/plain", type }, data: JSON.stringify(value) };
}

const TYPED: Readonly<Record<string, PlainObject>> = {
  "declared right": { DiffKeyword: typed("Keyword", "k"), DiffInt: typed("Int", 1) },
  "declared wrong": { DiffKeyword: typed("Int", "k") },
  "declared nonsense": { DiffKeyword: typed("Nonsense", "k") },
  "binary encoding": { DiffKeyword: { metadata: { encoding: "binary/plain" }, data: "abc" } },
  "no encoding": { DiffKeyword: { data: "abc" } },
  "broken JSON": { DiffKeyword: { metadata: { encoding: "json/plain" }, data: "{" } },
};
