import type { TaskRow } from "@perdure/persistence";

/** Stored tasks of one queue that are in memory, in the order in which they are handed out. */
export class TaskBacklog {
  /** By priority; each list is in the order of task IDs. */
  readonly #byPriority = new Map<number, TaskRow[]>();
  readonly #taskIds = new Set<number>();

  get size(): number {
    return this.#taskIds.size;
  }

  /** Adds a task; one that is there already is not added again. */
  add(task: TaskRow): void {
    if (this.#taskIds.has(task.taskId)) return;
    this.#taskIds.add(task.taskId);
    const tasks = this.#byPriority.get(task.priority);
    if (tasks === undefined) {
      this.#byPriority.set(task.priority, [task]);
      return;
    }
    // Commits may finish in another order than tasks got their IDs, but rarely by much.
    let index = tasks.length;
    while (index > 0 && (tasks[index - 1]?.taskId ?? 0) > task.taskId) index -= 1;
    tasks.splice(index, 0, task);
  }

  /** Takes the task out that comes first. */
  take(): TaskRow | undefined {
    let first: number | undefined;
    for (const priority of this.#byPriority.keys()) {
      if (first === undefined || priority < first) first = priority;
    }
    if (first === undefined) return undefined;
    const tasks = this.#byPriority.get(first);
    const task = tasks?.shift();
    if (tasks?.length === 0) this.#byPriority.delete(first);
    if (task !== undefined) this.#taskIds.delete(task.taskId);
    return task;
  }
}
