import { type CancelSignal, DeadlineWheel } from "@perdure/kernel";
import type { QueueKey, TaskRow } from "@perdure/persistence";
import type { Dispatch, Dispatcher, PollerInfo, TakenPoller, TransientTask } from "./contract.js";
import type { RecentPoller } from "./poller-log.js";
import { type QueueLoad, TaskQueue, type TaskQueueDeps } from "./task-queue.js";
import { WaitingPoller } from "./waiting-poller.js";

/** A poll for a task. */
export interface PollRequest {
  readonly queue: QueueKey;
  readonly info: PollerInfo;
  /** Aborted when the caller has gone. */
  readonly signal: CancelSignal;
  /** How long the poll waits, milliseconds. */
  readonly timeoutMs: number;
}

/** How often disused queues are looked for, and how long one must have been disused. */
const SWEEP_INTERVAL_MS = 60_000;
const DISUSED_MS = 5 * 60_000;

interface Waiter {
  readonly queue: TaskQueue;
  readonly poller: WaitingPoller;
}

/** All task queues of the process: pairs pollers with tasks. */
export class Matching implements Dispatcher {
  readonly #deps: TaskQueueDeps;
  readonly #queues = new Map<string, TaskQueue>();
  readonly #deadlines: DeadlineWheel<Waiter>;
  #isStopped = false;

  constructor(deps: TaskQueueDeps) {
    this.#deps = deps;
    this.#deadlines = new DeadlineWheel(deps.clock, ({ queue, poller }) =>
      queue.removePoller(poller),
    );
    this.#sweep();
  }

  /**
   * Waits for a task; `undefined` when none came in time, the caller has gone, or matching stops.
   */
  async poll(request: PollRequest): Promise<Dispatch | undefined> {
    if (this.#isStopped || request.signal.aborted) return undefined;
    const queue = this.#queue(request.queue);
    const poller = new WaitingPoller(request.info);
    const abort = (): void => queue.removePoller(poller);
    request.signal.addEventListener("abort", abort);
    const forget = this.#deadlines.add({ queue, poller }, request.timeoutMs);
    queue.addPoller(poller);
    try {
      return await poller.result;
    } finally {
      forget();
      request.signal.removeEventListener("abort", abort);
    }
  }

  takePoller(queue: QueueKey): TakenPoller | undefined {
    return this.#queues.get(nameOf(queue))?.takePoller();
  }

  offer(task: TaskRow): void {
    // A queue that nobody has polled yet reads its rows when somebody does.
    this.#queues.get(nameOf(task.queue))?.offer(task);
  }

  offerTransient(queue: QueueKey, task: TransientTask): () => void {
    return this.#queue(queue).offerTransient(task);
  }

  hasRecentPoller(queue: QueueKey, withinMs: number): boolean {
    return this.#queues.get(nameOf(queue))?.hasRecentPoller(withinMs) ?? false;
  }

  recheck(): void {
    for (const queue of this.#queues.values()) queue.recheck();
  }

  /** Who polled a queue lately, the last one first. */
  recentPollers(queue: QueueKey): readonly RecentPoller[] {
    return this.#queues.get(nameOf(queue))?.recentPollers() ?? [];
  }

  /**
   * Answers the waiting polls of one queue with nothing, because their worker stops. The queue has
   * no recent poller then, so that sticky tasks do not wait for a worker that is gone.
   */
  forgetPollers(queue: QueueKey): void {
    this.#queues.get(nameOf(queue))?.forgetPollers();
  }

  /** How full every queue in memory is. */
  loads(): readonly QueueLoad[] {
    return [...this.#queues.values()].map((queue) => queue.load());
  }

  /** Answers every waiting poll with nothing and takes no more. */
  stop(): void {
    this.#isStopped = true;
    this.#deadlines.stop();
    for (const queue of this.#queues.values()) queue.stop();
  }

  #queue(key: QueueKey): TaskQueue {
    const name = nameOf(key);
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new TaskQueue(key, this.#deps);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  #sweep(): void {
    this.#deps.clock.schedule(SWEEP_INTERVAL_MS, () => {
      if (this.#isStopped) return;
      for (const [name, queue] of this.#queues) {
        if (queue.isDisused(DISUSED_MS)) this.#queues.delete(name);
      }
      this.#sweep();
    });
  }
}

function nameOf(queue: QueueKey): string {
  return `${queue.namespaceId}/${queue.taskKind}/${queue.name}`;
}
