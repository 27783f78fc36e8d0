import type { Socket } from "node:net";
import { FrameFlag, FrameType, makeFrame, writeFrameHead } from "./frame.js";
import { Http2ConnectionError, Http2ErrorCode } from "./http2-error.js";

/** Bytes that wait in the socket before data waits in its streams instead. */
const SOCKET_BYTES_MAX = 1024 * 1024;
/** Answers to control frames that may wait: a peer that never reads them is cut off. */
const UNSENT_CONTROL_FRAMES_MAX = 10_000;

/** The sending side of a connection: frames of one turn of the event loop leave in one write. */
export class Http2Output {
  readonly #socket: Socket;
  #frames: Buffer[] = [];
  #controlCount = 0;
  #isFlushDue = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether the peer takes no more for now; the socket's "drain" event tells the end of it. */
  get isCongested(): boolean {
    return this.#socket.writableLength > SOCKET_BYTES_MAX;
  }

  /** Sends whole frames. */
  send(frames: Buffer): void {
    this.#frames.push(frames);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(this.#flushSoon);
  }

  /**
   * Sends the answer to a frame of the peer's.
   *
   * @throws {Http2ConnectionError} Too many of them wait.
   */
  sendControl(frame: Buffer): void {
    this.#controlCount += 1;
    if (this.#controlCount > UNSENT_CONTROL_FRAMES_MAX) {
      throw new Http2ConnectionError(Http2ErrorCode.ENHANCE_YOUR_CALM, "Too many control frames");
    }
    this.send(frame);
  }

  /** Hands everything to the socket now. */
  flush(): void {
    this.#isFlushDue = false;
    const frames = this.#frames;
    const [first] = frames;
    if (first === undefined || this.#socket.destroyed) return;
    this.#frames = [];
    this.#socket.write(frames.length === 1 ? first : Buffer.concat(frames));
    if (!this.isCongested) this.#controlCount = 0;
  }

  readonly #flushSoon = (): void => {
    // A flush of the connection's end may have come first.
    if (this.#isFlushDue) this.flush();
  };
}

/** Makes the frames of a header block, which may be larger than one frame. */
export function headerFrames(
  streamId: number,
  block: Buffer,
  options: { readonly isEnd: boolean; readonly frameBytesMax: number },
): Buffer {
  const { frameBytesMax } = options;
  const endFlag = options.isEnd ? FrameFlag.END_STREAM : 0;
  if (block.length <= frameBytesMax) {
    const flags = FrameFlag.END_HEADERS | endFlag;
    return makeFrame({ type: FrameType.HEADERS, flags, streamId }, block);
  }
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += frameBytesMax) {
    const type = at === 0 ? FrameType.HEADERS : FrameType.CONTINUATION;
    const isLast = at + frameBytesMax >= block.length;
    const flags = (at === 0 ? endFlag : 0) | (isLast ? FrameFlag.END_HEADERS : 0);
    frames.push(makeFrame({ type, flags, streamId }, block.subarray(at, at + frameBytesMax)));
  }
  return Buffer.concat(frames);
}

/** Makes the frames of a response whose parts fit into one frame each. */
export function responseFrames(
  streamId: number,
  parts: { readonly head: Buffer; readonly body: Uint8Array; readonly trailers: Buffer },
): Buffer {
  const { head, body, trailers } = parts;
  const size = 3 * 9 + head.length + body.length + trailers.length;
  const frames = Buffer.allocUnsafe(size);
  const { HEADERS, DATA } = FrameType;
  const flags = FrameFlag.END_HEADERS;
  let at = writeFrameHead(frames, 0, { type: HEADERS, flags, streamId, length: head.length });
  frames.set(head, at);
  at += head.length;
  at = writeFrameHead(frames, at, { type: DATA, flags: 0, streamId, length: body.length });
  frames.set(body, at);
  at += body.length;
  const length = trailers.length;
  const endFlags = flags | FrameFlag.END_STREAM;
  at = writeFrameHead(frames, at, { type: HEADERS, flags: endFlags, streamId, length });
  frames.set(trailers, at);
  return frames;
}
