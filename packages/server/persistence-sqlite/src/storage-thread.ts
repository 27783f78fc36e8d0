import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { InvariantError, type Logger, present, StoreUnavailableError } from "@perdure/kernel";
import type { RunSaving } from "@perdure/persistence";
import type {
  MessageFromWorker,
  ReadMethod,
  StoreFailure,
  StoreReply,
  StoreRequest,
  WorkerOptions,
} from "./protocol.js";
import { StoreOpenError } from "./store-open-error.js";
import type { StoreReader } from "./store-reader.js";

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How to start a storage thread. */
export interface StorageThreadOptions {
  readonly workerUrl: URL;
  readonly worker: WorkerOptions;
  readonly logger: Logger;
}

/**
 * The main thread's end of the storage thread. Reads of one turn of the event loop travel in one
 * message, because waking a thread costs more than most reads. A commit does not wait for the
 * turn's end, where sockets are written first: there is one commit at a time, and callers wait for
 * it. It takes the reads before it along.
 */
export class StorageThread {
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #pending = new Map<number, PendingCall>();
  readonly #exit: Promise<unknown>;
  #unsent: StoreRequest[] = [];
  #blocks: ArrayBuffer[] = [];
  #lastId = 0;
  #phase: "open" | "closed" | "dead" = "open";

  private constructor(worker: Worker, logger: Logger) {
    this.#worker = worker;
    this.#logger = logger;
    this.#exit = new Promise((resolve) => void worker.once("exit", resolve));
    worker.on("message", (message: MessageFromWorker) => this.#receive(message));
    worker.on("error", (cause) => this.#die("The storage thread failed", cause));
    worker.on("exit", () => this.#die("The storage thread has ended", undefined));
  }

  /**
   * Starts the thread and opens the file in it.
   *
   * @throws {StoreOpenError} The file can't be served.
   */
  static async start(options: StorageThreadOptions): Promise<StorageThread> {
    const worker = new Worker(options.workerUrl, { workerData: options.worker });
    const message = await firstMessage(worker, options.workerUrl);
    if ("kind" in message && message.kind === "refused") {
      await worker.terminate();
      throw new StoreOpenError(message.code, message.message);
    }
    return new StorageThread(worker, options.logger);
  }

  /** ID of the thread, for tests and logs. */
  get worker(): Worker {
    return this.#worker;
  }

  /** Whether it takes calls. */
  get isOpen(): boolean {
    return this.#phase === "open";
  }

  read<M extends ReadMethod>(
    method: M,
    ...args: Parameters<StoreReader[M]>
  ): Promise<ReturnType<StoreReader[M]>> {
    const id = ++this.#lastId;
    // The thread answers with what the method of this name returns.
    return this.#call({ kind: "read", id, method, args }) as Promise<ReturnType<StoreReader[M]>>;
  }

  /** Sends a packed batch; the memory of `block` goes to the thread. */
  commit(block: ArrayBuffer): Promise<readonly RunSaving[]> {
    const reply = this.#call({ kind: "commit", id: ++this.#lastId, block });
    this.#blocks.push(block);
    this.#send();
    // The thread answers with what `BatchApplier.apply()` returns.
    return reply as Promise<readonly RunSaving[]>;
  }

  /** Waits for the calls under way, closes the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#phase === "open") {
      this.#send();
      this.#phase = "closed";
      this.#worker.postMessage("close");
    }
    await this.#exit;
  }

  #call(request: StoreRequest): Promise<unknown> {
    if (this.#phase !== "open") {
      const reason = this.#phase === "closed" ? "is closed" : "failed earlier; see the log";
      return Promise.reject(new StoreUnavailableError(`The store ${reason}`));
    }
    if (this.#unsent.length === 0 && request.kind === "read") setImmediate(() => this.#send());
    this.#unsent.push(request);
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject });
    });
  }

  #send(): void {
    if (this.#unsent.length === 0 || this.#phase !== "open") return;
    this.#worker.postMessage(this.#unsent, this.#blocks);
    this.#unsent = [];
    this.#blocks = [];
  }

  #receive(message: MessageFromWorker): void {
    if (!Array.isArray(message)) return;
    for (const reply of message as readonly StoreReply[]) {
      const call = present(this.#pending.get(reply.id), "Every reply has a call");
      this.#pending.delete(reply.id);
      if ("failure" in reply) call.reject(this.#toError(reply.failure));
      else call.resolve(reply.value);
    }
  }

  #toError({ kind, detail, driverCode }: StoreFailure): Error {
    if (kind === "contradiction") return new InvariantError(detail);
    this.#logger.log("error", "The SQLite store failed", { detail, driverCode });
    return new StoreUnavailableError("The store failed; see the server's log");
  }

  #die(message: string, cause: unknown): void {
    if (this.#phase === "open") {
      const detail = cause instanceof Error ? cause.message : undefined;
      this.#logger.log("error", message, { detail, callCount: this.#pending.size });
      this.#phase = "dead";
    }
    for (const call of this.#pending.values()) call.reject(new StoreUnavailableError(message));
    this.#pending.clear();
  }
}

async function firstMessage(worker: Worker, workerUrl: URL): Promise<MessageFromWorker> {
  const ended = new AbortController();
  worker.once("exit", () => ended.abort());
  try {
    const [message] = (await once(worker, "message", { signal: ended.signal })) as [
      MessageFromWorker,
    ];
    return message;
  } catch (cause) {
    const message = `Cannot start the storage thread: "${workerUrl.href}" does not run`;
    throw new StoreOpenError("UNUSABLE", message, { cause });
  }
}
