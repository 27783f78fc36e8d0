import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { InvariantError, present, systemClock } from "@perdure/kernel";
import type { Database } from "better-sqlite3";
import { BatchApplier } from "./batch-applier.js";
import { NamespaceNumbers } from "./namespace-numbers.js";
import { openDatabase } from "./open-database.js";
import type {
  MessageFromWorker,
  MessageToWorker,
  StoreFailure,
  StoreReply,
  StoreRequest,
  WorkerOptions,
} from "./protocol.js";
import { toStoreOpenError } from "./store-open-error.js";
import { StoreReader } from "./store-reader.js";
import { VisibilitySettler } from "./visibility-settler.js";

/** The storage thread: everything that touches the file happens here, one call after another. */
class StorageThread {
  readonly #port: MessagePort;
  readonly #database: Database;
  readonly #applier: BatchApplier;
  readonly #reader: StoreReader;
  readonly #settler: VisibilitySettler;

  constructor(port: MessagePort, database: Database) {
    this.#port = port;
    this.#database = database;
    const namespaces = new NamespaceNumbers(database);
    this.#applier = new BatchApplier(database, namespaces);
    this.#reader = new StoreReader(database, namespaces);
    this.#settler = new VisibilitySettler(database, systemClock());
    // An older file may have rows that are not in all indexes.
    this.#settler.poke();
    port.on("message", (message: MessageToWorker) => this.#receive(message));
  }

  #receive(message: MessageToWorker): void {
    if (message === "close") {
      this.#settler.stop();
      this.#database.close();
      this.#port.close();
      return;
    }
    // Reads need not see a commit that has not been answered, so they do not wait for its fsync.
    this.#answer(message.filter((request) => request.kind === "read"));
    this.#answer(message.filter((request) => request.kind === "commit"));
  }

  #answer(requests: readonly StoreRequest[]): void {
    if (requests.length === 0) return;
    const replies = requests.map((request): StoreReply => {
      try {
        return { id: request.id, value: this.#carryOut(request) };
      } catch (error) {
        return { id: request.id, failure: toFailure(error) };
      }
    });
    this.#port.postMessage(replies satisfies MessageFromWorker);
  }

  #carryOut(request: StoreRequest): unknown {
    if (request.kind === "commit") {
      this.#settler.poke();
      return this.#applier.apply(request.block);
    }
    // The sender is typed: arguments are those of the method.
    const method = this.#reader[request.method] as (...args: readonly unknown[]) => unknown;
    return method.apply(this.#reader, [...request.args]);
  }
}

function toFailure(error: unknown): StoreFailure {
  const detail = error instanceof Error ? error.message : String(error);
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  const driverCode = typeof code === "string" ? code : "";
  const kind = error instanceof InvariantError ? "contradiction" : "unavailable";
  return { kind, detail, driverCode };
}

function start(port: MessagePort, options: WorkerOptions): void {
  let message: MessageFromWorker;
  try {
    new StorageThread(port, openDatabase(options));
    message = { kind: "opened" };
  } catch (error) {
    const { code, message: text } = toStoreOpenError(options.path, error);
    message = { kind: "refused", code, message: text };
  }
  port.postMessage(message);
}

start(present(parentPort, "This module is the start of a thread"), workerData as WorkerOptions);
