import { invariant } from "@perdure/kernel";
import type { Database, Statement } from "better-sqlite3";
import type { BatchReader } from "./batch-reader.js";
import type { LogWriter } from "./log-writer.js";
import type { NamespaceNumbers } from "./namespace-numbers.js";

const INSERT_RUN = `
INSERT INTO runs (run_no, key_hash, kind, namespace_no, business_id, run_id,
  is_current, is_open, wake_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Writes runs with fields read from a packed batch; snapshots and logs through `LogWriter`. */
export class RunWriter {
  readonly #namespaces: NamespaceNumbers;
  readonly #database: Database;
  readonly #insert: Statement;
  /** Updates by the columns that they set: each sets as few indexed columns as it can. */
  readonly #updates = new Map<string, Statement>();
  readonly #exists: Statement;
  readonly #delete: Statement;
  readonly #log: LogWriter;

  constructor(
    database: Database,
    parts: { readonly namespaces: NamespaceNumbers; readonly log: LogWriter },
  ) {
    this.#database = database;
    this.#namespaces = parts.namespaces;
    this.#log = parts.log;
    this.#insert = database.prepare(INSERT_RUN);
    this.#exists = database.prepare("SELECT 1 FROM runs WHERE run_no = ?").pluck();
    this.#delete = database.prepare("DELETE FROM runs WHERE run_no = ?");
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

  delete(fields: BatchReader): void {
    const runNo = fields.number();
    this.#log.delete(runNo);
    this.#delete.run(runNo);
  }

  #writeSnapshot(runNo: number, fields: BatchReader): void {
    if (fields.byte() === 1) this.#log.putSnapshot(runNo, fields);
  }

  #updateOf(columns: string): Statement {
    const known = this.#updates.get(columns);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(`UPDATE runs SET ${columns} WHERE run_no = ?`);
    this.#updates.set(columns, statement);
    return statement;
  }
}
