import { type Clock, type Random, StoreUnavailableError } from "@perdure/kernel";
import { MemoryDisk, memoryQueueKey } from "./memory-disk.js";
import type {
  EntityKey,
  QueueKey,
  RunRow,
  RunSaving,
  StoredRun,
  TaskPlace,
  VisibilityRow,
} from "./records.js";
import type { StatusCount, Store, StoreFacts, StoreWrite, VisibilityPage } from "./store.js";
import type { CommitFate, StoreFaults } from "./store-faults.js";
import { decodeVisibilityCursor, encodeVisibilityCursor } from "./visibility-cursor.js";
import { matchesVisibility } from "./visibility-match.js";
import type { VisibilityQuery } from "./visibility-query.js";
import {
  compareVisibilityPlaces,
  fullVisibilityOrder,
  visibilityPlace,
} from "./visibility-value.js";

/** What a `MemoryStore` is made of. */
export interface MemoryStoreOptions {
  /** Makes the cluster ID of a new disk. */
  readonly random: Random;
  /** What is stored already, and where commits go; a new, empty one by default. */
  readonly disk?: MemoryDisk;
  /** Decides which commits fail or are slow; none by default. */
  readonly faults?: StoreFaults;
  /** Times the delays of `faults`; without it there are none. */
  readonly clock?: Clock;
  /** Told of each batch once it is on the disk; for the checks of a simulation. */
  readonly onStored?: (batch: readonly StoreWrite[]) => void;
  /** Told of each run that was asked for and is there. */
  readonly onRunRead?: (run: RunRow) => void;
}

const PROMPT: CommitFate = { outcome: "stored", writeDelayMs: 0, replyDelayMs: 0 };

/** Everything is kept as it came. */
const NOTHING_SAVED: readonly RunSaving[] = [];

/**
 * A store without a file: for tests, simulation and development servers whose state may go. Only
 * a `MemoryDisk` that is handed on survives it. Rows are kept as given: their bytes must not
 * change after the call.
 */
export class MemoryStore implements Store {
  readonly disk: MemoryDisk;
  readonly #faults: StoreFaults | undefined;
  readonly #clock: Clock | undefined;
  readonly #onStored: MemoryStoreOptions["onStored"];
  readonly #onRunRead: MemoryStoreOptions["onRunRead"];
  #lastCommit: Promise<unknown> = Promise.resolve();
  #phase: "open" | "closed" | "crashed" = "open";

  constructor(options: MemoryStoreOptions) {
    this.disk = options.disk ?? new MemoryDisk({ random: options.random });
    this.#faults = options.faults;
    this.#clock = options.clock;
    this.#onStored = options.onStored;
    this.#onRunRead = options.onRunRead;
  }

  /**
   * Ends the store as a crash of its process does: batches that are not on the disk never get
   * there, and calls that were not answered never will be (their promises stay pending).
   */
  crash(): void {
    this.#phase = "crashed";
  }

  async facts(): Promise<StoreFacts> {
    await this.#ready();
    return {
      clusterId: this.disk.clusterId,
      lastRunNo: this.disk.runs.lastRunNo(),
      lastTaskId: this.disk.lastTaskId,
      namespaces: [...this.disk.namespaces.values()],
    };
  }

  async commit(batch: readonly StoreWrite[]): Promise<readonly RunSaving[]> {
    if (this.#phase === "closed") throw new StoreUnavailableError("The store is closed");
    const commit = this.#lastCommit.then(() => this.#write(batch));
    this.#lastCommit = commit.catch(() => undefined);
    return commit;
  }

  async loadCurrentRun(key: EntityKey) {
    await this.#ready();
    return this.#noteRead(this.disk.runs.loadCurrent(key));
  }

  async loadRun(key: EntityKey, runId: string) {
    await this.#ready();
    return this.#noteRead(this.disk.runs.load(key, runId));
  }

  async readLog(runNo: number, fromSeq: number, limit: number) {
    await this.#ready();
    return this.disk.runs.readLog(runNo, fromSeq, limit);
  }

  async readHistory(request: Parameters<Store["readHistory"]>[0]) {
    await this.#ready();
    return this.disk.runs.readHistory(request);
  }

  async readDueRuns(beforeMs: number, limit: number) {
    await this.#ready();
    return this.disk.runs.readDue(beforeMs, limit);
  }

  async readTasks(
    queue: QueueKey,
    page: { readonly after: TaskPlace | undefined; readonly limit: number },
  ) {
    await this.#ready();
    return this.disk.readTasks(memoryQueueKey(queue), page.after, page.limit);
  }

  async listVisibility(
    query: VisibilityQuery,
    page: { readonly cursor: Uint8Array | undefined; readonly limit: number },
  ): Promise<VisibilityPage> {
    await this.#ready();
    const order = fullVisibilityOrder(query.order);
    const after =
      page.cursor === undefined ? undefined : decodeVisibilityCursor(page.cursor, order.length);
    const found = this.#matching(query)
      .map((row) => ({ row, place: visibilityPlace(row, order) }))
      .filter(({ place }) => !after || compareVisibilityPlaces(order, place, after) > 0)
      .sort((left, right) => compareVisibilityPlaces(order, left.place, right.place));
    const last = found.length > page.limit ? found[page.limit - 1] : undefined;
    return {
      rows: found.slice(0, page.limit).map(({ row }) => row),
      nextCursor: last && encodeVisibilityCursor(last.place),
    };
  }

  async countVisibility(query: VisibilityQuery): Promise<number> {
    await this.#ready();
    return this.#matching(query).length;
  }

  async countVisibilityByStatus(query: VisibilityQuery): Promise<readonly StatusCount[]> {
    await this.#ready();
    const counts = new Map<number, number>();
    for (const { status } of this.#matching(query)) {
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    return [...counts]
      .map(([status, count]) => ({ status, count }))
      .sort((left, right) => left.status - right.status);
  }

  async close(): Promise<void> {
    if (this.#phase === "crashed") return never();
    this.#phase = "closed";
    await this.#lastCommit;
  }

  #noteRead(run: RunRow | undefined): StoredRun | undefined {
    if (run === undefined) return undefined;
    this.#onRunRead?.(run);
    return { ...run, savedBytes: 0 };
  }

  #matching(query: VisibilityQuery): VisibilityRow[] {
    const rows = this.disk.visibility.get(query.namespaceId)?.values() ?? [];
    return [...rows].filter((row) => matchesVisibility(row, query.filter));
  }

  async #write(batch: readonly StoreWrite[]): Promise<readonly RunSaving[]> {
    const fate = this.#faults?.decideCommit({ writeCount: batch.length }) ?? PROMPT;
    await this.#delay(fate.writeDelayMs);
    if (fate.outcome === "failsBefore") throw new StoreUnavailableError("The write failed");
    this.disk.apply(batch);
    this.#onStored?.(batch);
    await this.#delay(fate.replyDelayMs);
    if (fate.outcome === "failsAfter") throw new StoreUnavailableError("The reply was lost");
    return NOTHING_SAVED;
  }

  async #delay(delayMs: number): Promise<void> {
    const clock = this.#clock;
    if (clock !== undefined && delayMs > 0) {
      await new Promise<void>((resolve) => void clock.schedule(delayMs, resolve));
    }
    if (this.#phase === "crashed") await never();
  }

  /** Lets the caller's turn end, so that nothing is answered synchronously. */
  async #ready(): Promise<void> {
    if (this.#phase === "closed") throw new StoreUnavailableError("The store is closed");
    await this.#delay(this.#faults?.decideReadDelayMs?.() ?? 0);
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
