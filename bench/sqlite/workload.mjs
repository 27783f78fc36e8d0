// The storage thread's work: batches of rows over four tables, one transaction each.
import { randomBytes } from "node:crypto";

const NAMESPACE = "0b6e2a52-6a6c-4d26-9c0e-0f6ef1c6a001";
const VISIBILITY_COLUMNS = 12;

/** Creates the tables. `indexes` is how many indexes the visibility table gets, 0 to 3. */
export function schema({ indexes = 2, withoutRowid = true } = {}) {
  const tail = withoutRowid ? "WITHOUT ROWID" : "";
  const visibilityIndexes = [
    "CREATE INDEX visibility_start ON visibility (namespace_id, start_ms DESC, run_id)",
    "CREATE INDEX visibility_workflow ON visibility (namespace_id, workflow_id, start_ms DESC)",
    "CREATE INDEX visibility_status ON visibility (namespace_id, status, start_ms DESC)",
  ].slice(0, indexes);
  return `
    CREATE TABLE run (run_no INTEGER PRIMARY KEY, kind INTEGER NOT NULL, namespace_id TEXT NOT NULL,
      business_id TEXT NOT NULL, run_id TEXT NOT NULL, is_current INTEGER NOT NULL,
      is_open INTEGER NOT NULL, wake_at_ms INTEGER, snapshot_seq INTEGER, snapshot BLOB);
    CREATE UNIQUE INDEX run_key ON run (namespace_id, business_id, kind, run_id);
    CREATE INDEX run_wake ON run (wake_at_ms) WHERE wake_at_ms IS NOT NULL;
    CREATE TABLE log (run_no INTEGER NOT NULL, seq INTEGER NOT NULL,
      first_event_id INTEGER NOT NULL,
      event_count INTEGER NOT NULL, events BLOB NOT NULL, delta BLOB NOT NULL,
      PRIMARY KEY (run_no, seq)) ${tail};
    CREATE TABLE task (namespace_id TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL,
      priority INTEGER NOT NULL, task_id INTEGER NOT NULL, business_id TEXT NOT NULL,
      run_id TEXT NOT NULL, event_id INTEGER NOT NULL, stamp INTEGER NOT NULL,
      created_ms INTEGER NOT NULL,
      PRIMARY KEY (namespace_id, name, kind, priority, task_id)) WITHOUT ROWID;
    CREATE TABLE visibility (namespace_id TEXT NOT NULL, run_id TEXT NOT NULL,
      workflow_id TEXT NOT NULL, type TEXT NOT NULL, queue TEXT NOT NULL, status INTEGER NOT NULL,
      start_ms INTEGER NOT NULL, close_ms INTEGER, length INTEGER NOT NULL, size INTEGER NOT NULL,
      memo BLOB, attributes BLOB, PRIMARY KEY (namespace_id, run_id)) WITHOUT ROWID;
    ${visibilityIndexes.join(";\n")}`;
}

/** SQL of each kind of write and how many values one row has. */
export const WRITES = {
  log: { head: "INSERT INTO log VALUES ", width: 6 },
  insertTask: { head: "INSERT INTO task VALUES ", width: 10 },
  insertRun: { head: "INSERT INTO run VALUES ", width: 10 },
  visibility: {
    head: "INSERT INTO visibility VALUES ",
    tail: ` ON CONFLICT DO UPDATE SET status = excluded.status, close_ms = excluded.close_ms,
      length = excluded.length, size = excluded.size, memo = excluded.memo,
      attributes = excluded.attributes`,
    width: VISIBILITY_COLUMNS,
  },
  removeTask: {
    whole: `DELETE FROM task WHERE namespace_id = ? AND name = ? AND kind = ? AND priority = ?
      AND task_id = ?`,
    width: 5,
  },
  updateRun: { whole: "UPDATE run SET is_open = ?, wake_at_ms = ? WHERE run_no = ?", width: 3 },
};

/** Makes batches the way the server does: runs are born, take steps, and close. */
export class Workload {
  #nextRunNo = 1;
  #nextTaskId = 1;
  #open = [];
  #blobs = Array.from({ length: 64 }, (_, i) => randomBytes(300 + i * 8));
  #logRowsPerStep;

  constructor({ logRowsPerStep = 1 } = {}) {
    this.#logRowsPerStep = logRowsPerStep;
  }

  /** Rows of `steps` steps, grouped by kind of write; each row is an array of values. */
  batch(steps) {
    const rows = Object.fromEntries(Object.keys(WRITES).map((kind) => [kind, []]));
    for (let i = 0; i < steps; i++) this.#step(rows);
    return rows;
  }

  #step(rows) {
    const run = this.#open.length < 100 ? this.#start(rows) : this.#open.shift();
    this.#log(run, rows);
    if (run.taskId !== undefined) {
      rows.removeTask.push([NAMESPACE, "orders", 1, 3, run.taskId]);
      run.taskId = undefined;
    } else {
      run.taskId = this.#nextTaskId++;
      rows.insertTask.push([
        NAMESPACE,
        "orders",
        1,
        3,
        run.taskId,
        run.workflowId,
        run.runId,
        run.seq * 3,
        1,
        1.7e12,
      ]);
    }
    if (run.seq > 1) rows.updateRun.push([run.seq < 6 ? 1 : 0, 1.7e12 + run.seq, run.runNo]);
    rows.visibility.push([
      NAMESPACE,
      run.runId,
      run.workflowId,
      "OrderWorkflow",
      "orders",
      run.seq < 6 ? 1 : 2,
      1.7e12,
      run.seq < 6 ? null : 1.7e12,
      run.seq * 3,
      run.seq * 500,
      null,
      null,
    ]);
    if (run.seq < 6) this.#open.push(run);
  }

  #start(rows) {
    const runNo = this.#nextRunNo++;
    const run = { runNo, workflowId: `order-${runNo}`, runId: uuid(), seq: 0, taskId: undefined };
    rows.insertRun.push([runNo, 1, NAMESPACE, run.workflowId, run.runId, 1, 1, null, null, null]);
    return run;
  }

  #log(run, rows) {
    run.seq++;
    const blob = this.#blobs[(run.runNo + run.seq) & 63];
    const parts = this.#logRowsPerStep;
    const size = Math.ceil(blob.length / parts);
    for (let p = 0; p < parts; p++) {
      const events = blob.subarray(p * size, (p + 1) * size);
      rows.log.push([run.runNo, run.seq * parts + p, run.seq * 3, 3, events, blob.subarray(0, 40)]);
    }
  }
}

function uuid() {
  const hex = randomBytes(16).toString("hex");
  return [0, 8, 12, 16, 20].map((at, i) => hex.slice(at, [8, 12, 16, 20, 32][i])).join("-");
}
