import type { CancelSignal } from "@perdure/kernel";
import type { ClientCertificate } from "../http2/client-certificate.js";

/** Headers of a call; names in lower case. */
export interface RequestMetadata {
  get(name: string): string | undefined;
}

/** What a handler knows of its call besides the request. */
export interface CallContext {
  readonly metadata: RequestMetadata;
  /** Aborted when the client cancels, the connection ends or the deadline passes. */
  readonly signal: CancelSignal;
  /** Milliseconds since the epoch; `undefined` when the client set none. */
  readonly deadlineMs: number | undefined;
  readonly peer: string;
  readonly path: string;
  /** What the client proved itself with; `undefined`: it showed nothing that is trusted. */
  readonly clientCertificate: ClientCertificate | undefined;
}

/** Stands for a call that was refused before it began. */
export const NO_CALL: CallContext = {
  metadata: { get: () => undefined },
  signal: AbortSignal.abort(),
  deadlineMs: undefined,
  peer: "",
  path: "",
  clientCertificate: undefined,
};
