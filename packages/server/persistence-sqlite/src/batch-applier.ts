import { InvariantError } from "@perdure/kernel";
import type { RunSaving } from "@perdure/persistence";
import type { Database, Statement } from "better-sqlite3";
import { BatchReader } from "./batch-reader.js";
import { deleteNamespace } from "./delete-namespace.js";
import { WriteCode } from "./encode-batch.js";
import { LogWriter } from "./log-writer.js";
import type { NamespaceNumbers } from "./namespace-numbers.js";
import { RunWriter } from "./run-writer.js";
import { VisibilityWriter } from "./visibility-writer.js";

/** Task IDs are marked as given out this many at a time, so that most batches need not. */
const TASK_IDS_RESERVED_AT_ONCE = 100_000;

const INSERT_TASK = `
INSERT INTO tasks (namespace_no, queue_name, task_kind, priority, task_id, key_kind,
  key_namespace_no, business_id, run_id, scheduled_event_id, stamp, created_at_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const REMOVE_TASK = `
DELETE FROM tasks WHERE namespace_no = ? AND queue_name = ? AND task_kind = ? AND priority = ?
  AND task_id = ?`;
const PUT_NAMESPACE = `
INSERT INTO namespaces (id, name, data) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, data = excluded.data`;

/** Applies packed batches, each in a transaction of its own. */
export class BatchApplier {
  readonly #namespaces: NamespaceNumbers;
  readonly #runs: RunWriter;
  readonly #log: LogWriter;
  readonly #visibility: VisibilityWriter;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #insertTask: Statement;
  readonly #removeTask: Statement;
  readonly #putNamespace: Statement;
  readonly #reserveTaskIds: Statement;
  readonly #database: Database;
  #reservedThrough: number;

  constructor(database: Database, namespaces: NamespaceNumbers) {
    this.#database = database;
    this.#namespaces = namespaces;
    this.#log = new LogWriter(database);
    this.#runs = new RunWriter(database, { namespaces, log: this.#log });
    this.#visibility = new VisibilityWriter(database, namespaces);
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
    this.#insertTask = database.prepare(INSERT_TASK);
    this.#removeTask = database.prepare(REMOVE_TASK);
    this.#putNamespace = database.prepare(PUT_NAMESPACE);
    this.#reserveTaskIds = database.prepare(
      "UPDATE meta SET value = ? WHERE name = 'task_ids_reserved_through'",
    );
    this.#reservedThrough = this.#readReserved();
  }

  /**
   * Stores a batch: all or none.
   *
   * @returns What `Store.commit()` does.
   * @throws {InvariantError} A write contradicts what is stored. Nothing was stored.
   * @throws {SqliteError} The file can't be written. Nothing was stored, as far as SQLite knows.
   */
  apply(block: ArrayBuffer): readonly RunSaving[] {
    this.#begin.run();
    try {
      const fields = new BatchReader(block);
      while (this.#applyWrite(fields));
      this.#commit.run();
      return this.#log.takeSavings();
    } catch (error) {
      this.#undo();
      throw isConstraint(error)
        ? new InvariantError(`A write contradicts what is stored: ${error.message}`)
        : error;
    }
  }

  #undo(): void {
    // Some errors (a full disk, for example) have ended the transaction already.
    if (this.#database.inTransaction) this.#rollback.run();
    this.#namespaces.forget();
    this.#log.takeSavings();
    this.#reservedThrough = this.#readReserved();
  }

  #applyWrite(fields: BatchReader): boolean {
    const code = fields.byte();
    switch (code) {
      case WriteCode.END:
        return false;
      case WriteCode.INSERT_RUN:
        this.#runs.insert(fields);
        return true;
      case WriteCode.UPDATE_RUN:
        this.#runs.update(fields);
        return true;
      case WriteCode.APPEND_LOG:
        this.#log.append(fields);
        return true;
      case WriteCode.PRUNE_DELTAS:
        this.#log.prune(fields.number(), fields.number());
        return true;
      case WriteCode.DELETE_RUN:
        this.#runs.delete(fields);
        return true;
      case WriteCode.PUT_VISIBILITY:
        this.#visibility.put(fields);
        return true;
      case WriteCode.REMOVE_VISIBILITY:
        this.#visibility.remove(fields);
        return true;
      default:
        return this.#applyOtherWrite(code, fields);
    }
  }

  #applyOtherWrite(code: number, fields: BatchReader): true {
    switch (code) {
      case WriteCode.INSERT_TASK:
        this.#addTask(fields);
        return true;
      case WriteCode.REMOVE_TASK:
        this.#removeTask.run(...this.#readPlace(fields));
        return true;
      case WriteCode.PUT_NAMESPACE:
        this.#putNamespace.run(fields.text(), fields.text(), fields.bytes());
        return true;
      case WriteCode.DELETE_NAMESPACE:
        deleteNamespace(this.#database, this.#log, fields.text());
        return true;
      default:
        throw new InvariantError(`Unexpected code ${code} in a packed batch`);
    }
  }

  #addTask(fields: BatchReader): void {
    const place = this.#readPlace(fields);
    this.#insertTask.run(
      ...place,
      fields.number(),
      this.#namespaces.findOrMake(fields.text()),
      fields.text(),
      fields.runId(),
      fields.number(),
      fields.number(),
      fields.number(),
    );
    const taskId = place[4];
    if (taskId <= this.#reservedThrough) return;
    this.#reservedThrough = Math.min(taskId + TASK_IDS_RESERVED_AT_ONCE, Number.MAX_SAFE_INTEGER);
    this.#reserveTaskIds.run(this.#reservedThrough);
  }

  #readPlace(fields: BatchReader): readonly [number, string, number, number, number] {
    const namespaceNo = this.#namespaces.findOrMake(fields.text());
    return [namespaceNo, fields.text(), fields.number(), fields.number(), fields.number()];
  }

  #readReserved(): number {
    const select = "SELECT value FROM meta WHERE name = 'task_ids_reserved_through'";
    return Number(this.#database.prepare(select).pluck().get());
  }
}

function isConstraint(error: unknown): error is Error {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" && code.startsWith("SQLITE_CONSTRAINT");
}
