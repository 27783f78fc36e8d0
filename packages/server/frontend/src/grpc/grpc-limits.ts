import type { KeepAliveLimits } from "./keep-alive.js";

/** What a server takes, and how much of it. */
export interface GrpcLimits {
  /** Largest request message, bytes. */
  readonly maxReceiveBytes: number;
  /** Calls that one connection may have under way. */
  readonly maxConcurrentStreams: number;
  /** Largest set of request headers, bytes. */
  readonly maxHeaderBytes: number;
  /** Bytes that a client may send on one call, and on one connection, before they are read. */
  readonly windowBytes: number;
  readonly keepAlive: KeepAliveLimits;
}

/**
 * As the official server: 4 MiB messages, pings after a minute (`frontend.keepAliveTime`) and 10 s
 * for the answer. The rest leaves room for thousands of waiting polls.
 */
export const DEFAULT_GRPC_LIMITS: GrpcLimits = {
  maxReceiveBytes: 4 * 1024 * 1024,
  maxConcurrentStreams: 100_000,
  maxHeaderBytes: 64 * 1024,
  windowBytes: 4 * 1024 * 1024,
  keepAlive: { intervalMs: 60_000, timeoutMs: 10_000 },
};
