import { SILENT_LOGGER, StoreUnavailableError, seededRandom, VirtualClock } from "@perdure/kernel";
import {
  EntityKind,
  MemoryStore,
  type QueueKey,
  TaskKind,
  type TaskRow,
} from "@perdure/persistence";
import type { Dispatch, PollerInfo } from "../contract.js";
import { Matching } from "../matching.js";

export const QUEUE: QueueKey = { namespaceId: "n", name: "orders", taskKind: TaskKind.ACTIVITY };
export const POLL_TIMEOUT_MS = 60_000;
/** Pages and failed starts are tried again after it. */
export const RETRY_MS = 100;

export function row(taskId: number, more: Partial<TaskRow> = {}): TaskRow {
  const key = { kind: EntityKind.WORKFLOW, namespaceId: "n", businessId: `order-${taskId}` };
  const task = { queue: QUEUE, taskId, priority: 3, key, runId: "run" };
  return { ...task, scheduledEventId: 5, stamp: 1, createdAtMs: 0, ...more };
}

/** Lets every promise settle that can without the clock. */
export function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Matching on a store in memory, with a starter that does what a test tells it. */
export class Bench {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore({ random: seededRandom(1) });
  /** "task 7 to worker-1", in the order of starts. */
  readonly started: string[] = [];
  readonly staleTaskIds = new Set<number>();
  /** Starts that fail before one succeeds, by task. */
  readonly failures = new Map<number, number>();
  readError: Error | undefined;
  /** How many rows each page was asked for. */
  readonly pageLimits: number[] = [];
  readonly matching = new Matching({
    clock: this.clock,
    logger: SILENT_LOGGER,
    store: {
      readTasks: (queue, page) => {
        this.pageLimits.push(page.limit);
        const error = this.readError;
        return error === undefined ? this.store.readTasks(queue, page) : Promise.reject(error);
      },
    },
    starter: { startTask: (task, poller) => this.#start(task, poller) },
  });

  async #start(task: TaskRow, poller: PollerInfo): Promise<Dispatch | undefined> {
    const failures = this.failures.get(task.taskId) ?? 0;
    if (failures > 0) {
      this.failures.set(task.taskId, failures - 1);
      throw new StoreUnavailableError("no luck");
    }
    await this.store.commit([{ kind: "removeTask", place: task }]);
    if (this.staleTaskIds.has(task.taskId)) return undefined;
    this.started.push(`task ${task.taskId} to ${poller.identity}`);
    return { response: Uint8Array.of(task.taskId) };
  }

  /** Stores tasks and offers them, as a commit of the runtime does. */
  async commit(...tasks: readonly TaskRow[]): Promise<void> {
    await this.store.commit(tasks.map((task) => ({ kind: "insertTask", task })));
    for (const task of tasks) this.matching.offer(task);
  }

  /** Begins a poll; the result tells the task, or "none". */
  poll(identity = "worker-1", more: { signal?: AbortSignal; queue?: QueueKey } = {}): Poll {
    const { signal = new AbortController().signal, queue = QUEUE } = more;
    const request = { queue, info: { identity, buildId: "" }, signal, timeoutMs: POLL_TIMEOUT_MS };
    const poll: Poll = { answer: undefined };
    void this.matching.poll(request).then((dispatch) => {
      poll.answer = dispatch === undefined ? "none" : (dispatch.response[0] ?? 0);
    });
    return poll;
  }
}

export interface Poll {
  answer: number | "none" | undefined;
}

/** A bench whose queue is known to be empty, with one poller that waits. */
export async function withPoller(): Promise<{ readonly bench: Bench; readonly poll: Poll }> {
  const bench = new Bench();
  const poll = bench.poll();
  await settled();
  return { bench, poll };
}
