// Runs one case in a process of its own and prints one line of JSON.
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DRIVERS } from "./drivers.mjs";
import { schema, Workload } from "./workload.mjs";
import { makeWriter } from "./writer.mjs";

const options = {
  driver: "better-sqlite3",
  steps: 16,
  batches: 1500,
  pageSize: 4096,
  synchronous: "FULL",
  autocheckpoint: 1000,
  widths: [1],
  logRowsPerStep: 1,
  indexes: 2,
  withoutRowid: true,
  pragmas: [],
  ...JSON.parse(process.argv[2] ?? "{}"),
};
const folder = mkdtempSync(join(options.dir ?? process.cwd(), "sqlite-bench-"));
try {
  console.log(JSON.stringify(measure(join(folder, "t.db"))));
} finally {
  rmSync(folder, { recursive: true });
}

function measure(file) {
  const fsyncMs = probeFsync(`${file}.probe`, 200);
  const db = DRIVERS[options.driver](file);
  db.exec(`PRAGMA page_size = ${options.pageSize}`);
  db.exec(`PRAGMA journal_mode = ${options.journal ?? "WAL"}`);
  db.exec(`PRAGMA synchronous = ${options.synchronous}`);
  db.exec(`PRAGMA wal_autocheckpoint = ${options.autocheckpoint}`);
  for (const pragma of options.pragmas) db.exec(`PRAGMA ${pragma}`);
  db.exec(schema(options));
  const result = { options, fsyncP50Ms: quantile(fsyncMs, 0.5), ...write(db) };
  result.fileBytes = statSync(file).size;
  result.mode = db.prepare("PRAGMA journal_mode").get([])?.journal_mode;
  result.sqlite = db.prepare("SELECT sqlite_version() AS v").get([]).v;
  db.close();
  return result;
}

function write(db) {
  const workload = new Workload(options);
  const writeBatch = makeWriter(db, options);
  const batches = Array.from({ length: 100 }, () => workload.batch(options.steps));
  for (const batch of batches) writeBatch(batch);
  const commitMs = [];
  let rowCount = 0;
  let cpuUs = 0;
  const startedMs = performance.now();
  for (let done = 0; done < options.batches; done += 50) {
    const slice = Array.from({ length: 50 }, () => workload.batch(options.steps));
    const cpu = process.cpuUsage();
    for (const batch of slice) {
      const t = performance.now();
      writeBatch(batch);
      commitMs.push(performance.now() - t);
      for (const rows of Object.values(batch)) rowCount += rows.length;
    }
    const used = process.cpuUsage(cpu);
    cpuUs += used.user + used.system;
  }
  const busyMs = commitMs.reduce((a, b) => a + b, 0);
  return {
    rowsPerBatch: rowCount / options.batches,
    cpuUsPerRow: cpuUs / rowCount,
    cpuUsPerCommit: cpuUs / options.batches,
    commitsPerS: (options.batches * 1000) / busyMs,
    commitP50Ms: quantile(commitMs, 0.5),
    commitP99Ms: quantile(commitMs, 0.99),
    commitMaxMs: Math.max(...commitMs),
    wallMs: performance.now() - startedMs,
  };
}

function probeFsync(file, count) {
  const fd = openSync(file, "w");
  const block = Buffer.alloc(4096, 1);
  const times = [];
  for (let i = 0; i < count; i++) {
    const t = performance.now();
    writeSync(fd, block);
    fdatasyncSync(fd);
    times.push(performance.now() - t);
  }
  closeSync(fd);
  return times;
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
