import { windowUpdateFrame } from "./control-frames.js";
import { FRAME_BYTES_DEFAULT } from "./frame.js";
import { flowControlBroken } from "./http2-error.js";
import type { Http2Output } from "./http2-output.js";
import type { ServerStream } from "./server-stream.js";
import { WINDOW_BYTES_DEFAULT } from "./stream-sender.js";

/** Streams whose whole window a connection can keep before it takes no more. */
const STREAMS_KEPT = 32;

/**
 * What a client may send ahead, on a connection and on each of its streams. It is allowed more
 * once what it sent is consumed, so that it can't fill the memory with what nobody reads.
 */
export class ReceiveWindows {
  readonly #output: Http2Output;
  readonly #streamBytes: number;
  readonly #connectionBytes: number;
  /** Bytes that the client may send on the connection before it is allowed more. */
  #left: number;
  /** Bytes that came and are not consumed. */
  #keptBytes = 0;

  constructor(output: Http2Output, streamBytes: number) {
    this.#output = output;
    this.#streamBytes = streamBytes;
    this.#connectionBytes = Math.max(streamBytes * STREAMS_KEPT, WINDOW_BYTES_DEFAULT);
    this.#left = this.#connectionBytes;
  }

  /** Allows the client what connections are allowed beyond the protocol's default. */
  open(): void {
    const more = this.#connectionBytes - WINDOW_BYTES_DEFAULT;
    if (more > 0) this.#output.send(windowUpdateFrame(0, more));
  }

  /**
   * Whether so much is kept that no whole stream's window is left: then the streams may wait for
   * each other for ever, because none can be sent to its end.
   */
  get isFull(): boolean {
    return this.#keptBytes > this.#connectionBytes - this.#streamBytes;
  }

  /**
   * Counts data that came.
   *
   * @throws {Http2ConnectionError} It is more than was allowed.
   */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw flowControlBroken();
  }

  /** Counts data that came on a stream and is not its last. Errors as `take`. */
  takeOf(stream: ServerStream, bytes: number): void {
    stream.uncreditedBytes += bytes;
    if (stream.uncreditedBytes > this.#streamBytes) throw flowControlBroken();
  }

  /** Counts what a stream keeps more, or (negative) less. */
  keep(stream: ServerStream, bytes: number): void {
    stream.keptBytes += bytes;
    this.#keptBytes += bytes;
  }

  /** Nothing more of the stream is kept. */
  forget(stream: ServerStream): void {
    if (stream.keptBytes === 0) return;
    this.keep(stream, -stream.keptBytes);
    this.credit();
  }

  /** Allows the client more on the connection for what was consumed, when that is worth it. */
  credit(): void {
    const due = this.#connectionBytes - this.#left - this.#keptBytes;
    if (!isDue(due, this.#left, this.#connectionBytes)) return;
    this.#output.send(windowUpdateFrame(0, due));
    this.#left += due;
  }

  /** As `credit`, on a stream that goes on. */
  creditStream(stream: ServerStream): void {
    const due = stream.uncreditedBytes - stream.keptBytes;
    if (!isDue(due, this.#streamBytes - stream.uncreditedBytes, this.#streamBytes)) return;
    this.#output.send(windowUpdateFrame(stream.id, due));
    stream.uncreditedBytes -= due;
  }
}

/** Whether `due` bytes of a window are worth a frame, when the client may send `left` more. */
function isDue(due: number, left: number, windowBytes: number): boolean {
  if (left > windowBytes / 2) return false;
  return due > 0 && due >= Math.min(FRAME_BYTES_DEFAULT, windowBytes / 2);
}
