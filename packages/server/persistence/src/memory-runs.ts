import { invariant, present } from "@perdure/kernel";
import type { Undo } from "./memory-disk.js";
import type { EntityKey, LogEntry, RunRow } from "./records.js";
import { SortedList } from "./sorted-list.js";
import type { DueRun, HistoryChunk, StoreWrite } from "./store.js";

interface Wake {
  readonly runNo: number;
  readonly wakeAtMs: number;
}

interface StoredRun {
  row: RunRow;
  readonly entityKey: string;
  log: SortedList<LogEntry>;
}

/** Runs, their logs and their wake-ups in memory. */
export class MemoryRuns {
  readonly #runs = new Map<number, StoredRun>();
  /** Run numbers by entity and run ID. */
  readonly #numbers = new Map<string, number>();
  /** Run number of the current run, by entity. */
  readonly #current = new Map<string, number>();
  readonly #wakes = new SortedList<Wake>(
    (left, right) => left.wakeAtMs - right.wakeAtMs || left.runNo - right.runNo,
  );

  /** Highest run number; 0 when there is no run. */
  lastRunNo(): number {
    let last = 0;
    for (const runNo of this.#runs.keys()) last = Math.max(last, runNo);
    return last;
  }

  loadCurrent(key: EntityKey): RunRow | undefined {
    const runNo = this.#current.get(entityKeyText(key));
    return runNo === undefined ? undefined : this.#runs.get(runNo)?.row;
  }

  load(key: EntityKey, runId: string): RunRow | undefined {
    const runNo = this.#numbers.get(runKeyText(entityKeyText(key), runId));
    return runNo === undefined ? undefined : this.#runs.get(runNo)?.row;
  }

  readLog(runNo: number, fromSeq: number, limit: number): readonly LogEntry[] {
    const log = this.#runs.get(runNo)?.log;
    if (log === undefined) return [];
    const start = log.firstIndex((entry) => entry.seq >= fromSeq);
    return log.slice(start, start + limit);
  }

  readHistory(request: {
    readonly runNo: number;
    readonly fromEventId: number;
    readonly toEventId: number;
    readonly maxEvents: number;
    readonly maxBytes?: number | undefined;
  }): readonly HistoryChunk[] {
    const log = this.#runs.get(request.runNo)?.log;
    if (log === undefined) return [];
    const start = log.firstIndex(
      (entry) => entry.firstEventId + entry.eventCount > request.fromEventId,
    );
    const end = log.firstIndex((entry) => entry.firstEventId >= request.toEventId);
    const chunks: HistoryChunk[] = [];
    let eventsLeft = request.maxEvents;
    let bytesLeft = request.maxBytes ?? Infinity;
    for (const { firstEventId, eventCount, events } of log.slice(start, Math.max(start, end))) {
      if (eventCount === 0) continue;
      if (chunks.length > 0) eventsLeft -= eventCount;
      if (eventsLeft < 0 || (chunks.length > 0 && bytesLeft <= 0)) break;
      bytesLeft -= events.length;
      chunks.push({ firstEventId, eventCount, events });
    }
    return chunks;
  }

  readDue(beforeMs: number, limit: number): readonly DueRun[] {
    const end = this.#wakes.firstIndex((wake) => wake.wakeAtMs >= beforeMs);
    return this.#wakes.slice(0, Math.min(end, limit)).map(({ runNo, wakeAtMs }) => {
      const { key, runId } = present(this.#runs.get(runNo), "A wake-up has a run").row;
      return { key, runId, runNo, wakeAtMs };
    });
  }

  insert(row: RunRow): Undo {
    const entityKey = entityKeyText(row.key);
    const runKey = runKeyText(entityKey, row.runId);
    invariant(!this.#runs.has(row.runNo), `Cannot insert run ${row.runNo}: the number is taken`);
    invariant(!this.#numbers.has(runKey), `Cannot insert run ${row.runNo}: its run ID is taken`);
    if (row.isCurrent) this.#checkNoCurrent(entityKey, row.runNo);

    const log = new SortedList<LogEntry>((left, right) => left.seq - right.seq);
    const run: StoredRun = { row, entityKey, log };
    this.#numbers.set(runKey, row.runNo);
    this.#runs.set(row.runNo, run);
    this.#link(run);
    return () => {
      this.delete(row.runNo);
    };
  }

  update(write: Extract<StoreWrite, { kind: "updateRun" }>): Undo {
    const { runNo, isCurrent, isOpen, wakeAtMs, snapshot } = write;
    const run = this.#runs.get(runNo);
    invariant(run !== undefined, `Cannot update run ${runNo}: it does not exist`);
    const before = run.row;
    if (isCurrent === true && !before.isCurrent) this.#checkNoCurrent(run.entityKey, runNo);
    this.#replace(run, {
      ...before,
      isCurrent: isCurrent ?? before.isCurrent,
      isOpen: isOpen ?? before.isOpen,
      wakeAtMs: wakeAtMs === undefined ? before.wakeAtMs : (wakeAtMs ?? undefined),
      snapshot: snapshot ?? before.snapshot,
    });
    return () => this.#replace(run, before);
  }

  append(entry: LogEntry): Undo {
    const run = this.#runs.get(entry.runNo);
    invariant(run !== undefined, `Cannot append to run ${entry.runNo}: it does not exist`);
    const isAdded = run.log.add(entry);
    invariant(isAdded, `Cannot append to run ${entry.runNo}: entry ${entry.seq} exists`);
    return () => void run.log.remove(entry);
  }

  pruneDeltas(runNo: number, throughSeq: number): Undo {
    const log = this.#runs.get(runNo)?.log;
    if (log === undefined) return () => undefined;
    const covered = log.slice(
      0,
      log.firstIndex((entry) => entry.seq > throughSeq),
    );
    const pruned = covered.filter((entry) => entry.eventCount === 0 && log.remove(entry));
    return () => {
      for (const entry of pruned) log.add(entry);
    };
  }

  delete(runNo: number): Undo {
    const run = this.#runs.get(runNo);
    if (run === undefined) return () => undefined;
    const runKey = runKeyText(run.entityKey, run.row.runId);
    this.#unlink(run);
    this.#numbers.delete(runKey);
    this.#runs.delete(runNo);
    return () => {
      this.#numbers.set(runKey, runNo);
      this.#runs.set(runNo, run);
      this.#link(run);
    };
  }

  /** Deletes all runs of a namespace. */
  deleteOf(namespaceId: string): Undo {
    const runs = [...this.#runs.values()].filter(({ row }) => row.key.namespaceId === namespaceId);
    const undos = runs.map(({ row }) => this.delete(row.runNo));
    return () => {
      for (const undo of undos) undo();
    };
  }

  #replace(run: StoredRun, row: RunRow): void {
    this.#unlink(run);
    run.row = row;
    this.#link(run);
  }

  #link({ row, entityKey }: StoredRun): void {
    if (row.isCurrent) this.#current.set(entityKey, row.runNo);
    if (row.wakeAtMs === undefined) return;
    this.#wakes.add({ runNo: row.runNo, wakeAtMs: row.wakeAtMs });
  }

  #unlink({ row, entityKey }: StoredRun): void {
    if (row.isCurrent) this.#current.delete(entityKey);
    if (row.wakeAtMs === undefined) return;
    this.#wakes.remove({ runNo: row.runNo, wakeAtMs: row.wakeAtMs });
  }

  #checkNoCurrent(entityKey: string, runNo: number): void {
    const currentNo = this.#current.get(entityKey);
    const reason = `run ${currentNo} of the same key is current`;
    invariant(currentNo === undefined, `Cannot make run ${runNo} current: ${reason}`);
  }
}

function entityKeyText(key: EntityKey): string {
  return `${key.kind}\0${key.namespaceId}\0${key.businessId}`;
}

function runKeyText(entityKey: string, runId: string): string {
  return `${entityKey}\0${runId}`;
}
