import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { type Clock, DeadlineWheel, type Logger, type ScheduledCall } from "@perdure/kernel";
import { type AnyMethodDescriptor, DecodeError } from "@perdure/proto/wire";
import { type CallContext, NO_CALL } from "./call-context.js";
import type { EncodedResponse } from "./encoded-response.js";
import { frameResponse } from "./frame-response.js";
import { GrpcCall } from "./grpc-call.js";
import { GrpcError } from "./grpc-error.js";
import type { GrpcLimits } from "./grpc-limits.js";
import type { GrpcService, StreamHandler, UnaryHandler } from "./grpc-service.js";
import { parseGrpcTimeout } from "./grpc-timeout.js";
import { KeepAlive } from "./keep-alive.js";
import { isKnownEncoding, MessageReader, unexpectedEnd } from "./message-reader.js";
import { refuseRequest } from "./refuse-request.js";
import { RequestQueue } from "./request-queue.js";
import { GrpcStatusCode } from "./status-codes.js";

/** Memory that one connection may hold for its streams, megabytes: node:http2's default is 10. */
const SESSION_MEMORY_MB_MAX = 1024;

export interface GrpcServerOptions {
  readonly services: readonly GrpcService[];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits: GrpcLimits;
  /** Makes of anything that a handler threw what the client is told. */
  readonly toGrpcError: (error: unknown, call: CallContext) => GrpcError;
  /** Called before each call; what it throws is the answer. */
  readonly intercept?: (call: CallContext) => void;
}

interface Route {
  readonly method: AnyMethodDescriptor;
  readonly unary: UnaryHandler | undefined;
  readonly stream: StreamHandler | undefined;
}

