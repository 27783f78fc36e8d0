import type { NotFoundError } from "@perdure/kernel";
import type { EntityKey, RunSaving, Store, StoredRun } from "@perdure/persistence";
import type { CommitOwner, CommitTicket } from "./group-committer.js";

/** What a slot needs of a run in memory. */
export interface HostedRun {
  readonly runId: string;
  readonly runNo: number;
  /** `RunSaving.savedBytes` of what is stored of the run. */
  savedBytes: number;
  /** Whether something is in memory that is lost with the run. */
  readonly isInUse: boolean;
  /** Takes back what is planned: the run is being removed. */
  retire(): void;
  /** Forgets what is in memory only, and tells those who wait for it. */
  drop(): void;
  /** Wakes everybody who waits for a change. */
  notify(): void;
}

/** Where a slot gets its runs from. */
export interface SlotSource<R> {
  readonly store: Store;
  /** Reads a run and folds it into its state. */
  readonly read: (row: StoredRun) => Promise<R>;
  /** @param runId - Empty: the current run was asked for. */
  readonly notFound: (key: EntityKey, runId: string) => NotFoundError;
}

/**
 * Everything in memory about one business ID: its current run and older ones that are in use.
 * Steps of one slot run one after another, since each is synchronous once its run is loaded.
 */
export class EntitySlot<R extends HostedRun> implements CommitOwner {
  readonly key: EntityKey;
  readonly runs = new Map<string, R>();
  /** When somebody last asked for the slot, milliseconds since the epoch. */
  lastUsedMs = 0;
  readonly #source: SlotSource<R>;
  readonly #loading = new Map<string, Promise<R | undefined>>();
  /** IDs of runs whose removal is on its way to the store, which may still show them. */
  readonly #removed = new Set<string>();
  #current: { readonly run: R | undefined } | undefined;
  #generation = 0;
  #holdCount = 0;

  constructor(key: EntityKey, source: SlotSource<R>) {
    this.key = key;
    this.#source = source;
  }

  /** Whether nothing of the slot is being loaded or watched, and everything is stored. */
  get isIdle(): boolean {
    if (this.#loading.size > 0 || this.#removed.size > 0 || this.#holdCount > 0) return false;
    for (const run of this.runs.values()) if (run.isInUse) return false;
    return true;
  }

  /** Keeps the slot in memory until `release` was called as often. */
  hold(): void {
    this.#holdCount += 1;
  }

  release(): void {
    this.#holdCount -= 1;
  }

  /** The current run if that is known without asking the store. */
  peekCurrent(): { readonly run: R | undefined } | undefined {
    return this.#current;
  }

  setCurrent(run: R): void {
    this.#current = { run };
    this.runs.set(run.runId, run);
  }

  /** Forgets a run whose removal is being stored: from now on nobody finds it. */
  remove(runId: string, ticket: CommitTicket): void {
    const run = this.runs.get(runId);
    run?.retire();
    this.runs.delete(runId);
    if (run !== undefined && this.#current?.run === run) this.#current = { run: undefined };
    this.#removed.add(runId);
    this.#generation += 1;
    ticket.durable
      .then(() => {
        // What was read before the removal must not come into memory after it.
        this.#generation += 1;
        run?.notify();
      })
      .catch(() => undefined)
      .finally(() => this.#removed.delete(runId));
  }

  /** The run that the workflow ID stands for; `undefined` when there is none. */
  async current(): Promise<R | undefined> {
    if (this.#current !== undefined) return this.#current.run;
    return this.#loadOnce("", async () => {
      const row = await this.#source.store.loadCurrentRun(this.key);
      if (row === undefined || this.#removed.has(row.runId)) return undefined;
      return this.runs.get(row.runId) ?? this.#source.read(row);
    });
  }

  /**
   * The run with this ID, or the current one when the ID is empty.
   *
   * @throws {NotFoundError}
   */
  async run(runId: string): Promise<R> {
    const known = runId === "" ? this.#current?.run : this.runs.get(runId);
    const run = known ?? (runId === "" ? await this.current() : await this.#loadRun(runId));
    if (run !== undefined) return run;
    throw this.#source.notFound(this.key, runId);
  }

  async #loadRun(runId: string): Promise<R | undefined> {
    return this.#loadOnce(runId, async () => {
      const row = await this.#source.store.loadRun(this.key, runId);
      if (row === undefined || this.#removed.has(runId)) return undefined;
      return this.#source.read(row);
    });
  }

  #loadOnce(runId: string, read: () => Promise<R | undefined>): Promise<R | undefined> {
    const loading = this.#loading.get(runId);
    if (loading !== undefined) return loading;
    const promise = this.#load(runId, read).finally(() => this.#loading.delete(runId));
    this.#loading.set(runId, promise);
    return promise;
  }

  /**
   * Loads, again when the slot was discarded meanwhile; a run that came into memory meanwhile wins.
   */
  async #load(runId: string, read: () => Promise<R | undefined>): Promise<R | undefined> {
    for (;;) {
      const generation = this.#generation;
      const loaded = await this.#readStored(read, generation);
      if (generation !== this.#generation) continue;
      const run = loaded === undefined ? undefined : (this.runs.get(loaded.runId) ?? loaded);
      if (run !== undefined) this.runs.set(run.runId, run);
      if (runId === "") {
        this.#current ??= { run };
        return this.#current.run;
      }
      return run;
    }
  }

  /** Reads a run. One that is removed meanwhile may be found in part; it is looked for again. */
  async #readStored(
    read: () => Promise<R | undefined>,
    generation: number,
  ): Promise<R | undefined> {
    try {
      return await read();
    } catch (error) {
      if (generation === this.#generation) throw error;
      return undefined;
    }
  }

  noteSavings(savings: readonly RunSaving[]): void {
    for (const run of this.runs.values()) {
      for (const { runNo, savedBytes } of savings)
        if (runNo === run.runNo) run.savedBytes = savedBytes;
    }
  }

  discard(): void {
    this.#generation += 1;
    const dropped = [...this.runs.values()];
    this.runs.clear();
    this.#removed.clear();
    this.#current = undefined;
    for (const run of dropped) run.drop();
  }
}
