import { isOpen } from "@perdure/engine";
import { NotFoundError } from "@perdure/kernel";
import type { EntityKey, Store } from "@perdure/persistence";
import type { CommitOwner, CommitTicket } from "./group-committer.js";
import type { LoadedRun } from "./loaded-run.js";
import { readRun } from "./run-store.js";

/**
 * Everything in memory about one workflow ID: its current run and older ones that are in use.
 * Steps of one slot run one after another, since each is synchronous once its run is loaded.
 */
export class WorkflowSlot implements CommitOwner {
  readonly key: EntityKey;
  readonly runs = new Map<string, LoadedRun>();
  /** When somebody last asked for the slot, milliseconds since the epoch. */
  lastUsedMs = 0;
  readonly #store: Store;
  readonly #loading = new Map<string, Promise<LoadedRun | undefined>>();
  /** IDs of runs whose removal is on its way to the store, which may still show them. */
  readonly #removed = new Set<string>();
  #current: { readonly run: LoadedRun | undefined } | undefined;
  #generation = 0;
  #holdCount = 0;

  constructor(key: EntityKey, store: Store) {
    this.key = key;
    this.#store = store;
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

  /** Whether no run of the slot that is in memory is open. */
  get isClosed(): boolean {
    for (const run of this.runs.values()) if (isOpen(run.state)) return false;
    return true;
  }

  /** The current run if that is known without asking the store. */
  peekCurrent(): { readonly run: LoadedRun | undefined } | undefined {
    return this.#current;
  }

  setCurrent(run: LoadedRun): void {
    this.#current = { run };
    this.runs.set(run.state.runId, run);
  }

  /** Forgets a run whose removal is being stored: from now on nobody finds it. */
  remove(runId: string, ticket: CommitTicket): void {
    const run = this.runs.get(runId);
    run?.disarm();
    run?.queries?.unblock();
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
  async current(): Promise<LoadedRun | undefined> {
    if (this.#current !== undefined) return this.#current.run;
    return this.#loadOnce("", async () => {
      const row = await this.#store.loadCurrentRun(this.key);
      if (row === undefined || this.#removed.has(row.runId)) return undefined;
      return this.runs.get(row.runId) ?? readRun(this.#store, row);
    });
  }

  /**
   * The run with this ID, or the current one when the ID is empty.
   *
   * @throws {NotFoundError}
   */
  async run(runId: string): Promise<LoadedRun> {
    const known = runId === "" ? this.#current?.run : this.runs.get(runId);
    const run = known ?? (runId === "" ? await this.current() : await this.#loadRun(runId));
    if (run !== undefined) return run;
    throw notFound(this.key.businessId, runId);
  }

  async #loadRun(runId: string): Promise<LoadedRun | undefined> {
    return this.#loadOnce(runId, async () => {
      const row = await this.#store.loadRun(this.key, runId);
      if (row === undefined || this.#removed.has(runId)) return undefined;
      return readRun(this.#store, row);
    });
  }

  #loadOnce(
    runId: string,
    read: () => Promise<LoadedRun | undefined>,
  ): Promise<LoadedRun | undefined> {
    const loading = this.#loading.get(runId);
    if (loading !== undefined) return loading;
    const promise = this.#load(runId, read).finally(() => this.#loading.delete(runId));
    this.#loading.set(runId, promise);
    return promise;
  }

  /**
   * Loads, again when the slot was discarded meanwhile; a run that came into memory meanwhile wins.
   */
  async #load(
    runId: string,
    read: () => Promise<LoadedRun | undefined>,
  ): Promise<LoadedRun | undefined> {
    for (;;) {
      const generation = this.#generation;
      const loaded = await this.#readStored(read, generation);
      if (generation !== this.#generation) continue;
      const run = loaded === undefined ? undefined : (this.runs.get(loaded.state.runId) ?? loaded);
      if (run !== undefined) this.runs.set(run.state.runId, run);
      if (runId === "") {
        this.#current ??= { run };
        return this.#current.run;
      }
      return run;
    }
  }

  /** Reads a run. One that is removed meanwhile may be found in part; it is looked for again. */
  async #readStored(
    read: () => Promise<LoadedRun | undefined>,
    generation: number,
  ): Promise<LoadedRun | undefined> {
    try {
      return await read();
    } catch (error) {
      if (generation === this.#generation) throw error;
      return undefined;
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

function notFound(workflowId: string, runId: string): NotFoundError {
  if (runId === "") return new NotFoundError(`workflow not found for ID: ${workflowId}`);
  const names = `workflow ID "${workflowId}" and run ID "${runId}"`;
  return new NotFoundError(`workflow execution not found for ${names}`);
}
