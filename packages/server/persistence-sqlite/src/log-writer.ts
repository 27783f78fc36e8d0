import { invariant } from "@perdure/kernel";
import type { RunSaving } from "@perdure/persistence";
import type { Database, Statement } from "better-sqlite3";
import type { BatchReader } from "./batch-reader.js";
import { CHUNKED_BYTES_MIN, PayloadChunks } from "./payload-chunks.js";
import { chunkListsOf, StoredFormat, type StoredValues } from "./stored-format.js";

const APPEND = `
INSERT INTO log (run_no, seq, first_event_id, event_count, format, delta, events)
VALUES (?, ?, ?, ?, ?, ?, ?)`;
const PUT_SNAPSHOT = `
INSERT INTO snapshots (run_no, seq, format, data) VALUES (?, ?, ?, ?)
ON CONFLICT (run_no) DO UPDATE SET seq = excluded.seq, format = excluded.format,
  data = excluded.data`;
const IS_PRUNED = "run_no = ? AND seq <= ? AND event_count = 0";
const PRUNE = `DELETE FROM log WHERE ${IS_PRUNED}`;
const SELECT_CHUNKED = "SELECT format, delta, events FROM log WHERE format <> 0";
const SELECT_SNAPSHOT = `
SELECT format, data AS delta, x'' AS events FROM snapshots WHERE format <> 0 AND run_no = ?`;
const SAVE = `
UPDATE runs SET saved_bytes = ifnull(saved_bytes, 0) + ? WHERE run_no = ? RETURNING saved_bytes`;

/** Writes log entries and snapshots; their large values go into chunks. */
export class LogWriter {
  readonly #chunks: PayloadChunks;
  readonly #append: Statement;
  readonly #putSnapshot: Statement;
  readonly #prune: Statement;
  readonly #deletes: readonly Statement[];
  readonly #selectPruned: Statement<[number, number], StoredValues>;
  readonly #selectLog: Statement<[number], StoredValues>;
  readonly #selectSnapshot: Statement<[number], StoredValues>;
  readonly #save: Statement<[number, number], number>;
  #savings: RunSaving[] = [];

  constructor(database: Database) {
    this.#chunks = new PayloadChunks(database);
    this.#append = database.prepare(APPEND);
    this.#putSnapshot = database.prepare(PUT_SNAPSHOT);
    this.#prune = database.prepare(PRUNE);
    this.#deletes = ["snapshots", "log"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE run_no = ?`),
    );
    this.#selectPruned = database.prepare(`${SELECT_CHUNKED} AND ${IS_PRUNED}`);
    this.#selectLog = database.prepare(`${SELECT_CHUNKED} AND run_no = ?`);
    this.#selectSnapshot = database.prepare(SELECT_SNAPSHOT);
    this.#save = database.prepare<[number, number], number>(SAVE).pluck();
  }

  append(fields: BatchReader): void {
    const runNo = fields.number();
    const [seq, firstEventId, eventCount] = [fields.number(), fields.number(), fields.number()];
    const values = { format: StoredFormat.PLAIN, delta: fields.bytes(), events: fields.bytes() };
    const isLarge =
      values.events.length > CHUNKED_BYTES_MIN || values.delta.length > CHUNKED_BYTES_MIN;
    const { format, delta, events } = isLarge ? this.#chunked(runNo, values) : values;
    this.#append.run(runNo, seq, firstEventId, eventCount, format, delta, events);
  }

  /** Replaces the snapshot of a run. What the new one shares with the old one stays. */
  putSnapshot(runNo: number, fields: BatchReader): void {
    const replaced = this.#selectSnapshot.all(runNo);
    const seq = fields.number();
    const data = fields.bytes();
    if (data.length > CHUNKED_BYTES_MIN) {
      const { list } = this.#chunks.store(data);
      this.#putSnapshot.run(runNo, seq, StoredFormat.DELTA_CHUNKED, list);
    } else {
      this.#putSnapshot.run(runNo, seq, StoredFormat.PLAIN, data);
    }
    this.#release(replaced);
  }

  prune(runNo: number, throughSeq: number): void {
    this.#release(this.#selectPruned.all(runNo, throughSeq));
    this.#prune.run(runNo, throughSeq);
  }

  /** Deletes the log and the snapshot of a run. */
  delete(runNo: number): void {
    this.#release(this.#selectLog.all(runNo));
    this.#release(this.#selectSnapshot.all(runNo));
    for (const statement of this.#deletes) statement.run(runNo);
  }

  /** What the histories of runs save since the last call. */
  takeSavings(): readonly RunSaving[] {
    const savings = this.#savings;
    if (savings.length > 0) this.#savings = [];
    return savings;
  }

  #chunked(runNo: number, values: StoredValues): StoredValues {
    let { format, delta, events } = values;
    if (delta.length > CHUNKED_BYTES_MIN) {
      delta = this.#chunks.store(delta).list;
      format |= StoredFormat.DELTA_CHUNKED;
    }
    if (events.length > CHUNKED_BYTES_MIN) {
      const { list, storedBytes } = this.#chunks.store(events);
      this.#noteSaving(runNo, events.length - storedBytes);
      events = list;
      format |= StoredFormat.EVENTS_CHUNKED;
    }
    return { format, delta, events };
  }

  #noteSaving(runNo: number, byteCount: number): void {
    // Chunks of what can't be compressed take a little more than the value.
    if (byteCount <= 0) return;
    const savedBytes = this.#save.get(byteCount, runNo);
    invariant(savedBytes !== undefined, `Cannot append to run ${runNo}: it does not exist`);
    this.#savings.push({ runNo, savedBytes });
  }

  #release(rows: readonly StoredValues[]): void {
    for (const row of rows) this.#chunks.release(chunkListsOf(row));
  }
}
