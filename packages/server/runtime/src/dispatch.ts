import type { VersionName } from "@perdure/engine";
import type { QueueKey, TaskRow } from "@perdure/persistence";

/** Who polls. */
export interface PollerInfo {
  readonly identity: string;
  /** The version of a worker that has one. */
  readonly version?: VersionName | undefined;
}

/** What a poller receives: an encoded poll response. */
export interface Dispatch {
  readonly response: Uint8Array;
}

/** A poller that was taken out of its queue. Exactly one of its methods must be called, once. */
export interface TakenPoller {
  readonly info: PollerInfo;
  /** Answers the poll. */
  deliver(dispatch: Dispatch): void;
  /** Puts the poller back at the front of its queue, with the deadline it had. */
  release(): void;
}

/** Work that lives in memory only. */
export interface TransientTask {
  /** Builds what the poller receives; `undefined` when the work is no longer wanted. */
  start(poller: PollerInfo): Promise<Dispatch | undefined>;
}

/** What the runtime needs of matching; see `@perdure/matching` for what each call promises. */
export interface Dispatcher {
  takePoller(queue: QueueKey): TakenPoller | undefined;
  offer(task: TaskRow): void;
  offerTransient(queue: QueueKey, task: TransientTask): () => void;
  hasRecentPoller(queue: QueueKey, withinMs: number): boolean;
  recheck(): void;
}
