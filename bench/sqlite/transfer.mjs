// Cost of handing a batch to the storage thread and hearing back, four ways, and of a point read
// on the main thread against one through the thread. Prints a table of medians.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { DRIVERS } from "./drivers.mjs";
import { packRows } from "./packed-rows.mjs";
import { schema, Workload } from "./workload.mjs";
import { makeWriter } from "./writer.mjs";

const ROUNDS = 3000;
const SHARED_BYTES = 1 << 20;
const folder = mkdtempSync(join(tmpdir(), "sqlite-transfer-"));
const file = join(folder, "t.db");
const db = DRIVERS["better-sqlite3"](file);
prepareDatabase();
const shared = new SharedArrayBuffer(SHARED_BYTES);
const worker = new Worker(new URL("transfer-worker.mjs", import.meta.url), {
  workerData: { file, shared },
});
const signals = new Int32Array(shared, 0, 2);
const sharedBytes = new Uint8Array(shared, 8);
const batches = Array.from({ length: 50 }, () => new Workload().batch(16));

process.stdout.write("| exchange | CPU µs (both threads) | wall p50 µs |\n| --- | --: | --: |\n");
await report("empty message there and back", () => ask({ kind: "echo" }));
await report("64 rows, structured clone", (i) => ask({ kind: "clone", rows: batches[i % 50] }));
const objects = batches.map(asObjects);
await report("64 rows as objects with named fields, structured clone", (i) =>
  ask({ kind: "clone", rows: objects[i % 50] }),
);
await report("64 rows packed, buffer transferred", (i) => {
  const packed = packRows(batches[i % 50]);
  return ask({ kind: "packed", packed }, [packed.buffer]);
});
await report("64 rows packed, buffer cloned", (i) =>
  ask({ kind: "packed", packed: packRows(batches[i % 50]) }),
);
await report("64 rows packed into shared memory, Atomics both ways", async (i) => {
  const packed = packRows(batches[i % 50]);
  sharedBytes.set(packed);
  Atomics.store(signals, 1, packed.length);
  const before = Atomics.add(signals, 0, 1);
  Atomics.notify(signals, 0);
  const wait = Atomics.waitAsync(signals, 0, before + 1);
  if (wait.async) await wait.value;
});
await ask({ kind: "shared", isOn: false });
await report("packing alone", (i) => packRows(batches[i % 50]));
const getRun = db.prepare(runByKey());
const getLog = db.prepare("SELECT * FROM log WHERE run_no = ? AND seq >= ? ORDER BY seq LIMIT 1");
await report("point read of a run, main thread", (i) => getRun.get([`order-${1 + (i % 400)}`]));
await report("point read of a run, through the thread", (i) =>
  ask({ kind: "get", id: `order-${1 + (i % 400)}` }),
);
await report("read of one log row, main thread", (i) => getLog.get([1 + (i % 400), 1]));
db.close();
await worker.terminate();
rmSync(folder, { recursive: true });

/** One object per row, the names as long as those of real writes. */
function asObjects(batch) {
  const writes = [];
  for (const [kind, rows] of Object.entries(batch)) {
    for (const row of rows) {
      writes.push({
        kind,
        row: Object.fromEntries(row.map((value, i) => [`field${i}Name`, value])),
      });
    }
  }
  return { writes };
}

function runByKey() {
  return "SELECT * FROM run WHERE namespace_id = '0b6e2a52-6a6c-4d26-9c0e-0f6ef1c6a001' AND business_id = ?";
}

function prepareDatabase() {
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
  db.exec(schema());
  const write = makeWriter(db);
  const workload = new Workload();
  for (let i = 0; i < 200; i++) write(workload.batch(16));
}

function ask(message, transfer) {
  return new Promise((resolve) => {
    worker.once("message", resolve);
    worker.postMessage(message, transfer);
  });
}

async function report(name, run) {
  if (name.includes("Atomics")) await ask({ kind: "shared", isOn: true });
  for (let i = 0; i < 500; i++) await run(i);
  const walls = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < ROUNDS; i++) {
    const t = performance.now();
    await run(i);
    walls.push(performance.now() - t);
  }
  const used = process.cpuUsage(cpu);
  const p50 = walls.sort((a, b) => a - b)[ROUNDS >> 1] * 1000;
  const cpuUs = (used.user + used.system) / ROUNDS;
  process.stdout.write(`| ${name} | ${cpuUs.toFixed(1)} | ${p50.toFixed(1)} |\n`);
}
