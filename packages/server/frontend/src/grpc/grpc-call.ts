import { type CancelSignal, CancelSource } from "@perdure/kernel";
import type { ClientCertificate } from "../http2/client-certificate.js";
import type { ServerStream } from "../http2/server-stream.js";
import type { CallContext, RequestMetadata } from "./call-context.js";
import { encodeMessage, type GrpcError } from "./grpc-error.js";
import { OK_TRAILERS, responseHead, trailersBlock, trailersOnlyBlock } from "./response-headers.js";

/** Most bytes of an error message that go into headers. */
const MESSAGE_LENGTH_MAX = 8192;

/** One call on its HTTP/2 stream. It is answered at most once. */
export class GrpcCall implements CallContext {
  readonly metadata: RequestMetadata;
  /** Takes the call off the watch for its deadline. */
  forgetDeadline: (() => void) | undefined;
  #cancel: CancelSource | undefined;
  #isAborted = false;
  #isAnswered = false;
  #areHeadersSent = false;

  constructor(
    readonly stream: ServerStream,
    readonly deadlineMs: number | undefined,
  ) {
    this.metadata = stream.headers;
  }

  get path(): string {
    return this.metadata.get(":path") ?? "";
  }

  get peer(): string {
    return this.stream.client.peer;
  }

  get clientCertificate(): ClientCertificate | undefined {
    return this.stream.client.certificate;
  }

  /** Made on first use: most calls are over before anybody would look at it. */
  get signal(): CancelSignal {
    if (this.#cancel === undefined) {
      this.#cancel = new CancelSource();
      if (this.#isAborted) this.#cancel.abort();
    }
    return this.#cancel;
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Tells the handler that nobody waits for its answer any more. */
  abort(): void {
    this.#isAborted = true;
    this.#cancel?.abort();
  }

  /** The stream is over: a call that was not answered has nobody who waits for it. */
  closed(): void {
    this.forgetDeadline?.();
    this.forgetDeadline = undefined;
    if (!this.#isAnswered) this.abort();
  }

  /** Sends the only response: a message with room for the frame's head, already filled in. */
  answer(frame: Uint8Array): void {
    if (this.#isAnswered || this.stream.isClosed) return;
    this.#isAnswered = true;
    this.#areHeadersSent = true;
    const head = responseHead(this.#contentType());
    this.stream.respond({ head, body: frame, trailers: OK_TRAILERS });
  }

  /** Sends one of several responses; resolves when the client can take more. */
  send(frame: Uint8Array): Promise<void> {
    if (this.#isAnswered || this.stream.isClosed) return Promise.resolve();
    this.#sendHeaders();
    return this.stream.write(frame);
  }

  /** Ends a call of several responses. */
  end(): void {
    if (this.#isAnswered || this.stream.isClosed) return;
    this.#isAnswered = true;
    this.#sendHeaders();
    this.stream.end(OK_TRAILERS);
  }

  /** Ends the call with an error. */
  fail(error: GrpcError, httpStatus = 200): void {
    if (this.#isAnswered || this.stream.isClosed) return;
    this.#isAnswered = true;
    const status = {
      code: error.code,
      message: encodeMessage(error.message.slice(0, MESSAGE_LENGTH_MAX)),
      details: error.encodeDetails(),
    };
    const block = this.#areHeadersSent
      ? trailersBlock(status)
      : trailersOnlyBlock({ ...status, httpStatus, contentType: this.#contentType() });
    this.stream.end(block);
  }

  #sendHeaders(): void {
    if (this.#areHeadersSent) return;
    this.#areHeadersSent = true;
    this.stream.sendHead(responseHead(this.#contentType()));
  }

  #contentType(): string {
    const asked = this.metadata.get("content-type") ?? "";
    return asked.startsWith("application/grpc") ? asked : "application/grpc";
  }
}
