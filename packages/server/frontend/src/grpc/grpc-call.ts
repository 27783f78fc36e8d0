import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { CallContext, RequestMetadata } from "./call-context.js";
import { encodeMessage, type GrpcError } from "./grpc-error.js";

/** Most bytes of an error message that go into headers. */
const MESSAGE_LENGTH_MAX = 8192;

/** One call on its HTTP/2 stream. It is answered at most once. */
export class GrpcCall implements CallContext {
  readonly metadata: RequestMetadata;
  #controller: AbortController | undefined;
  #isAborted = false;
  #isAnswered = false;
  #areHeadersSent = false;

  constructor(
    readonly stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
    readonly deadlineMs: number | undefined,
  ) {
    this.metadata = {
      get: (name) => {
        const value = headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
    };
  }

  get path(): string {
    return this.headers[":path"] ?? "";
  }

  get peer(): string {
    const socket = this.stream.session?.socket;
    return socket === undefined ? "" : `${socket.remoteAddress}:${socket.remotePort}`;
  }

  /** Made on first use: most calls are over before anybody would look at it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Tells the handler that nobody waits for its answer any more. */
  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }

  /** Sends the only response: a message with room for the frame's head, already filled in. */
  answer(frame: Uint8Array): void {
    if (this.#isAnswered || this.stream.destroyed) return;
    this.#isAnswered = true;
    this.#sendHeaders();
    this.stream.end(frame);
  }

  /** Sends one of several responses; resolves when the client can take more. */
  send(frame: Uint8Array): Promise<void> {
    if (this.#isAnswered || this.stream.destroyed) return Promise.resolve();
    this.#sendHeaders();
    if (this.stream.write(frame)) return Promise.resolve();
    return new Promise((resolve) => {
      this.stream.once("drain", resolve);
      this.stream.once("close", resolve);
    });
  }

  /** Ends a call of several responses. */
  end(): void {
    if (this.#isAnswered || this.stream.destroyed) return;
    this.#isAnswered = true;
    this.#sendHeaders();
    this.stream.end();
  }

  /** Ends the call with an error. */
  fail(error: GrpcError, httpStatus = 200): void {
    if (this.#isAnswered || this.stream.destroyed) return;
    this.#isAnswered = true;
    const details = error.encodeDetails();
    const trailers = {
      "grpc-status": String(error.code),
      "grpc-message": encodeMessage(error.message.slice(0, MESSAGE_LENGTH_MAX)),
      ...(details === undefined ? {} : { "grpc-status-details-bin": details }),
    };
    if (this.#areHeadersSent) {
      this.#trailers = trailers;
      this.stream.end();
      return;
    }
    const head = { ":status": httpStatus, "content-type": this.#contentType() };
    this.stream.respond({ ...head, ...trailers }, { endStream: true });
  }

  /** Asks the client not to send the rest of its request. Source: RFC 9113, section 8.1. */
  refuseRest(): void {
    if (!this.stream.readableEnded) this.stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #trailers: Readonly<Record<string, string>> = OK_TRAILERS;

  #sendHeaders(): void {
    if (this.#areHeadersSent) return;
    this.#areHeadersSent = true;
    const headers = {
      ":status": 200,
      "content-type": this.#contentType(),
      "grpc-accept-encoding": "gzip",
    };
    this.stream.once("wantTrailers", () => this.stream.sendTrailers(this.#trailers));
    this.stream.respond(headers, { waitForTrailers: true });
  }

  #contentType(): string {
    const asked = this.headers["content-type"] ?? "";
    return asked.startsWith("application/grpc") ? asked : "application/grpc";
  }
}

const OK_TRAILERS = { "grpc-status": "0" };
