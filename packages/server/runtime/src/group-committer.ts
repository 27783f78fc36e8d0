import { type Logger, StoreUnavailableError } from "@perdure/kernel";
import type { Store, StoreWrite } from "@perdure/persistence";

/** Writes that are stored together or not at all. */
export interface CommitTicket {
  /**
   * Resolves when the writes survive a crash. Rejects with `StoreUnavailableError` when it is
   * unknown whether they were stored; what depends on them must be loaded anew.
   */
  readonly durable: Promise<void>;
}

/** Told when a batch that holds its writes could not be stored. */
export interface CommitOwner {
  /** Forgets everything that is not known to be stored. */
  discard(): void;
}

class Batch implements CommitTicket {
  readonly writes: StoreWrite[] = [];
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
}

/**
 * Writes to the store in groups: while one batch is being written, the next gathers. Writes of
 * one owner reach the store in the order in which they were added.
 */
export class GroupCommitter {
  readonly #store: Pick<Store, "commit">;
  readonly #logger: Logger;
  #onFailure: () => void = () => undefined;
  #gathering: Batch | undefined;
  #writing: Batch | undefined;
  #idle: Promise<void> = Promise.resolve();

  constructor(store: Pick<Store, "commit">, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Calls back after a batch failed and its owners have forgotten what it held. */
  onFailure(callback: () => void): void {
    this.#onFailure = callback;
  }

  /** Adds writes that must be stored together. */
  add(writes: readonly StoreWrite[], owner: CommitOwner | undefined): CommitTicket {
    const batch = this.#gathering ?? this.#open();
    for (const write of writes) batch.writes.push(write);
    if (owner !== undefined) batch.owners.add(owner);
    return batch;
  }

  /** Resolves when everything added so far is stored or has failed. */
  async drain(): Promise<void> {
    while (this.#gathering !== undefined || this.#writing !== undefined) await this.#idle;
  }

  #open(): Batch {
    const batch = new Batch();
    this.#gathering = batch;
    // The writes of one turn of the event loop share a batch.
    if (this.#writing === undefined) this.#idle = Promise.resolve().then(() => this.#writeAll());
    return batch;
  }

  async #writeAll(): Promise<void> {
    while (this.#gathering !== undefined) {
      const batch = this.#gathering;
      this.#gathering = undefined;
      this.#writing = batch;
      try {
        await this.#store.commit(batch.writes);
        batch.resolve();
      } catch (error) {
        this.#fail(batch, error);
      }
      this.#writing = undefined;
    }
  }

  /** What gathers now builds on what failed, so it fails too. */
  #fail(batch: Batch, cause: unknown): void {
    this.#logger.log("error", "A commit failed; its entities are loaded anew", { cause });
    const next = this.#gathering;
    this.#gathering = undefined;
    for (const failed of next === undefined ? [batch] : [batch, next]) {
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
