// Prints what commits to the SQLite store cost in CPU time, main thread and all threads together.
// Usage: node bench/commit-cost.mjs [--folder DIR] [--workflows N] [--pragma NAME=VALUE]…
import { Console } from "node:console";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSqliteStore } from "../dist/index.js";

const { values: options } = parseArgs({
  options: {
    folder: { type: "string", default: tmpdir() },
    workflows: { type: "string", default: "4000" },
    pragma: { type: "string", multiple: true, default: [] },
  },
});
const pragmas = Object.fromEntries(options.pragma.map((text) => text.split("=")));
const NAMESPACE_ID = "32049b68-7872-4094-8e63-d0dd59896a83";
const EVENTS = new Uint8Array(420).map((_, index) => index);
const DELTA = new Uint8Array(24).fill(7);
const SNAPSHOT = new Uint8Array(300).fill(9);

const runId = (number) => `0190a1b2-c3d4-7e5f-8a6b-${number.toString(16).padStart(12, "0")}`;
const key = (number) => ({ kind: 1, namespaceId: NAMESPACE_ID, businessId: `hello-${number}-wf` });

function visibility(number, changes) {
  return {
    kind: "putVisibility",
    row: {
      namespaceId: NAMESPACE_ID,
      workflowId: `hello-${number}-wf`,
      runId: runId(number),
      workflowType: "hello",
      taskQueue: "hello-queue",
      status: 1,
      startTimeMs: 1_700_000_000_000 + number,
      executionTimeMs: 1_700_000_000_000 + number,
      closeTimeMs: undefined,
      historyLength: 2,
      historySizeBytes: 500,
      stateTransitionCount: 2,
      parentWorkflowId: undefined,
      parentRunId: undefined,
      rootWorkflowId: `hello-${number}-wf`,
      rootRunId: runId(number),
      firstRunId: runId(number),
      memo: undefined,
      searchAttributes: undefined,
      ...changes,
    },
  };
}

function entry(runNo, seq, eventCount) {
  const firstEventId = seq * 3 - 2;
  return {
    kind: "appendLog",
    entry: { runNo, seq, firstEventId, eventCount, events: EVENTS, delta: DELTA },
  };
}

/**
 * The four steps of a hello workflow: start, task completed, activity completed, task completed.
 */
function steps(number) {
  const run = {
    runNo: number,
    key: key(number),
    runId: runId(number),
    isCurrent: true,
    isOpen: true,
    wakeAtMs: 1_700_000_010_000 + number,
    snapshot: undefined,
  };
  const closed = { status: 2, closeTimeMs: 1_700_000_000_100 + number, historyLength: 11 };
  const snapshot = { seq: 4, data: SNAPSHOT };
  return [
    [{ kind: "insertRun", run }, entry(number, 1, 2), visibility(number, {})],
    [entry(number, 2, 3)],
    [entry(number, 3, 2)],
    [
      entry(number, 4, 3),
      { kind: "updateRun", runNo: number, isOpen: false, wakeAtMs: null, snapshot },
      visibility(number, closed),
    ],
  ];
}

/** Nanoseconds of CPU that the main thread has used; undefined where the system does not tell. */
function mainCpuNs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]);
  } catch {
    return undefined;
  }
}

/** Runs steps of workflows side by side, `batchSize` steps to a commit. */
async function measure(store, { batchSize, workflowCount, firstRunNo }) {
  const queue = [];
  for (let first = 0; first < workflowCount; first += batchSize) {
    const size = Math.min(batchSize, workflowCount - first);
    const workflows = Array.from({ length: size }, (_, i) => steps(firstRunNo + first + i));
    for (let step = 0; step < 4; step++) queue.push(workflows.flatMap((all) => all[step]));
  }
  const rowCount = queue.reduce((sum, batch) => sum + batch.length, 0);
  const commitMs = [];
  const cpuBefore = process.cpuUsage();
  const mainBefore = mainCpuNs();
  const startMs = performance.now();
  for (const batch of queue) {
    const beforeMs = performance.now();
    await store.commit(batch);
    commitMs.push(performance.now() - beforeMs);
  }
  const wallMs = performance.now() - startMs;
  const cpu = process.cpuUsage(cpuBefore);
  const mainUs = mainBefore === undefined ? NaN : (mainCpuNs() - mainBefore) / 1e3;
  const cpuUs = cpu.user + cpu.system;
  commitMs.sort((left, right) => left - right);
  return {
    "steps per commit": batchSize,
    rows: rowCount,
    "CPU µs/row": (cpuUs / rowCount).toFixed(1),
    "main µs/row": (mainUs / rowCount).toFixed(1),
    "CPU µs/hello": (cpuUs / workflowCount).toFixed(0),
    "main µs/hello": (mainUs / workflowCount).toFixed(0),
    "commit p50 ms": commitMs[commitMs.length >> 1].toFixed(2),
    "rows/s": Math.round(rowCount / (wallMs / 1e3)),
  };
}

const folder = mkdtempSync(join(options.folder, "perdure-bench-"));
const path = join(folder, "store.db");
const store = await openSqliteStore({ path, pragmas });
const table = [];
let firstRunNo = 1;
try {
  // The first round warms up the compiler and the caches.
  for (const [isWarmUp, batchSize, share] of [
    [true, 16, 1],
    [false, 1, 0.25],
    [false, 16, 1],
    [false, 64, 1],
  ]) {
    const workflowCount = Math.round(Number(options.workflows) * share);
    const row = await measure(store, { batchSize, workflowCount, firstRunNo });
    firstRunNo += workflowCount;
    if (!isWarmUp) table.push(row);
  }
  await store.close();
  const output = new Console(process.stdout);
  output.table(table);
  output.log(`file: ${(statSync(path).size / (firstRunNo - 1)).toFixed(0)} bytes per workflow`);
} finally {
  rmSync(folder, { recursive: true });
}
