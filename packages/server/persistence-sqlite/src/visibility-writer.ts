import { attributeValues } from "@perdure/persistence";
import type { Database, Statement } from "better-sqlite3";
import type { BatchReader } from "./batch-reader.js";
import type { NamespaceNumbers } from "./namespace-numbers.js";
import { BUILD_IDS } from "./visibility-columns.js";

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

const INSERT_ATTRIBUTE = `
INSERT OR IGNORE INTO visibility_attributes
  (namespace_no, run_id, name, value, close_order, start_time_ms)
VALUES (?, ?, ?, ?, ?, ?)`;
const REMOVE_ATTRIBUTES = "DELETE FROM visibility_attributes WHERE namespace_no = ? AND run_id = ?";
/** Attributes of up to so many bytes are remembered, so many of them. */
const DECODED_BYTES_MAX = 256;
const DECODED_MAX = 100;
const SEARCH_ATTRIBUTES_AT = COLUMNS.indexOf("search_attributes");
const CLOSE_TIME_AT = COLUMNS.indexOf("close_time_ms");
const START_TIME_AT = COLUMNS.indexOf("start_time_ms");
/** Stands for null in an order, as in the column `close_order`. */
const NULL_IN_ORDER = new Uint8Array();

/** Writes the rows of lists, with fields read from a packed batch. */
export class VisibilityWriter {
  readonly #namespaces: NamespaceNumbers;
  readonly #put: Statement;
  readonly #replace: Statement;
  readonly #remove: Statement;
  readonly #decoded = new Map<string, ReturnType<typeof attributeValues>>();
  readonly #insertAttribute: Statement;
  readonly #removeAttributes: Statement;

  constructor(database: Database, namespaces: NamespaceNumbers) {
    this.#namespaces = namespaces;
    this.#put = database.prepare(PUT);
    this.#replace = database.prepare(REPLACE);
    this.#remove = database.prepare("DELETE FROM visibility WHERE namespace_no = ? AND run_id = ?");
    this.#insertAttribute = database.prepare(INSERT_ATTRIBUTE);
    this.#removeAttributes = database.prepare(REMOVE_ATTRIBUTES);
  }

  put(fields: BatchReader): void {
    const values = this.#read(fields);
    if (this.#put.run(...values).changes === 0) this.#replace.run(...values);
    const [namespaceNo, runId] = values;
    const attributes = values[SEARCH_ATTRIBUTES_AT];
    // Attributes that are all unset come as empty bytes: only a run that never had any has none.
    if (!(attributes instanceof Uint8Array)) return;
    this.#removeAttributes.run(namespaceNo, runId);
    const closeOrder = values[CLOSE_TIME_AT] ?? NULL_IN_ORDER;
    const startTime = values[START_TIME_AT];
    for (const [name, items] of this.#valuesOf(attributes)) {
      // Nearly every run has build IDs: filters read them in the row itself.
      if (name === BUILD_IDS) continue;
      for (const item of items) {
        this.#insertAttribute.run(namespaceNo, runId, name, item, closeOrder, startTime);
      }
    }
  }

  /** Decodes attributes; most runs have the same few, which are remembered. */
  #valuesOf(encoded: Uint8Array): ReturnType<typeof attributeValues> {
    const key = Buffer.from(encoded).toString("latin1");
    const known = this.#decoded.get(key);
    if (known !== undefined) return known;
    const values = attributeValues(encoded);
    if (this.#decoded.size >= DECODED_MAX) this.#decoded.clear();
    if (encoded.length <= DECODED_BYTES_MAX) this.#decoded.set(key, values);
    return values;
  }

  #read(fields: BatchReader): readonly unknown[] {
    return [
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
  }

  remove(fields: BatchReader): void {
    const namespaceNo = this.#namespaces.find(fields.text());
    const runId = fields.runId();
    if (namespaceNo === undefined) return;
    this.#remove.run(namespaceNo, runId);
    this.#removeAttributes.run(namespaceNo, runId);
  }
}
