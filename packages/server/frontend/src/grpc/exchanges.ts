import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import type { StreamListener } from "../http2/server-stream.js";
import type { EncodedResponse } from "./encoded-response.js";
import { frameResponse } from "./frame-response.js";
import type { GrpcCall } from "./grpc-call.js";
import type { GrpcError } from "./grpc-error.js";
import type { StreamHandler, UnaryHandler } from "./grpc-service.js";
import { FRAME_HEAD_BYTES, MessageReader, unexpectedEnd } from "./message-reader.js";
import { RequestQueue } from "./request-queue.js";

/** What an exchange is made of. */
export interface ExchangeOptions<H> {
  readonly call: GrpcCall;
  readonly method: AnyMethodDescriptor;
  readonly handler: H;
  /** Value of the `grpc-encoding` header. */
  readonly encoding: string | undefined;
  /** Largest request message, bytes. */
  readonly maxBytes: number;
  readonly errorOf: (error: unknown, call: GrpcCall) => GrpcError;
}

/** A call of one request and one response. */
export class UnaryExchange implements StreamListener {
  readonly #options: ExchangeOptions<UnaryHandler>;
  #reader: MessageReader | undefined;
  #isBegun = false;

  constructor(options: ExchangeOptions<UnaryHandler>) {
    this.#options = options;
  }

  onData(chunk: Buffer): void {
    if (this.#isBegun) return;
    if (this.#reader === undefined && isWholeMessage(chunk, this.#options.maxBytes)) {
      this.#run(chunk.subarray(FRAME_HEAD_BYTES));
      return;
    }
    const { maxBytes, encoding, call } = this.#options;
    this.#reader ??= new MessageReader({ maxBytes, encoding, onMessage: this.#run });
    try {
      pushInto(this.#reader, chunk, call);
    } catch (error) {
      call.fail(this.#options.errorOf(error, call));
    }
  }

  onEnd(): void {
    if (!this.#isBegun) this.#options.call.fail(unexpectedEnd(this.#reader));
  }

  onClose(): void {
    this.#options.call.closed();
  }

  /** Runs the handler; one that answers at once is answered at once. */
  readonly #run = (message: Buffer): void => {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const { method, handler, call } = this.#options;
    try {
      const response = handler(method.request.decode(message) as never, call);
      if (response instanceof Promise) response.then(this.#answer, this.#fail);
      else this.#answer(response);
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #answer = (response: object | EncodedResponse): void => {
    try {
      this.#options.call.answer(frameResponse(this.#options.method, response));
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #fail = (error: unknown): void => {
    const { call, errorOf } = this.#options;
    call.fail(errorOf(error, call));
  };
}

/** Gives a reader the next bytes; the parts of a message count as kept until it is whole. */
function pushInto(reader: MessageReader, chunk: Buffer, { stream }: GrpcCall): void {
  const pendingBytes = reader.pendingBytes;
  reader.push(chunk);
  stream.keep(reader.pendingBytes - pendingBytes);
}

/** Whether the chunk is one message, uncompressed and not too large. */
function isWholeMessage(chunk: Buffer, maxBytes: number): boolean {
  if (chunk.length < FRAME_HEAD_BYTES || chunk[0] !== 0) return false;
  const length = chunk.readUInt32BE(1);
  return length === chunk.length - FRAME_HEAD_BYTES && length <= maxBytes;
}

/** A call of many requests or responses. */
export class StreamExchange implements StreamListener {
  readonly #options: ExchangeOptions<StreamHandler>;
  readonly #requests: RequestQueue<object>;
  readonly #reader: MessageReader;

  constructor(options: ExchangeOptions<StreamHandler>) {
    this.#options = options;
    const { maxBytes, encoding, method, call } = options;
    this.#requests = new RequestQueue((bytes) => call.stream.release(bytes));
    this.#reader = new MessageReader({
      maxBytes,
      encoding,
      onMessage: (message) => {
        this.#requests.push(method.request.decode(message), message.length);
        call.stream.keep(message.length);
      },
    });
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  onData(chunk: Buffer): void {
    try {
      pushInto(this.#reader, chunk, this.#options.call);
    } catch (error) {
      this.#fail(error);
    }
  }

  onEnd(): void {
    this.#requests.end();
  }

  onClose(): void {
    this.#requests.end();
    this.#options.call.closed();
  }

  #fail(error: unknown): void {
    const { call, errorOf } = this.#options;
    call.fail(errorOf(error, call));
  }

  async #run(): Promise<void> {
    const { call, method, handler } = this.#options;
    const responses = handler(this.#requests as AsyncIterable<never>, call);
    for await (const response of responses) {
      if (call.stream.isClosed) return;
      await call.send(frameResponse(method, response));
    }
    call.end();
  }
}
