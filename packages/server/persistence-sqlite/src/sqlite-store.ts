import {
  type Logger,
  type Random,
  SILENT_LOGGER,
  StoreUnavailableError,
  systemRandom,
} from "@perdure/kernel";
import {
  decodeVisibilityCursor,
  type EntityKey,
  fullVisibilityOrder,
  newClusterId,
  type QueueKey,
  type RunSaving,
  type StatusCount,
  type Store,
  type StoredRun,
  type StoreFacts,
  type StoreWrite,
  type TaskPlace,
  type VisibilityPage,
  type VisibilityQuery,
} from "@perdure/persistence";
import { BatchWriter } from "./batch-writer.js";
import { encodeBatch } from "./encode-batch.js";
import { KnownKeys } from "./known-keys.js";
import type { Pragmas } from "./pragmas.js";
import { StorageThread } from "./storage-thread.js";

/** Which file to open, and how. */
export interface SqliteStoreOptions {
  /** Path of the file; it is made if it is not there, its folder is not. */
  readonly path: string;
  /** SQLite settings that override the store's own: WAL, synchronous FULL and more. */
  readonly pragmas?: Pragmas;
  /** Gets the causes of failures; callers only learn that there was one. Silent by default. */
  readonly logger?: Logger;
  /** Makes the ID of a new store; the system's randomness by default. */
  readonly random?: Random;
  /**
   * Where the storage thread's program is; `worker.js` beside this module by default. A bundle
   * that joins modules must build `@perdure/persistence-sqlite/worker` as a file of its own and,
   * unless that is named `worker.js` and lies beside the bundle, say here where.
   */
  readonly workerUrl?: URL;
}

/**
 * Opens a store in a SQLite file, for this process alone. All work on the file is done in a thread
 * of the store's own.
 *
 * @throws {StoreOpenError} The file can't be served: its message says why and what to do.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { path, pragmas = {}, logger = SILENT_LOGGER, random = systemRandom() } = options;
  const workerUrl = options.workerUrl ?? new URL("./worker.js", import.meta.url);
  const worker = { path, pragmas, newClusterId: newClusterId(random) };
  return new SqliteStore(await StorageThread.start({ workerUrl, worker, logger }));
}

/** A page is read in about two milliseconds. */
const KEY_HASHES_PER_PAGE = 5_000;

/** The store in a SQLite file. */
export class SqliteStore implements Store {
  readonly #thread: StorageThread;
  readonly #writer = new BatchWriter();
  readonly #knownKeys = new KnownKeys();
  readonly #learning: Promise<void>;

  /** Use `openSqliteStore()`. */
  constructor(thread: StorageThread) {
    this.#thread = thread;
    this.#learning = this.#learnKeys();
  }

  facts(): Promise<StoreFacts> {
    return this.#thread.read("facts");
  }

  async commit(batch: readonly StoreWrite[]): Promise<readonly RunSaving[]> {
    const block = encodeBatch(this.#writer, batch);
    for (const write of batch) if (write.kind === "insertRun") this.#knownKeys.add(write.run.key);
    return this.#thread.commit(block);
  }

  loadCurrentRun(key: EntityKey): Promise<StoredRun | undefined> {
    if (this.#thread.isOpen && this.#knownKeys.isNew(key)) return Promise.resolve(undefined);
    return this.#thread.read("loadCurrentRun", key);
  }

  loadRun(key: EntityKey, runId: string) {
    return this.#thread.read("loadRun", key, runId);
  }

  readLog(runNo: number, fromSeq: number, limit: number) {
    return this.#thread.read("readLog", runNo, fromSeq, limit);
  }

  readHistory(request: Parameters<Store["readHistory"]>[0]) {
    return this.#thread.read("readHistory", request);
  }

  readDueRuns(beforeMs: number, limit: number) {
    return this.#thread.read("readDueRuns", beforeMs, limit);
  }

  readTasks(
    queue: QueueKey,
    page: { readonly after: TaskPlace | undefined; readonly limit: number },
  ) {
    return this.#thread.read("readTasks", queue, page);
  }

  async listVisibility(
    query: VisibilityQuery,
    page: { readonly cursor: Uint8Array | undefined; readonly limit: number },
  ): Promise<VisibilityPage> {
    const { cursor, limit } = page;
    const termCount = fullVisibilityOrder(query.order).length;
    const after = cursor && decodeVisibilityCursor(cursor, termCount);
    return this.#thread.read("listVisibility", query, { after, limit });
  }

  countVisibility(query: VisibilityQuery): Promise<number> {
    return this.#thread.read("countVisibility", query);
  }

  countVisibilityByStatus(query: VisibilityQuery): Promise<readonly StatusCount[]> {
    return this.#thread.read("countVisibilityByStatus", query);
  }

  /** Whether few enough rows of lists wait to be put into their indexes; for measurements. */
  isSettled(): Promise<boolean> {
    return this.#thread.read("isVisibilitySettled");
  }

  async close(): Promise<void> {
    await this.#thread.close();
    await this.#learning;
  }

  /** Learns which keys the file has, a page at a time so that calls need not wait long. */
  async #learnKeys(): Promise<void> {
    let after = -1;
    while (!this.#knownKeys.isFull) {
      const hashes = await this.#readKeyHashes(after);
      if (hashes === undefined) return;
      for (const hash of hashes) this.#knownKeys.addHash(hash);
      const last = hashes.at(-1);
      if (last === undefined || hashes.length < KEY_HASHES_PER_PAGE) {
        this.#knownKeys.complete();
        return;
      }
      after = last;
    }
  }

  /** `undefined` when the store is closed, or can't be read; then it is asked for every key. */
  async #readKeyHashes(after: number): Promise<Uint32Array | undefined> {
    try {
      return await this.#thread.read("readKeyHashes", after, KEY_HASHES_PER_PAGE);
    } catch (error) {
      if (error instanceof StoreUnavailableError) return undefined;
      throw error;
    }
  }
}
