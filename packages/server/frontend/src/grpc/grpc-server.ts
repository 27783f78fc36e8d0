import { type Clock, DeadlineWheel, type Logger, type ScheduledCall } from "@perdure/kernel";
import { DecodeError } from "@perdure/proto/wire";
import { Http2Server, type SocketListener } from "../http2/http2-server.js";
import type { ServerStream } from "../http2/server-stream.js";
import { type CallContext, NO_CALL } from "./call-context.js";
import { StreamExchange, UnaryExchange } from "./exchanges.js";
import { GrpcCall } from "./grpc-call.js";
import { GrpcError } from "./grpc-error.js";
import type { GrpcLimits } from "./grpc-limits.js";
import type { GrpcService } from "./grpc-service.js";
import { parseGrpcTimeout } from "./grpc-timeout.js";
import { KeepAlive } from "./keep-alive.js";
import { isKnownEncoding } from "./message-reader.js";
import { refuseRequest } from "./refuse-request.js";
import { RpcRoutes } from "./rpc-routes.js";
import { GrpcStatusCode } from "./status-codes.js";

export interface GrpcServerOptions {
  readonly services: readonly GrpcService[];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits: GrpcLimits;
  /** Makes of anything that a handler threw what the client is told. */
  readonly toGrpcError: (error: unknown, call: CallContext) => GrpcError;
  /** Called before each call; what it throws is the answer. */
  readonly intercept?: (call: CallContext) => void;
  /** Where connections come from; absent: TCP without encryption. */
  readonly listener?: SocketListener | undefined;
}

/**
 * A gRPC server: framing, deadlines, routes and errors, on an HTTP/2 server of our own; see
 * docs/decisions/transport.md.
 */
export class GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #routes: RpcRoutes;
  readonly #server: Http2Server;
  readonly #deadlines: DeadlineWheel<GrpcCall>;
  readonly #keepAlive: KeepAlive;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    this.#routes = new RpcRoutes(options.services);
    this.#deadlines = new DeadlineWheel(options.clock, (call) => this.#expire(call));
    this.#keepAlive = new KeepAlive(options.clock, options.limits.keepAlive);
    this.#server = new Http2Server({
      limits: { ...options.limits, windowBytes: windowBytes(options.limits) },
      clock: options.clock,
      listener: options.listener,
      onOpen: (connection) => this.#keepAlive.watch(connection),
      onStream: (stream) => this.#onStream(stream),
      onClose: (connection) => this.#keepAlive.forget(connection),
      onBroken: ({ client: { peer } }, { message }) => {
        options.logger.log("warn", "Cutting off a client that broke the rules of HTTP/2", {
          peer,
          reason: message,
        });
      },
    });
  }

  /** Begins to listen. Rejects with the system's error when the address can't be had. */
  listen(address: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly port: number }> {
    return this.#server.listen(address);
  }

  /** Takes no new calls, lets those under way end for `graceMs` milliseconds, then ends them. */
  async stop(grace: { readonly graceMs: number }): Promise<void> {
    const closed = this.#server.close();
    let timer: ScheduledCall | undefined;
    const expired = new Promise<void>((resolve) => {
      timer = this.#options.clock.schedule(grace.graceMs, resolve);
    });
    await Promise.race([closed, expired]);
    timer?.cancel();
    this.#server.destroyConnections();
    this.#deadlines.stop();
    this.#keepAlive.stop();
    await closed;
  }

  #onStream(stream: ServerStream): void {
    const refusal = refuseRequest(stream.headers);
    if (refusal !== undefined) {
      new GrpcCall(stream, undefined).fail(refusal.error, refusal.httpStatus);
      return;
    }
    const { clock } = this.#options;
    let deadlineMs: number | undefined;
    try {
      const timeout = stream.headers.get("grpc-timeout");
      if (timeout !== undefined) deadlineMs = clock.nowMs() + parseGrpcTimeout(timeout);
    } catch (error) {
      new GrpcCall(stream, undefined).fail(this.#errorOf(error), 400);
      return;
    }
    const call = new GrpcCall(stream, deadlineMs);
    try {
      this.#options.intercept?.(call);
      this.#begin(call);
    } catch (error) {
      call.fail(this.#errorOf(error, call));
      return;
    }
    if (deadlineMs !== undefined) {
      const timeoutMs = Math.max(deadlineMs - clock.nowMs(), 0);
      call.forgetDeadline = this.#deadlines.add(call, timeoutMs);
    }
  }

  #expire(call: GrpcCall): void {
    if (call.isAnswered) return;
    const message = "context deadline exceeded";
    call.fail(new GrpcError(GrpcStatusCode.DEADLINE_EXCEEDED, message));
    call.abort();
  }

  #begin(call: GrpcCall): void {
    const route = this.#routes.get(call.path);
    if (route?.unary === undefined && route?.stream === undefined) {
      throw this.#routes.unimplemented(call.path);
    }
    const encoding = call.metadata.get("grpc-encoding");
    if (!isKnownEncoding(encoding)) {
      const message = `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`;
      throw new GrpcError(GrpcStatusCode.UNIMPLEMENTED, message);
    }
    const { method } = route;
    const maxBytes = this.#options.limits.maxReceiveBytes;
    const errorOf = this.#errorOf;
    const { unary, stream } = route;
    if (unary !== undefined) {
      const options = { call, method, handler: unary, encoding, maxBytes, errorOf };
      call.stream.listener = new UnaryExchange(options);
    } else if (stream !== undefined) {
      const options = { call, method, handler: stream, encoding, maxBytes, errorOf };
      call.stream.listener = new StreamExchange(options);
    }
  }

  readonly #errorOf = (error: unknown, call?: CallContext): GrpcError => {
    if (error instanceof GrpcError) return error;
    if (error instanceof DecodeError) {
      const message = `grpc: error unmarshalling request: ${error.message}`;
      return new GrpcError(GrpcStatusCode.INTERNAL, message);
    }
    return this.#options.toGrpcError(error, call ?? NO_CALL);
  };
}

/** Room for the head of a message and for what is consumed and not credited yet, bytes. */
const WINDOW_SLACK_BYTES = 64 * 1024;

/** A message is kept until it is whole, so the largest one must fit into a stream's window. */
function windowBytes(limits: GrpcLimits): number {
  return Math.max(limits.windowBytes, limits.maxReceiveBytes + WINDOW_SLACK_BYTES);
}
