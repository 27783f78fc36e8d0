import { invariant } from "@perdure/kernel";
import type { Database, Statement } from "better-sqlite3";
import type { BatchReader } from "./batch-reader.js";
import type { NamespaceNumbers } from "./namespace-numbers.js";

/** Format of snapshots and log entries that are stored as they came. */
const FORMAT_PLAIN = 0;

const INSERT_RUN = `
INSERT INTO runs (run_no, key_hash, kind, namespace_no, business_id, run_id,
  is_current, is_open, wake_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const PUT_SNAPSHOT = `
INSERT INTO snapshots (run_no, seq, format, data) VALUES (?, ?, ${FORMAT_PLAIN}, ?)
ON CONFLICT (run_no) DO UPDATE SET seq = excluded.seq, format = excluded.format,
  data = excluded.data`;
const APPEND_LOG = `
INSERT INTO log (run_no, seq, first_event_id, event_count, format, delta, events)
VALUES (?, ?, ?, ?, ${FORMAT_PLAIN}, ?, ?)`;

/** Writes runs, snapshots and logs, with fields read from a packed batch. */
export class RunWriter {
  readonly #namespaces: NamespaceNumbers;
  readonly #database: Database;
  readonly #insert: Statement;
  /** Updates by the columns that they set: each sets as few indexed columns as it can. */
  readonly #updates = new Map<string, Statement>();
  readonly #exists: Statement;
  readonly #putSnapshot: Statement;
  readonly #append: Statement;
  readonly #prune: Statement;
  readonly #deletes: readonly Statement[];

  constructor(database: Database, namespaces: NamespaceNumbers) {
    this.#database = database;
    this.#namespaces = namespaces;
    this.#insert = database.prepare(INSERT_RUN);
    this.#exists = database.prepare("SELECT 1 FROM runs WHERE run_no = ?").pluck();
    this.#putSnapshot = database.prepare(PUT_SNAPSHOT);
    this.#append = database.prepare(APPEND_LOG);
    this.#prune = database.prepare(
      "DELETE FROM log WHERE run_no = ? AND seq <= ? AND event_count = 0",
    );
    this.#deletes = ["runs", "snapshots", "log"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE run_no = ?`),
    );
  }

  insert(fields: BatchReader): void {
    const runNo = fields.number();
    this.#insert.run(
      runNo,
      fields.number(),
      fields.number(),
      this.#namespaces.findOrMake(fields.text()),
      fields.text(),
      fields.runId(),
      fields.byte(),
      fields.byte(),
      fields.optional(),
    );
    this.#writeSnapshot(runNo, fields);
  }

  update(fields: BatchReader): void {
    const runNo = fields.number();
    const values: (number | string | Uint8Array | null)[] = [];
    let columns = "";
    const set = (column: string, value: number | string | Uint8Array | null): void => {
      columns += columns === "" ? `${column} = ?` : `, ${column} = ?`;
      values.push(value);
    };
    const isCurrent = fields.optional();
    if (isCurrent !== null) set("is_current", isCurrent);
    const isOpen = fields.optional();
    if (isOpen !== null) set("is_open", isOpen);
    if (fields.byte() === 1) set("wake_at_ms", fields.optional());
    const isFound =
      columns === ""
        ? this.#exists.get(runNo) !== undefined
        : this.#updateOf(columns).run(...values, runNo).changes === 1;
    invariant(isFound, `Cannot update run ${runNo}: it does not exist`);
    this.#writeSnapshot(runNo, fields);
  }

  append(fields: BatchReader): void {
    this.#append.run(
      fields.number(),
      fields.number(),
      fields.number(),
      fields.number(),
      fields.bytes(),
      fields.bytes(),
    );
  }

  prune(fields: BatchReader): void {
    this.#prune.run(fields.number(), fields.number());
  }

  delete(fields: BatchReader): void {
    const runNo = fields.number();
    for (const statement of this.#deletes) statement.run(runNo);
  }

  #writeSnapshot(runNo: number, fields: BatchReader): void {
    if (fields.byte() === 1) this.#putSnapshot.run(runNo, fields.number(), fields.bytes());
  }

  #updateOf(columns: string): Statement {
    const known = this.#updates.get(columns);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(`UPDATE runs SET ${columns} WHERE run_no = ?`);
    this.#updates.set(columns, statement);
    return statement;
  }
}