/** A gRPC server on node:http2, with the framing of its own; see docs/decisions/transport.md. */
export class GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #routes = new Map<string, Route>();
  readonly #serviceNames = new Set<string>();
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #deadlines: DeadlineWheel<GrpcCall>;
  readonly #keepAlive: KeepAlive;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    for (const service of options.services) this.#addService(service);
    this.#deadlines = new DeadlineWheel(options.clock, (call) => this.#expire(call));
    this.#keepAlive = new KeepAlive(options.clock, options.limits.keepAlive);
    const { maxConcurrentStreams, maxHeaderBytes, windowBytes } = options.limits;
    this.#server = createServer({
      maxSessionMemory: SESSION_MEMORY_MB_MAX,
      settings: {
        initialWindowSize: windowBytes,
        maxConcurrentStreams,
        maxHeaderListSize: maxHeaderBytes,
      },
    });
    this.#server.on("session", (session) => this.#onSession(session));
    this.#server.on("stream", (stream, headers) => this.#onStream(stream, headers));
    this.#server.on("sessionError", () => undefined);
  }

  /** Begins to listen. Rejects with the system's error when the address can't be had. */
  listen(address: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(address.port, address.host, () => {
        this.#server.off("error", reject);
        resolve({ port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  /** Takes no new calls, lets those under way end for `graceMs` milliseconds, then ends them. */
  async stop(grace: { readonly graceMs: number }): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const session of this.#sessions) session.close();
    let timer: ScheduledCall | undefined;
    const expired = new Promise<void>((resolve) => {
      timer = this.#options.clock.schedule(grace.graceMs, resolve);
    });
    await Promise.race([closed, expired]);
    timer?.cancel();
    for (const session of this.#sessions) session.destroy();
    this.#deadlines.stop();
    this.#keepAlive.stop();
    await closed;
  }

  #addService(service: GrpcService): void {
    const { descriptor } = service;
    this.#serviceNames.add(descriptor.typeName);
    for (const method of Object.values(descriptor.methods)) {
      const unary = service.unary?.get(method.name);
      const stream = service.streams?.get(method.name);
      this.#routes.set(method.path, { method, unary, stream });
    }
  }

  #onSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.setLocalWindowSize(this.#options.limits.windowBytes);
    session.on("close", () => this.#sessions.delete(session));
    session.on("error", () => undefined);
    this.#keepAlive.watch(session);
  }

  #onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    // A stream that breaks is told by its close; nothing more can be done about it.
    stream.on("error", () => undefined);
    const refusal = refuseRequest(headers);
    if (refusal !== undefined) {
      new GrpcCall(stream, headers, undefined).fail(refusal.error, refusal.httpStatus);
      return;
    }
    const { clock } = this.#options;
    let deadlineMs: number | undefined;
    try {
      const timeout = headers["grpc-timeout"];
      if (typeof timeout === "string") deadlineMs = clock.nowMs() + parseGrpcTimeout(timeout);
    } catch (error) {
      new GrpcCall(stream, headers, undefined).fail(this.#errorOf(error), 400);
      return;
    }
    const call = new GrpcCall(stream, headers, deadlineMs);
    if (deadlineMs !== undefined) this.#watch(call, deadlineMs - clock.nowMs());
    stream.on("close", () => {
      if (!call.isAnswered) call.abort();
    });
    try {
      this.#options.intercept?.(call);
      this.#begin(call);
    } catch (error) {
      call.fail(this.#errorOf(error, call));
    }
  }

  #watch(call: GrpcCall, timeoutMs: number): void {
    const forget = this.#deadlines.add(call, Math.max(timeoutMs, 0));
    call.stream.on("close", forget);
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
      throw this.#unimplemented(call.path);
    }
    const encoding = call.metadata.get("grpc-encoding");
    if (!isKnownEncoding(encoding)) {
      const message = `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`;
      throw new GrpcError(GrpcStatusCode.UNIMPLEMENTED, message);
    }
    if (route.unary !== undefined) this.#readUnary(call, route.method, route.unary, encoding);
    else if (route.stream !== undefined)
      this.#readStream(call, route.method, route.stream, encoding);
  }

  #readUnary(
    call: GrpcCall,
    method: AnyMethodDescriptor,
    handler: UnaryHandler,
    encoding: string | undefined,
  ): void {
    let isBegun = false;
    const reader = this.#reader(encoding, (message) => {
      if (isBegun) return;
      isBegun = true;
      this.#runUnary(call, { method, handler, message });
    });
    call.stream.on("data", (chunk: Buffer) => {
      if (!isBegun) this.#push(call, reader, chunk);
    });
    call.stream.on("end", () => {
      if (!isBegun) call.fail(unexpectedEnd(reader));
    });
  }

  #reader(encoding: string | undefined, onMessage: (message: Buffer) => void): MessageReader {
    const maxBytes = this.#options.limits.maxReceiveBytes;
    return new MessageReader({ maxBytes, encoding, onMessage });
  }

  #push(call: GrpcCall, reader: MessageReader, chunk: Buffer): void {
    try {
      reader.push(chunk);
    } catch (error) {
      call.fail(this.#errorOf(error, call));
      call.refuseRest();
    }
  }

  /** Runs a handler; one that answers at once is answered at once. */
  #runUnary(
    call: GrpcCall,
    unary: {
      readonly method: AnyMethodDescriptor;
      readonly handler: UnaryHandler;
      readonly message: Buffer;
    },
  ): void {
    const { method, handler, message } = unary;
    const fail = (error: unknown): void => call.fail(this.#errorOf(error, call));
    const answer = (response: object | EncodedResponse): void => {
      try {
        call.answer(frameResponse(method, response));
      } catch (error) {
        fail(error);
      }
    };
    try {
      const response = handler(method.request.decode(message) as never, call);
      if (response instanceof Promise) response.then(answer, fail);
      else answer(response);
    } catch (error) {
      fail(error);
    }
  }

  #readStream(
    call: GrpcCall,
    method: AnyMethodDescriptor,
    handler: StreamHandler,
    encoding: string | undefined,
  ): void {
    const requests = new RequestQueue<object>();
    const reader = this.#reader(encoding, (message) =>
      requests.push(method.request.decode(message)),
    );
    call.stream.on("data", (chunk: Buffer) => this.#push(call, reader, chunk));
    call.stream.on("end", () => requests.end());
    call.stream.on("close", () => requests.end());
    this.#runStream(call, method, handler(requests as AsyncIterable<never>, call)).catch(
      (error: unknown) => call.fail(this.#errorOf(error, call)),
    );
  }

  async #runStream(
    call: GrpcCall,
    method: AnyMethodDescriptor,
    responses: AsyncIterable<object>,
  ): Promise<void> {
    for await (const response of responses) {
      if (call.stream.destroyed) return;
      await call.send(frameResponse(method, response));
    }
    call.end();
  }

  #unimplemented(path: string): GrpcError {
    const code = GrpcStatusCode.UNIMPLEMENTED;
    const slash = path.lastIndexOf("/");
    if (!path.startsWith("/") || slash <= 0) {
      return new GrpcError(code, `malformed method name: "${path}"`);
    }
    const service = path.slice(1, slash);
    const method = path.slice(slash + 1);
    if (!this.#serviceNames.has(service)) return new GrpcError(code, `unknown service ${service}`);
    if (!this.#routes.has(path)) {
      return new GrpcError(code, `unknown method ${method} for service ${service}`);
    }
    return new GrpcError(code, `method ${method} not implemented`);
  }

  #errorOf(error: unknown, call?: CallContext): GrpcError {
    if (error instanceof GrpcError) return error;
    if (error instanceof DecodeError) {
      const message = `grpc: error unmarshalling request: ${error.message}`;
      return new GrpcError(GrpcStatusCode.INTERNAL, message);
    }
    return this.#options.toGrpcError(error, call ?? NO_CALL);
  }
}
