import type { ConnectedClient } from "./connected-client.js";
import type { Http2ErrorCode } from "./http2-error.js";

/** Is told what the client does on a stream. */
export interface StreamListener {
  /** Takes data. What is not used up within the call is kept: see `ServerStream.keep`. */
  onData(chunk: Buffer): void;
  /** The client has sent everything. */
  onEnd(): void;
  /** The stream is over, whoever ended it and however. Called once, and last. */
  onClose(): void;
}

/** What a stream needs of its connection. */
export interface StreamCarrier {
  readonly client: ConnectedClient;
  sendHead(stream: ServerStream, block: Buffer): void;
  /** Sends a whole response at once if nothing holds it back. */
  trySendResponse(stream: ServerStream, response: Response): boolean;
  pump(stream: ServerStream): void;
  keep(stream: ServerStream, bytes: number): void;
  release(stream: ServerStream, bytes: number): void;
  reset(stream: ServerStream, code: Http2ErrorCode): void;
}

/** A whole response; header blocks are encoded. */
export interface Response {
  readonly head: Buffer;
  readonly body: Uint8Array;
  readonly trailers: Buffer;
}

/** A request and its response: one HTTP/2 stream, on the server's side. */
export class ServerStream {
  listener: StreamListener | undefined;
  /** Bytes that may be sent before the client allows more. */
  sendWindow: number;
  /** Bytes that came since the client was last allowed more. */
  uncreditedBytes = 0;
  /** Of them, the bytes that the listener keeps. */
  keptBytes = 0;
  isRemoteClosed = false;
  isLocalClosed = false;
  isClosed = false;
  /** Data that waits for the client to take it. */
  readonly unsent: Uint8Array[] = [];
  /** Trailers, once all data is given; an empty block ends the stream without any. */
  trailers: Buffer | undefined;
  readonly #carrier: StreamCarrier;
  #onDrain: (() => void) | undefined;

  constructor(
    readonly id: number,
    readonly headers: ReadonlyMap<string, string>,
    options: { readonly carrier: StreamCarrier; readonly sendWindow: number },
  ) {
    this.#carrier = options.carrier;
    this.sendWindow = options.sendWindow;
  }

  get client(): ConnectedClient {
    return this.#carrier.client;
  }

  /** Sends a whole response: nothing was sent before, and nothing is sent after. */
  respond(response: Response): void {
    if (this.isClosed || this.isLocalClosed) return;
    if (this.#carrier.trySendResponse(this, response)) return;
    this.sendHead(response.head);
    this.unsent.push(response.body);
    this.end(response.trailers);
  }

  /** Sends the response's headers; data and trailers follow. */
  sendHead(block: Buffer): void {
    if (!this.isClosed) this.#carrier.sendHead(this, block);
  }

  /** Sends data; resolves when the client can take more, or has gone. */
  write(data: Uint8Array): Promise<void> {
    if (this.isClosed || this.isLocalClosed) return Promise.resolve();
    this.unsent.push(data);
    this.#carrier.pump(this);
    if (this.unsent.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrain = resolve;
    });
  }

  /** Sends trailers behind all data. */
  end(trailers: Buffer): void {
    if (this.isClosed || this.isLocalClosed) return;
    this.trailers = trailers;
    this.#carrier.pump(this);
  }

  /**
   * The listener keeps bytes that came, and has not used them up: the client may not send others
   * in their place.
   */
  keep(bytes: number): void {
    if (!this.isClosed && bytes !== 0) this.#carrier.keep(this, bytes);
  }

  /** The listener has used up bytes that it kept. */
  release(bytes: number): void {
    if (!this.isClosed && bytes !== 0) this.#carrier.release(this, bytes);
  }

  /** Ends the stream at once. */
  reset(code: Http2ErrorCode): void {
    if (!this.isClosed) this.#carrier.reset(this, code);
  }

  /** Everything that waited was sent. */
  drained(): void {
    const onDrain = this.#onDrain;
    this.#onDrain = undefined;
    onDrain?.();
  }

  /** Called by the connection when the stream is over. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.unsent.length = 0;
    this.drained();
    this.listener?.onClose();
  }
}
