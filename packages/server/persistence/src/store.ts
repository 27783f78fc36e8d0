import type {
  EntityKey,
  LogEntry,
  NamespaceRow,
  QueueKey,
  RunRow,
  RunSaving,
  StoredRun,
  TaskPlace,
  TaskRow,
  VisibilityRow,
} from "./records.js";
import type { VisibilityQuery } from "./visibility-query.js";

/**
 * One write. A batch is a list of them, applied in order and all in one transaction, so writes
 * that belong together are simply put into the same batch.
 */
export type StoreWrite =
  | { readonly kind: "insertRun"; readonly run: RunRow }
  /**
   * Changes an existing run; absent (or undefined) fields stay as they are. `wakeAtMs: null` takes
   * the wake-up away.
   */
  | {
      readonly kind: "updateRun";
      readonly runNo: number;
      readonly isCurrent?: boolean;
      readonly isOpen?: boolean;
      readonly wakeAtMs?: number | null;
      readonly snapshot?: RunRow["snapshot"];
    }
  | { readonly kind: "appendLog"; readonly entry: LogEntry }
  /** Deletes log entries without events up to `throughSeq`; a snapshot covers them. */
  | { readonly kind: "pruneDeltas"; readonly runNo: number; readonly throughSeq: number }
  | { readonly kind: "insertTask"; readonly task: TaskRow }
  /** Removing a task that is not there is no error. */
  | { readonly kind: "removeTask"; readonly place: TaskPlace }
  | { readonly kind: "putVisibility"; readonly row: VisibilityRow }
  | { readonly kind: "removeVisibility"; readonly namespaceId: string; readonly runId: string }
  /**
   * Deletes a run with its log; its visibility row and tasks are removed by writes of their own.
   * Deleting a run that is not there is no error.
   */
  | { readonly kind: "deleteRun"; readonly runNo: number }
  /** Inserts the namespace or replaces the one with the same ID. */
  | { readonly kind: "putNamespace"; readonly namespace: NamespaceRow }
  /**
   * Deletes the namespace with whatever is left of it: runs of every kind with their logs, rows of
   * its lists, tasks of its queues. It may take long: delete most of it before.
   */
  | { readonly kind: "deleteNamespace"; readonly namespaceId: string };

/** A piece of a history as it is stored. */
export interface HistoryChunk {
  readonly firstEventId: number;
  readonly eventCount: number;
  /** One encoded `temporal.api.history.v1.History`. */
  readonly events: Uint8Array;
}

/** A run that wants to be looked at. */
export interface DueRun {
  readonly key: EntityKey;
  readonly runId: string;
  readonly runNo: number;
  readonly wakeAtMs: number;
}

/** One page of a list and the place where the next one begins. */
export interface VisibilityPage {
  readonly rows: readonly VisibilityRow[];
  /** Opaque; `undefined` when there is no further row. */
  readonly nextCursor: Uint8Array | undefined;
}

/** How many rows of a list have one status. */
export interface StatusCount {
  /** A value of `temporal.api.enums.v1.WorkflowExecutionStatus`. */
  readonly status: number;
  readonly count: number;
}

/** What the process must know before it serves. */
export interface StoreFacts {
  /** A UUID made when the store was. */
  readonly clusterId: string;
  /** Highest run number in the store; 0 when it is empty. */
  readonly lastRunNo: number;
  /** Highest task ID that may have been given out; 0 when the store is empty. */
  readonly lastTaskId: number;
  readonly namespaces: readonly NamespaceRow[];
}

/**
 * Keeps everything that survives a restart. Every implementation passes `storeContract()`.
 * Reads see every batch whose `commit` has resolved.
 *
 * Every method rejects with `StoreUnavailableError` when the store can't answer; after a failed
 * read nothing happened, after a failed `commit` either all of the batch is stored or none of it.
 */
export interface Store {
  /** Reads what the process must know before it serves. */
  facts(): Promise<StoreFacts>;
  /**
   * Writes a batch: all or none. Resolves when it is durable (survives power loss, unless the
   * store was opened with weaker settings). One commit at a time: the caller waits for the last.
   *
   * @returns New savings of runs whose history the batch appends to.
   * @throws {InvariantError} A write contradicts what is stored: a run number, run ID, log sequence
   *   number, task place or namespace name is taken, a key would have two current runs, or a run to
   *   be changed does not exist. Nothing is stored.
   */
  commit(batch: readonly StoreWrite[]): Promise<readonly RunSaving[]>;
  /** The run that the business ID stands for; `undefined` when there is none. */
  loadCurrentRun(key: EntityKey): Promise<StoredRun | undefined>;
  loadRun(key: EntityKey, runId: string): Promise<StoredRun | undefined>;
  /** Log entries with `seq >= fromSeq` in order, at most `limit`. */
  readLog(runNo: number, fromSeq: number, limit: number): Promise<readonly LogEntry[]>;
  /**
   * Stored chunks that hold the events with IDs in [fromEventId, toEventId), in order: the first
   * chunk may begin before `fromEventId`. At most `maxEvents` events beyond the first chunk, and
   * no further chunk after `maxBytes` bytes; without a limit by default.
   */
  readHistory(request: {
    readonly runNo: number;
    readonly fromEventId: number;
    readonly toEventId: number;
    readonly maxEvents: number;
    readonly maxBytes?: number | undefined;
  }): Promise<readonly HistoryChunk[]>;
  /** Runs with `wakeAtMs < beforeMs` in order of that time, at most `limit`. */
  readDueRuns(beforeMs: number, limit: number): Promise<readonly DueRun[]>;
  /** Waiting tasks after `after` (from the first when absent), by priority, then task ID. */
  readTasks(
    queue: QueueKey,
    page: { readonly after: TaskPlace | undefined; readonly limit: number },
  ): Promise<readonly TaskRow[]>;
  listVisibility(
    query: VisibilityQuery,
    page: { readonly cursor: Uint8Array | undefined; readonly limit: number },
  ): Promise<VisibilityPage>;
  countVisibility(query: VisibilityQuery): Promise<number>;
  /** Counts by status, in rising order of status; a status without rows is left out. */
  countVisibilityByStatus(query: VisibilityQuery): Promise<readonly StatusCount[]>;
  /** Waits for the commit under way and closes the store. */
  close(): Promise<void>;
}
