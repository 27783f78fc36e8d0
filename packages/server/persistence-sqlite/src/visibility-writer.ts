import type { Database, Statement } from "better-sqlite3";
import type { BatchReader } from "./batch-reader.js";
import type { NamespaceNumbers } from "./namespace-numbers.js";

/** Columns in the order of `encodeBatch()`. */
const COLUMNS = [
  "namespace_no",
  "run_id",
  "workflow_id",
  "workflow_type",
  "task_queue",
  "status",
  "start_time_ms",
  "execution_time_ms",
  "close_time_ms",
  "history_length",
  "history_size_bytes",
  "state_transition_count",
  "parent_workflow_id",
  "parent_run_id",
  "root_workflow_id",
  "root_run_id",
  "first_run_id",
  "memo",
  "search_attributes",
];
const KEY = ["namespace_no", "run_id"];
/** Indexed, and the same in every row of a run: setting them would rewrite index entries. */
const STEADY = ["workflow_id", "workflow_type", "start_time_ms"];

function setAll(columns: readonly string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(", ");
}

const INSERT = `
INSERT INTO visibility (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})`;
const PUT = `${INSERT}
ON CONFLICT (namespace_no, run_id) DO UPDATE
SET ${setAll(COLUMNS.filter((column) => !KEY.includes(column) && !STEADY.includes(column)))}
WHERE ${STEADY.map((column) => `${column} = excluded.${column}`).join(" AND ")}`;
const REPLACE = `${INSERT}
ON CONFLICT (namespace_no, run_id) DO UPDATE
SET ${setAll(COLUMNS.filter((column) => !KEY.includes(column)))}`;

/** Writes the rows of lists, with fields read from a packed batch. */
export class VisibilityWriter {
  readonly #namespaces: NamespaceNumbers;
  readonly #put: Statement;
  readonly #replace: Statement;
  readonly #remove: Statement;

  constructor(database: Database, namespaces: NamespaceNumbers) {
    this.#namespaces = namespaces;
    this.#put = database.prepare(PUT);
    this.#replace = database.prepare(REPLACE);
    this.#remove = database.prepare("DELETE FROM visibility WHERE namespace_no = ? AND run_id = ?");
  }

  put(fields: BatchReader): void {
    const values = [
      this.#namespaces.findOrMake(fields.text()),
      fields.runId(),
      fields.text(),
      fields.text(),
      fields.text(),
      fields.number(),
      fields.number(),
      fields.number(),
      fields.optional(),
      fields.number(),
      fields.number(),
      fields.number(),
      fields.optional(),
      fields.optional(),
      fields.text(),
      fields.runId(),
      fields.runId(),
      fields.optional(),
      fields.optional(),
    ];
    if (this.#put.run(...values).changes === 0) this.#replace.run(...values);
  }

  remove(fields: BatchReader): void {
    const namespaceNo = this.#namespaces.find(fields.text());
    const runId = fields.runId();
    if (namespaceNo !== undefined) this.#remove.run(namespaceNo, runId);
  }
}
