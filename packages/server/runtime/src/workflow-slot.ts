import { NotFoundError } from "@perdure/kernel";
import type { EntityKey, Store } from "@perdure/persistence";
import type { CommitOwner } from "./group-committer.js";
import type { LoadedRun } from "./loaded-run.js";
import { readRun } from "./run-store.js";

const NOT_FOUND = "workflow not found for ID:";

/**
 * Everything in memory about one workflow ID: its current run and older ones that are in use.
 * Steps of one slot run one after another, since each is synchronous once its run is loaded.
 */
export class WorkflowSlot implements CommitOwner {
  readonly key: EntityKey;
  readonly runs = new Map<string, LoadedRun>();
  readonly #store: Store;
  readonly #loading = new Map<string, Promise<LoadedRun | undefined>>();
  #current: { readonly run: LoadedRun | undefined } | undefined;
  #generation = 0;

  constructor(key: EntityKey, store: Store) {
    this.key = key;
    this.#store = store;
  }

  /** Whether nothing of the slot is being loaded or watched, and everything is stored. */
  get isIdle(): boolean {
    if (this.#loading.size > 0) return false;
    for (const run of this.runs.values()) {
      if (run.lastTicket !== undefined || run.watchers.size > 0 || run.queries !== undefined)
        return false;
    }
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

  /** The run that the workflow ID stands for; `undefined` when there is none. */
  async current(): Promise<LoadedRun | undefined> {
    if (this.#current !== undefined) return this.#current.run;
    return this.#loadOnce("", async () => {
      const row = await this.#store.loadCurrentRun(this.key);
      if (row === undefined) return undefined;
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
    const place = runId === "" ? this.key.businessId : `${this.key.businessId} and RunId: ${runId}`;
    throw new NotFoundError(`${NOT_FOUND} ${place}`);
  }

  async #loadRun(runId: string): Promise<LoadedRun | undefined> {
    return this.#loadOnce(runId, async () => {
      const row = await this.#store.loadRun(this.key, runId);
      return row === undefined ? undefined : readRun(this.#store, row);
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

  /** Loads, again when the slot was discarded meanwhile; a run that came into memory meanwhile wins. */
  async #load(
    runId: string,
    read: () => Promise<LoadedRun | undefined>,
  ): Promise<LoadedRun | undefined> {
    for (;;) {
      const generation = this.#generation;
      const loaded = await read();
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

  discard(): void {
    this.#generation += 1;
    const dropped = [...this.runs.values()];
    this.runs.clear();
    this.#current = undefined;
    for (const run of dropped) {
      run.disarm();
      run.queries?.unblock();
      run.notify();
    }
  }
}
