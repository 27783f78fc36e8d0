import type {
  DueRun,
  EntityKey,
  HistoryChunk,
  LogEntry,
  NamespaceRow,
  QueueKey,
  StatusCount,
  Store,
  StoredRun,
  StoreFacts,
  TaskPlace,
  TaskRow,
  VisibilityPage,
  VisibilityPlace,
  VisibilityQuery,
} from "@perdure/persistence";
import type { Database, Statement } from "better-sqlite3";
import type { NamespaceNumbers } from "./namespace-numbers.js";
import { fromRunIdValue, type RunIdValue } from "./run-id-value.js";
import { RunReader } from "./run-reader.js";
import { VisibilityReader } from "./visibility-reader.js";

interface StoredTask {
  readonly priority: number;
  readonly task_id: number;
  readonly key_kind: EntityKey["kind"];
  readonly key_namespace_no: number;
  readonly business_id: string;
  readonly run_id: RunIdValue;
  readonly scheduled_event_id: number;
  readonly stamp: number;
  readonly created_at_ms: number;
}

const SELECT_TASKS = `
SELECT * FROM tasks
WHERE namespace_no = ? AND queue_name = ? AND task_kind = ? AND (priority, task_id) > (?, ?)
ORDER BY priority, task_id LIMIT ?`;

/** The reads of a store, in the storage thread. Arguments and results can be cloned. */
export class StoreReader {
  readonly #namespaces: NamespaceNumbers;
  readonly #runs: RunReader;
  readonly #visibility: VisibilityReader;
  readonly #tasks: Statement<unknown[], StoredTask>;
  readonly #meta: Statement<[string], string | number>;
  readonly #allNamespaces: Statement<[], NamespaceRow>;

  constructor(database: Database, namespaces: NamespaceNumbers) {
    this.#namespaces = namespaces;
    this.#runs = new RunReader(database, namespaces);
    this.#visibility = new VisibilityReader(database, namespaces);
    this.#tasks = database.prepare(SELECT_TASKS);
    this.#meta = database
      .prepare<[string], string | number>("SELECT value FROM meta WHERE name = ?")
      .pluck();
    this.#allNamespaces = database.prepare("SELECT id, name, data FROM namespaces");
  }

  facts(): StoreFacts {
    return {
      clusterId: String(this.#meta.get("cluster_id")),
      lastRunNo: this.#runs.lastRunNo(),
      lastTaskId: Number(this.#meta.get("task_ids_reserved_through")),
      namespaces: this.#allNamespaces.all(),
    };
  }

  loadCurrentRun(key: EntityKey): StoredRun | undefined {
    return this.#runs.loadCurrent(key);
  }

  readKeyHashes(after: number, limit: number): Uint32Array {
    return this.#runs.readKeyHashes(after, limit);
  }

  loadRun(key: EntityKey, runId: string): StoredRun | undefined {
    return this.#runs.load(key, runId);
  }

  readLog(runNo: number, fromSeq: number, limit: number): readonly LogEntry[] {
    return this.#runs.readLog(runNo, fromSeq, limit);
  }

  readHistory(request: Parameters<Store["readHistory"]>[0]): readonly HistoryChunk[] {
    return this.#runs.readHistory(request);
  }

  readDueRuns(beforeMs: number, limit: number): readonly DueRun[] {
    return this.#runs.readDue(beforeMs, limit);
  }

  readTasks(
    queue: QueueKey,
    page: { readonly after: TaskPlace | undefined; readonly limit: number },
  ): readonly TaskRow[] {
    const namespaceNo = this.#namespaces.find(queue.namespaceId);
    if (namespaceNo === undefined) return [];
    const after = page.after ?? { priority: -1, taskId: -1 };
    const { name, taskKind } = queue;
    return this.#tasks
      .all(namespaceNo, name, taskKind, after.priority, after.taskId, page.limit)
      .map((row) => this.#toTask(queue, row));
  }

  listVisibility(
    query: VisibilityQuery,
    page: { readonly after: VisibilityPlace | undefined; readonly limit: number },
  ): VisibilityPage {
    return this.#visibility.list(query, page);
  }

  countVisibility(query: VisibilityQuery): number {
    return this.#visibility.count(query);
  }

  countVisibilityByStatus(query: VisibilityQuery): readonly StatusCount[] {
    return this.#visibility.countByStatus(query);
  }

  isVisibilitySettled(): boolean {
    return this.#visibility.isSettled();
  }

  #toTask(queue: QueueKey, row: StoredTask): TaskRow {
    const namespaceId = this.#namespaces.idOf(row.key_namespace_no);
    return {
      queue,
      taskId: row.task_id,
      priority: row.priority,
      key: { kind: row.key_kind, namespaceId, businessId: row.business_id },
      runId: fromRunIdValue(row.run_id),
      scheduledEventId: row.scheduled_event_id,
      stamp: row.stamp,
      createdAtMs: row.created_at_ms,
    };
  }
}
