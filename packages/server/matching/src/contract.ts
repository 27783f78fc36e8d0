import type { QueueKey, TaskRow } from "@perdure/persistence";

/** Who polls. */
export interface PollerInfo {
  readonly identity: string;
  /** Build ID or deployment version that the worker reports, "" when none. */
  readonly buildId: string;
  /** The worker deployment version of a worker that has one. */
  readonly version?: { readonly deploymentName: string; readonly buildId: string } | undefined;
}

/** What a poller receives: an encoded poll response. */
export interface Dispatch {
  readonly response: Uint8Array;
}

/** A poller that was taken out of its queue. Exactly one of its methods must be called, once. */
export interface TakenPoller {
  readonly info: PollerInfo;
  /** Answers the poll. A poller that has gone away meanwhile loses the task to its timeout. */
  deliver(dispatch: Dispatch): void;
  /** Puts the poller back at the front of its queue, with the deadline it had. */
  release(): void;
}

/**
 * Work that lives in memory only: a query. It is lost with the process, and whoever offered it
 * knows.
 */
export interface TransientTask {
  /** Builds what the poller receives; `undefined` when the work is no longer wanted. */
  start(poller: PollerInfo): Promise<Dispatch | undefined>;
}

/** What matching needs of the runtime. */
export interface TaskStarter {
  /**
   * Records that the poller starts the task and removes the task's row in the same commit.
   *
   * @returns `undefined` when the task is stale; its row is removed then too.
   * @throws {DomainError} The task could not be started now; its row is still there.
   */
  startTask(task: TaskRow, poller: PollerInfo): Promise<Dispatch | undefined>;
}

/** What the runtime needs of matching. */
export interface Dispatcher {
  /**
   * Takes the longest waiting poller of the queue; `undefined` when none waits or when tasks wait
   * (or may wait in the store) that come first.
   */
  takePoller(queue: QueueKey): TakenPoller | undefined;
  /** Hands out a task whose row is durable: to a waiting poller, else later. */
  offer(task: TaskRow): void;
  /** Offers transient work, ahead of stored tasks. Calling the result takes it back. */
  offerTransient(queue: QueueKey, task: TransientTask): () => void;
  /** Whether a poll waits in the queue or ended there less than `withinMs` milliseconds ago. */
  hasRecentPoller(queue: QueueKey, withinMs: number): boolean;
  /**
   * Has every queue read again what is stored for it: a commit failed, so that tasks may be stored
   * that were never offered, and tasks that were handed out may still be there.
   */
  recheck(): void;
}
