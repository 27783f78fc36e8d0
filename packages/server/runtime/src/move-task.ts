import type { QueueKey, TaskRow } from "@perdure/persistence";
import type { GroupCommitter } from "./group-committer.js";
import type { StoreNumbers } from "./store-numbers.js";

/**
 * Puts a task that waits into another queue, in one commit. Whoever starts it from the old one in
 * the same moment finds it stale, or makes the moved one so.
 *
 * @returns The task as it waits now, to be offered.
 */
export async function moveTask(
  deps: { readonly committer: GroupCommitter; readonly numbers: StoreNumbers },
  row: TaskRow,
  target: QueueKey,
): Promise<TaskRow> {
  const { queue, priority, taskId } = row;
  const task = { ...row, queue: target, taskId: deps.numbers.takeTaskId() };
  const writes = [
    { kind: "removeTask", place: { queue, priority, taskId } },
    { kind: "insertTask", task },
  ] as const;
  await deps.committer.add(writes, undefined).durable;
  return task;
}
