import { hashKey } from "@perdure/kernel";
import type {
  DueRun,
  EntityKey,
  HistoryChunk,
  LogEntry,
  Snapshot,
  Store,
  StoredRun,
} from "@perdure/persistence";
import type { Database, Statement } from "better-sqlite3";
import type { NamespaceNumbers } from "./namespace-numbers.js";
import { PayloadChunks } from "./payload-chunks.js";
import { fromRunIdValue, type RunIdValue, toRunIdValue } from "./run-id-value.js";
import { StoredFormat } from "./stored-format.js";

interface StoredRunRow {
  readonly run_no: number;
  readonly kind: EntityKey["kind"];
  readonly namespace_no: number;
  readonly business_id: string;
  readonly run_id: RunIdValue;
  readonly is_current: number;
  readonly is_open: number;
  readonly wake_at_ms: number | null;
  readonly saved_bytes: number | null;
}

/** An entry with its values as they are stored. */
interface StoredEntry extends LogEntry {
  readonly format: number;
}

type StoredChunk = Pick<StoredEntry, "firstEventId" | "eventCount" | "events" | "format">;

const OF_KEY = "key_hash = ? AND namespace_no = ? AND kind = ? AND business_id = ?";
const SELECT_CURRENT = `SELECT * FROM runs WHERE ${OF_KEY} AND is_current = 1`;
const SELECT_RUN = `SELECT * FROM runs WHERE ${OF_KEY} AND run_id = ?`;
const SELECT_HASHES = `
SELECT DISTINCT key_hash FROM runs WHERE key_hash > ? ORDER BY key_hash LIMIT ?`;
const SELECT_DUE = `
SELECT * FROM runs WHERE wake_at_ms < ? ORDER BY wake_at_ms, run_no LIMIT ?`;
const SELECT_LOG = `
SELECT run_no AS runNo, seq, first_event_id AS firstEventId, event_count AS eventCount, format,
  delta, events FROM log WHERE run_no = ? AND seq >= ? ORDER BY seq LIMIT ?`;
const SELECT_CHUNKS = `
SELECT first_event_id AS firstEventId, event_count AS eventCount, format, events
FROM log WHERE run_no = ? AND seq >= ? AND first_event_id < ? AND event_count > 0 ORDER BY seq`;
const SELECT_LAST_SEQ = "SELECT seq FROM log WHERE run_no = ? ORDER BY seq DESC LIMIT 1";
const SELECT_NEXT_END = `
SELECT seq, first_event_id + event_count AS endEventId
FROM log WHERE run_no = ? AND seq >= ? ORDER BY seq LIMIT 1`;

/** Reads runs and their logs. */
export class RunReader {
  readonly #namespaces: NamespaceNumbers;
  readonly #payloads: PayloadChunks;
  readonly #current: Statement<unknown[], StoredRunRow>;
  readonly #run: Statement<unknown[], StoredRunRow>;
  readonly #hashes: Statement<[number, number], number>;
  readonly #due: Statement<unknown[], StoredRunRow>;
  readonly #snapshot: Statement<[number], Snapshot & { readonly format: number }>;
  readonly #log: Statement<unknown[], StoredEntry>;
  readonly #chunks: Statement<unknown[], StoredChunk>;
  readonly #lastSeq: Statement<[number], number>;
  readonly #nextEnd: Statement<[number, number], { seq: number; endEventId: number }>;
  readonly #lastRunNo: Statement<[], number | null>;

  constructor(database: Database, namespaces: NamespaceNumbers) {
    this.#namespaces = namespaces;
    this.#payloads = new PayloadChunks(database);
    this.#current = database.prepare(SELECT_CURRENT);
    this.#run = database.prepare(SELECT_RUN);
    this.#hashes = database.prepare<[number, number], number>(SELECT_HASHES).pluck();
    this.#due = database.prepare(SELECT_DUE);
    this.#snapshot = database.prepare("SELECT seq, format, data FROM snapshots WHERE run_no = ?");
    this.#log = database.prepare(SELECT_LOG);
    this.#chunks = database.prepare(SELECT_CHUNKS);
    this.#lastSeq = database.prepare<[number], number>(SELECT_LAST_SEQ).pluck();
    this.#nextEnd = database.prepare(SELECT_NEXT_END);
    this.#lastRunNo = database.prepare<[], number | null>("SELECT max(run_no) FROM runs").pluck();
  }

  lastRunNo(): number {
    return this.#lastRunNo.get() ?? 0;
  }

