import type { DatabaseOptions } from "./open-database.js";
import type { StoreOpenErrorCode } from "./store-open-error.js";
import type { StoreReader } from "./store-reader.js";

/** Name of a read; its arguments and result are those of the method of `StoreReader`. */
export type ReadMethod = keyof StoreReader;

/** What the storage thread is started with. */
export type WorkerOptions = DatabaseOptions;

/** One call. `block` is a batch as `encodeBatch()` packed it. */
export type StoreRequest =
  | {
      readonly kind: "read";
      readonly id: number;
      readonly method: ReadMethod;
      readonly args: readonly unknown[];
    }
  | { readonly kind: "commit"; readonly id: number; readonly block: ArrayBuffer };

/** Calls travel together where they can. The store is closed after the last. */
export type MessageToWorker = readonly StoreRequest[] | "close";

/** Why a call failed. `detail` is for the log only. */
export interface StoreFailure {
  readonly kind: "contradiction" | "unavailable";
  readonly detail: string;
  /** The driver's code, "SQLITE_FULL" for example; "" when there is none. */
  readonly driverCode: string;
}

/** The answer to one call. */
export type StoreReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: StoreFailure };

/** Answers, or how opening went. */
export type MessageFromWorker =
  | readonly StoreReply[]
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly code: StoreOpenErrorCode; readonly message: string };
