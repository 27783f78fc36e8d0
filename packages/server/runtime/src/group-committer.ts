import { type Logger, StoreUnavailableError } from "@perdure/kernel";
import type { RunSaving, Store, StoreWrite } from "@perdure/persistence";

/**
 * A batch that has so many writes, or payload bytes, takes no more: a larger transaction would gain
 * nothing, and keep the store and the memory busy for long.
 */
export const BATCH_WRITES_MAX = 10_000;
export const BATCH_BYTES_MAX = 16 * 1024 * 1024;

/** Writes that are stored together or not at all. */
export interface CommitTicket {
  /**
   * Resolves when the writes survive a crash. Rejects with `StoreUnavailableError` when it is
   * unknown whether they were stored; what depends on them must be loaded anew.
   */
  readonly durable: Promise<void>;
}

/** Told how a batch that holds its writes was stored, or that it could not be. */
export interface CommitOwner {
  /** Takes note of what runs save; those of other owners are among them. */
  noteSavings(savings: readonly RunSaving[]): void;
  /** Forgets everything that is not known to be stored. */
  discard(): void;
}

class Batch implements CommitTicket {
  readonly writes: StoreWrite[] = [];
  sizeBytes = 0;
  readonly owners = new Set<CommitOwner>();
  readonly durable: Promise<void>;
  resolve: () => void = () => undefined;
  reject: (error: Error) => void = () => undefined;

  constructor() {
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Not every commit has somebody waiting for it.
    this.durable.catch(() => undefined);
  }

  get isFull(): boolean {
    return this.writes.length >= BATCH_WRITES_MAX || this.sizeBytes >= BATCH_BYTES_MAX;
  }
}

/**
 * Writes to the store in groups: while one batch is being written, the next gathers, and another
 * behind it once that is full. Writes reach the store in the order in which they were added.
 */
export class GroupCommitter {
  readonly #store: Pick<Store, "commit">;
  readonly #logger: Logger;
  #onFailure: () => void = () => undefined;
  /** Batches that wait to be written, oldest first; the last of them gathers. */
  #waiting: Batch[] = [];
  #gathering: Batch | undefined;
  #isWriting = false;
  #idle: Promise<void> = Promise.resolve();

  constructor(store: Pick<Store, "commit">, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Calls back after a batch failed and its owners have forgotten what it held. */
  onFailure(callback: () => void): void {
    this.#onFailure = callback;
  }

  /** Adds writes that must be stored together: they are never split, however many they are. */
  add(writes: readonly StoreWrite[], owner: CommitOwner | undefined): CommitTicket {
    const gathering = this.#gathering;
    const batch = gathering === undefined || gathering.isFull ? this.#open() : gathering;
    for (const write of writes) {
      batch.writes.push(write);
      batch.sizeBytes += payloadBytes(write);
    }
    if (owner !== undefined) batch.owners.add(owner);
    return batch;
  }

  /** Resolves when everything added so far is stored or has failed. */
  async drain(): Promise<void> {
    while (this.#gathering !== undefined || this.#isWriting) await this.#idle;
  }

  #open(): Batch {
    const batch = new Batch();
    // The writes of one turn of the event loop share a batch.
    if (this.#gathering === undefined && !this.#isWriting) {
      this.#idle = Promise.resolve().then(() => this.#writeAll());
    }
    this.#gathering = batch;
    this.#waiting.push(batch);
    return batch;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) {
      try {
        const savings = await this.#store.commit(batch.writes);
        if (savings.length > 0) for (const owner of batch.owners) owner.noteSavings(savings);
        batch.resolve();
      } catch (error) {
        this.#fail(batch, error);
      }
    }
    this.#isWriting = false;
  }

  #next(): Batch | undefined {
    const batch = this.#waiting.shift();
    if (batch === this.#gathering) this.#gathering = undefined;
    return batch;
  }

  /** What waits builds on what failed, so it fails too. */
  #fail(batch: Batch, cause: unknown): void {
    this.#logger.log("error", "A commit failed; its entities are loaded anew", { cause });
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#gathering = undefined;
    for (const failed of [batch, ...waiting]) {
      for (const owner of failed.owners) owner.discard();
      failed.reject(
        new StoreUnavailableError(
          "The store is unavailable; it is unknown whether the write happened",
          { cause },
        ),
      );
    }
    this.#onFailure();
  }
}

/** Bytes of the fields of a write that may be large. */
function payloadBytes(write: StoreWrite): number {
  switch (write.kind) {
    case "appendLog":
      return write.entry.events.length + write.entry.delta.length;
    case "updateRun":
      return write.snapshot?.data.length ?? 0;
    case "putVisibility":
      return (write.row.memo?.length ?? 0) + (write.row.searchAttributes?.length ?? 0);
    default:
      return 0;
  }
}