  /** Hashes of the keys of runs, ascending, each once, from the first after `after` on. */
  readKeyHashes(after: number, limit: number): Uint32Array {
    return Uint32Array.from(this.#hashes.all(after, limit));
  }

  loadCurrent(key: EntityKey): StoredRun | undefined {
    const namespaceNo = this.#namespaces.find(key.namespaceId);
    if (namespaceNo === undefined) return undefined;
    const keyHash = hashKey(key.namespaceId, key.businessId);
    return this.#toRun(this.#current.get(keyHash, namespaceNo, key.kind, key.businessId));
  }

  load(key: EntityKey, runId: string): StoredRun | undefined {
    const namespaceNo = this.#namespaces.find(key.namespaceId);
    if (namespaceNo === undefined) return undefined;
    const keyValues = [hashKey(key.namespaceId, key.businessId), namespaceNo, key.kind];
    return this.#toRun(this.#run.get(...keyValues, key.businessId, toRunIdValue(runId)));
  }

  readDue(beforeMs: number, limit: number): readonly DueRun[] {
    return this.#due.all(beforeMs, limit).map((row) => ({
      key: this.#toKey(row),
      runId: fromRunIdValue(row.run_id),
      runNo: row.run_no,
      wakeAtMs: row.wake_at_ms ?? 0,
    }));
  }

  readLog(runNo: number, fromSeq: number, limit: number): readonly LogEntry[] {
    return this.#log.all(runNo, fromSeq, limit).map((stored) => ({
      runNo: stored.runNo,
      seq: stored.seq,
      firstEventId: stored.firstEventId,
      eventCount: stored.eventCount,
      delta: this.#whole(stored.delta, stored.format & StoredFormat.DELTA_CHUNKED),
      events: this.#whole(stored.events, stored.format & StoredFormat.EVENTS_CHUNKED),
    }));
  }

  readHistory(request: Parameters<Store["readHistory"]>[0]): readonly HistoryChunk[] {
    const { runNo, fromEventId, toEventId, maxEvents, maxBytes = Infinity } = request;
    if (fromEventId >= toEventId) return [];
    const chunks: HistoryChunk[] = [];
    let eventsLeft = maxEvents;
    let sizeBytes = 0;
    const fromSeq = this.#findSeq(runNo, fromEventId);
    for (const stored of this.#chunks.iterate(runNo, fromSeq, toEventId)) {
      const { firstEventId, eventCount } = stored;
      if (chunks.length > 0) eventsLeft -= eventCount;
      if (eventsLeft < 0 || (chunks.length > 0 && sizeBytes >= maxBytes)) break;
      const events = this.#whole(stored.events, stored.format & StoredFormat.EVENTS_CHUNKED);
      sizeBytes += events.length;
      chunks.push({ firstEventId, eventCount, events });
    }
    return chunks;
  }

  /**
   * The first sequence number whose entry ends after `eventId`. Event IDs rise with sequence
   * numbers, so halving finds it without an index on them.
   */
  #findSeq(runNo: number, eventId: number): number {
    let low = 1;
    let high = (this.#lastSeq.get(runNo) ?? 0) + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const next = this.#nextEnd.get(runNo, middle);
      if (next === undefined || next.endEventId > eventId) high = middle;
      else low = next.seq + 1;
    }
    return low;
  }

  #toRun(row: StoredRunRow | undefined): StoredRun | undefined {
    if (row === undefined) return undefined;
    return {
      runNo: row.run_no,
      key: this.#toKey(row),
      runId: fromRunIdValue(row.run_id),
      isCurrent: row.is_current === 1,
      isOpen: row.is_open === 1,
      wakeAtMs: row.wake_at_ms ?? undefined,
      snapshot: this.#snapshotOf(row.run_no),
      savedBytes: row.saved_bytes ?? 0,
    };
  }

  #snapshotOf(runNo: number): Snapshot | undefined {
    const stored = this.#snapshot.get(runNo);
    if (stored === undefined) return undefined;
    const { seq, data, format } = stored;
    return { seq, data: this.#whole(data, format & StoredFormat.DELTA_CHUNKED) };
  }

  /** A value as it came. `chunkedBit` is 0 when it is stored so. */
  #whole(stored: Uint8Array, chunkedBit: number): Uint8Array {
    return chunkedBit === 0 ? stored : this.#payloads.load(stored);
  }

  #toKey(row: StoredRunRow): EntityKey {
    const namespaceId = this.#namespaces.idOf(row.namespace_no);
    return { kind: row.kind, namespaceId, businessId: row.business_id };
  }
}
