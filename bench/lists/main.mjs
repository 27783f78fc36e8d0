/**
 * How fast lists are: fills a SQLite store with rows and measures the first page of a filter by
 * each attribute, and counts by status.
 *
 * Usage: node bench/lists/main.mjs [ROWS [ROUNDS]]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openSqliteStore } from "@perdure/persistence-sqlite";
import { parseVisibilityQuery } from "@perdure/visibility";
import { ATTRIBUTES, rowOf } from "./list-rows.mjs";

const ROWS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = Number(process.argv[3] ?? 30);
const BATCH_ROWS = 500;
/** What a page has that does not say. */
const PAGE_ROWS = 1000;

const folder = mkdtempSync(path.join(os.tmpdir(), "perdure-lists-"));
const file = path.join(folder, "lists.db");
const logger = { log: () => undefined };
// What is measured is reading: the rows need not survive a power loss.
const store = await openSqliteStore({ path: file, logger, pragmas: { synchronous: "off" } });
const filledMs = await timed(fill);
const settledMs = await timed(settle);
const sizeMb = Math.round(statSync(file).size / 2 ** 20);
console.log(`${ROWS} rows, ${sizeMb} MiB`);
console.log(`filled in ${seconds(filledMs)} s, settled after ${seconds(settledMs)} s`);
console.log("| filter | rows | p50 ms | p99 ms |\n| --- | --- | --- | --- |");
for (const text of ATTRIBUTES.flatMap(({ filters }) => filters)) await measure(text);
await measureCounts();
await store.close();
rmSync(folder, { recursive: true, force: true });

async function fill() {
  for (let from = 0; from < ROWS; from += BATCH_ROWS) {
    const rows = Array.from({ length: Math.min(BATCH_ROWS, ROWS - from) }, (_, index) =>
      rowOf(from + index, ROWS),
    );
    await store.commit(rows.map((row) => ({ kind: "putVisibility", row })));
  }
}

async function settle() {
  while (!(await store.isSettled())) await new Promise((resolve) => setTimeout(resolve, 200));
}

async function measure(text) {
  const query = parseVisibilityQuery(text, { id: "namespace", types: typesOf() });
  let count = 0;
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push(
      await timed(async () => {
        const page = { cursor: undefined, limit: PAGE_ROWS };
        count = (await store.listVisibility(query, page)).rows.length;
      }),
    );
  }
  report(text, count, times);
}

async function measureCounts() {
  const everything = parseVisibilityQuery("", { id: "namespace", types: typesOf() });
  const running = parseVisibilityQuery("ExecutionStatus = 'Running'", {
    id: "namespace",
    types: typesOf(),
  });
  for (const [name, count] of [
    ["count by status", () => store.countVisibilityByStatus(everything)],
    ["count of running", () => store.countVisibility(running)],
  ]) {
    const times = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await timed(count));
    report(name, "", times);
  }
}

function typesOf() {
  const of = (kind) =>
    new Map(ATTRIBUTES.filter((each) => each.kind === kind).map(({ name, type }) => [name, type]));
  return {
    system: of("system"),
    predefined: of("predefined"),
    custom: of("custom"),
    typeNames: new Map(),
  };
}

async function timed(work) {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function report(name, count, times) {
  times.sort((left, right) => left - right);
  const at = (share) =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(1);
  console.log(`| ${name} | ${count} | ${at(0.5)} | ${at(0.99)} |`);
}

function seconds(durationMs) {
  return Math.round(durationMs / 1000);
}
