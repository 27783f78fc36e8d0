import { invariant, type Random, unreachable } from "@perdure/kernel";
import { newClusterId } from "./cluster-id.js";
import { MemoryRuns } from "./memory-runs.js";
import type { NamespaceRow, TaskPlace, TaskRow, VisibilityRow } from "./records.js";
import { SortedList } from "./sorted-list.js";
import type { StoreWrite } from "./store.js";

type TaskOrder = Pick<TaskRow, "priority" | "taskId">;
type TaskList = SortedList<TaskRow, TaskOrder>;

/** Takes back one change; run in reverse order when a batch fails. */
export type Undo = () => void;

/**
 * What a `MemoryStore` has stored. It outlives the store, as a disk outlives a process: open a new
 * `MemoryStore` over the same disk to restart after a simulated crash.
 */
export class MemoryDisk {
  readonly clusterId: string;
  readonly runs = new MemoryRuns();
  readonly namespaces = new Map<string, NamespaceRow>();
  /** Rows by namespace ID, then run ID. */
  readonly visibility = new Map<string, Map<string, VisibilityRow>>();
  #lastTaskId = 0;
  readonly #tasks = new Map<string, TaskList>();

  constructor(options: { readonly random: Random }) {
    this.clusterId = newClusterId(options.random);
  }

  /** Highest task ID that was ever stored; 0 when there was none. */
  get lastTaskId(): number {
    return this.#lastTaskId;
  }

  /**
   * Applies a batch: all or none. Rows are kept as given, so their bytes must not change later.
   *
   * @throws {InvariantError} When a write contradicts what is stored; nothing is changed then.
   */
  apply(batch: readonly StoreWrite[]): void {
    const undos: Undo[] = [];
    try {
      for (const write of batch) undos.push(this.#applyWrite(write));
    } catch (error) {
      for (const undo of undos.reverse()) undo();
      throw error;
    }
  }

  /** Waiting tasks of a queue by priority, then task ID. */
  readTasks(queueKey: string, after: TaskPlace | undefined, limit: number): readonly TaskRow[] {
    const tasks = this.#tasks.get(queueKey);
    if (tasks === undefined) return [];
    const start =
      after === undefined ? 0 : tasks.firstIndex((task) => compareTaskOrder(task, after) > 0);
    return tasks.slice(start, start + limit);
  }

  #applyWrite(write: StoreWrite): Undo {
    switch (write.kind) {
      case "insertRun":
        return this.runs.insert(write.run);
      case "updateRun":
        return this.runs.update(write);
      case "appendLog":
        return this.runs.append(write.entry);
      case "pruneDeltas":
        return this.runs.pruneDeltas(write.runNo, write.throughSeq);
      case "deleteRun":
        return this.runs.delete(write.runNo);
      case "insertTask":
        return this.#insertTask(write.task);
      case "removeTask":
        return this.#removeTask(write.place);
      case "putVisibility":
        return this.#putVisibility(write.row);
      case "removeVisibility":
        return this.#removeVisibility(write.namespaceId, write.runId);
      case "putNamespace":
        return this.#putNamespace(write.namespace);
      case "deleteNamespace":
        return this.#deleteNamespace(write.namespaceId);
      default:
        return unreachable(write);
    }
  }

  #insertTask(task: TaskRow): Undo {
    const queueKey = memoryQueueKey(task.queue);
    const tasks = this.#tasks.get(queueKey) ?? new SortedList<TaskRow, TaskOrder>(compareTaskOrder);
    invariant(tasks.add(task), `Cannot insert task ${task.taskId}: its place is taken`);
    this.#tasks.set(queueKey, tasks);
    const previousTaskId = this.#lastTaskId;
    this.#lastTaskId = Math.max(previousTaskId, task.taskId);
    return () => {
      this.#lastTaskId = previousTaskId;
      this.#dropTask(task);
    };
  }

  #removeTask(place: TaskPlace): Undo {
    const task = this.#dropTask(place);
    return () => {
      if (task !== undefined) this.#insertTask(task);
    };
  }

  #dropTask(place: TaskPlace): TaskRow | undefined {
    const queueKey = memoryQueueKey(place.queue);
    const tasks = this.#tasks.get(queueKey);
    const task = tasks?.remove(place);
    if (tasks?.size === 0) this.#tasks.delete(queueKey);
    return task;
  }

  #putVisibility(row: VisibilityRow): Undo {
    const rows = this.visibility.get(row.namespaceId) ?? new Map<string, VisibilityRow>();
    this.visibility.set(row.namespaceId, rows);
    return putInto(rows, row.runId, row);
  }

  #removeVisibility(namespaceId: string, runId: string): Undo {
    const rows = this.visibility.get(namespaceId);
    return rows === undefined ? () => undefined : putInto(rows, runId, undefined);
  }

  #deleteNamespace(namespaceId: string): Undo {
    const undos = [
      this.runs.deleteOf(namespaceId),
      putInto(this.namespaces, namespaceId, undefined),
    ];
    for (const listId of [...this.visibility.keys()]) {
      const isOfNamespace = listId === namespaceId || listId.startsWith(`${namespaceId}#`);
      if (isOfNamespace) undos.push(putInto(this.visibility, listId, undefined));
    }
    for (const queueKey of [...this.#tasks.keys()]) {
      const isOfNamespace = queueKey.split("\0")[1] === namespaceId;
      if (isOfNamespace) undos.push(putInto(this.#tasks, queueKey, undefined));
    }
    return () => {
      for (const undo of undos) undo();
    };
  }

  #putNamespace(namespace: NamespaceRow): Undo {
    for (const other of this.namespaces.values()) {
      const isTaken = other.name === namespace.name && other.id !== namespace.id;
      invariant(!isTaken, `Cannot store namespace "${namespace.name}": the name is taken`);
    }
    return putInto(this.namespaces, namespace.id, namespace);
  }
}

/** The key of a task queue in maps. */
export function memoryQueueKey(queue: TaskPlace["queue"]): string {
  return `${queue.taskKind}\0${queue.namespaceId}\0${queue.name}`;
}

function compareTaskOrder(left: TaskOrder, right: TaskOrder): number {
  return left.priority - right.priority || left.taskId - right.taskId;
}

/** Sets or (with `undefined`) deletes a value, and says how to take that back. */
function putInto<K, V>(map: Map<K, V>, key: K, value: V | undefined): Undo {
  const previous = map.get(key);
  const put = (next: V | undefined): void => {
    if (next === undefined) map.delete(key);
    else map.set(key, next);
  };
  put(value);
  return () => put(previous);
}
