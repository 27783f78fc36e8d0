import { FRAME_BYTES_DEFAULT, FrameType, makeFrame } from "./frame.js";
import { flowControlBroken, protocolBroken } from "./http2-error.js";
import { type Http2Output, headerFrames, responseFrames } from "./http2-output.js";
import type { Response, ServerStream } from "./server-stream.js";

/** Bytes that may be sent ahead, on a stream and on a connection, before the client says more. */
export const WINDOW_BYTES_DEFAULT = 65_535;
export const WINDOW_BYTES_MAX = 2 ** 31 - 1;
/** Larger frames than this would keep other streams waiting. */
const FRAME_BYTES_MAX = FRAME_BYTES_DEFAULT * 4;

/** Sends the streams of one connection, as far as the client and the socket take it. */
export class StreamSender {
  readonly #output: Http2Output;
  readonly #onEnd: (stream: ServerStream) => void;
  /** Streams with data that waits for the client or the socket. */
  readonly #blocked = new Set<ServerStream>();
  #window = WINDOW_BYTES_DEFAULT;
  #streamWindow = WINDOW_BYTES_DEFAULT;
  #frameBytesMax = FRAME_BYTES_DEFAULT;

  /** @param onEnd - Called when everything of a stream is sent. */
  constructor(output: Http2Output, onEnd: (stream: ServerStream) => void) {
    this.#output = output;
    this.#onEnd = onEnd;
  }

  /** What a new stream may send ahead, bytes. */
  get streamWindow(): number {
    return this.#streamWindow;
  }

  /** Sends the headers of a response. */
  sendHead(stream: ServerStream, block: Buffer): void {
    const options = { isEnd: false, frameBytesMax: this.#frameBytesMax };
    this.#output.send(headerFrames(stream.id, block, options));
  }

  /** Sends a whole response at once; tells whether nothing held it back. */
  trySendResponse(stream: ServerStream, response: Response): boolean {
    const { length } = response.body;
    const isHeldBack =
      length > this.#frameBytesMax ||
      length > stream.sendWindow ||
      length > this.#window ||
      response.trailers.length > this.#frameBytesMax ||
      this.#output.isCongested;
    if (isHeldBack) return false;
    this.#window -= length;
    this.#output.send(responseFrames(stream.id, response));
    this.#onEnd(stream);
    return true;
  }

  /** Sends what a stream has to send. */
  pump(stream: ServerStream): void {
    if (stream.isClosed || stream.isLocalClosed) return;
    const { unsent } = stream;
    for (let data = unsent[0]; data !== undefined; data = unsent[0]) {
      const size = this.#sendableBytes(stream, data.length);
      if (data.length > 0 && size <= 0) {
        this.#blocked.add(stream);
        return;
      }
      const head = { type: FrameType.DATA, flags: 0, streamId: stream.id };
      this.#output.send(makeFrame(head, data.subarray(0, size)));
      this.#window -= size;
      stream.sendWindow -= size;
      if (size === data.length) unsent.shift();
      else unsent[0] = data.subarray(size);
    }
    this.#blocked.delete(stream);
    if (stream.trailers === undefined) return stream.drained();
    const options = { isEnd: true, frameBytesMax: this.#frameBytesMax };
    this.#output.send(headerFrames(stream.id, stream.trailers, options));
    this.#onEnd(stream);
  }

  /** Goes on with every stream that waited. */
  pumpAll(): void {
    for (const stream of this.#blocked) this.pump(stream);
  }

  /** The stream is over. */
  forget(stream: ServerStream): void {
    this.#blocked.delete(stream);
  }

  /**
   * The client allows more on the connection.
   *
   * @throws {Http2ConnectionError} It allows nothing, or too much.
   */
  allow(more: number): void {
    if (more === 0) throw protocolBroken("Window update of 0");
    this.#window += more;
    if (this.#window > WINDOW_BYTES_MAX) throw flowControlBroken();
    this.pumpAll();
  }

  /** The client has set what every stream may send ahead; those under way are corrected. */
  setStreamWindow(bytes: number, streams: Iterable<ServerStream>): void {
    if (bytes > WINDOW_BYTES_MAX) throw flowControlBroken();
    const change = bytes - this.#streamWindow;
    this.#streamWindow = bytes;
    for (const stream of streams) stream.sendWindow += change;
  }

  /** The client has set the largest frame that it takes. */
  setFrameBytes(bytes: number): void {
    if (bytes < FRAME_BYTES_DEFAULT || bytes >= 2 ** 24) throw protocolBroken("Frame size");
    this.#frameBytesMax = Math.min(bytes, FRAME_BYTES_MAX);
  }

  #sendableBytes(stream: ServerStream, wanted: number): number {
    if (this.#output.isCongested) return 0;
    return Math.min(wanted, stream.sendWindow, this.#window, this.#frameBytesMax);
  }
}
