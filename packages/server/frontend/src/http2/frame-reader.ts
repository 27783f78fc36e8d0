import { FRAME_BYTES_DEFAULT, FRAME_HEAD_BYTES, FrameFlag, FrameType } from "./frame.js";
import { Http2ConnectionError, Http2ErrorCode, protocolBroken } from "./http2-error.js";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
/** A header block is never smaller than this limit because of one frame more. */
const HEADER_BLOCK_SLACK_BYTES = FRAME_BYTES_DEFAULT;

/** A frame that came; a header block in several frames is joined, and padding is cut off. */
export interface IncomingFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
  /** What it counts against the flow-control window: padding too. */
  readonly windowBytes: number;
}

interface OpenHeaders {
  readonly frame: IncomingFrame;
  readonly parts: Buffer[];
  sizeBytes: number;
}

/** Cuts the bytes of a connection into frames, and checks what each must be by itself. */
export class FrameReader {
  readonly #headerBytesMax: number;
  readonly #onFrame: (frame: IncomingFrame) => void;
  #pending: Buffer | undefined;
  #hasPreface = false;
  #hasSettings = false;
  #openHeaders: OpenHeaders | undefined;

  constructor(headerBytesMax: number, onFrame: (frame: IncomingFrame) => void) {
    this.#headerBytesMax = headerBytesMax;
    this.#onFrame = onFrame;
  }

  /**
   * Takes the next bytes. Payloads are views of them.
   *
   * @throws {Http2ConnectionError} They are not what a client may send.
   */
  push(chunk: Buffer): void {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = this.#hasPreface ? 0 : this.#readPreface(bytes);
    while (this.#hasPreface && bytes.length - at >= FRAME_HEAD_BYTES) {
      const length = bytes.readUIntBE(at, 3);
      if (length > FRAME_BYTES_DEFAULT) throw badSize();
      const end = at + FRAME_HEAD_BYTES + length;
      if (end > bytes.length) break;
      this.#read(bytes, at, end);
      at = end;
    }
    this.#pending = at === bytes.length ? undefined : bytes.subarray(at);
  }

  #readPreface(bytes: Buffer): number {
    const length = Math.min(bytes.length, PREFACE.length);
    if (bytes.compare(PREFACE, 0, length, 0, length) !== 0) throw protocolBroken("Not HTTP/2");
    this.#hasPreface = length === PREFACE.length;
    return this.#hasPreface ? PREFACE.length : 0;
  }

  #read(bytes: Buffer, at: number, end: number): void {
    const type = bytes[at + 3] ?? 0;
    const flags = bytes[at + 4] ?? 0;
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fffffff;
    const payload = bytes.subarray(at + FRAME_HEAD_BYTES, end);
    if (!this.#hasSettings && type !== FrameType.SETTINGS)
      throw protocolBroken("Settings come first");
    this.#hasSettings = true;
    if (this.#openHeaders !== undefined) {
      return this.#continue(this.#openHeaders, { type, flags, streamId, payload });
    }
    checkFrame(type, flags, { streamId, length: payload.length });
    const content = contentOf(type, flags, payload);
    const frame = { type, flags, streamId, payload: content, windowBytes: payload.length };
    if (type === FrameType.HEADERS && (flags & FrameFlag.END_HEADERS) === 0) {
      this.#openHeaders = { frame, parts: [content], sizeBytes: content.length };
    } else this.#onFrame(frame);
  }

  #continue(
    open: OpenHeaders,
    next: Pick<IncomingFrame, "type" | "flags" | "streamId" | "payload">,
  ): void {
    if (next.type !== FrameType.CONTINUATION || next.streamId !== open.frame.streamId) {
      throw protocolBroken("A header block goes on");
    }
    open.parts.push(next.payload);
    open.sizeBytes += next.payload.length;
    const isTooLarge = open.sizeBytes > this.#headerBytesMax + HEADER_BLOCK_SLACK_BYTES;
    // Without this limit, and one of pieces, a block without an end would fill the memory.
    if (isTooLarge || open.parts.length > open.sizeBytes / 16 + 16) {
      throw new Http2ConnectionError(Http2ErrorCode.ENHANCE_YOUR_CALM, "Header block too large");
    }
    if ((next.flags & FrameFlag.END_HEADERS) === 0) return;
    this.#openHeaders = undefined;
    this.#onFrame({ ...open.frame, payload: Buffer.concat(open.parts) });
  }
}

/** Lengths that frames of a type must have. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [FrameType.PRIORITY, 5],
  [FrameType.RST_STREAM, 4],
  [FrameType.PING, 8],
  [FrameType.WINDOW_UPDATE, 4],
]);

function checkFrame(
  type: number,
  flags: number,
  { streamId, length }: { readonly streamId: number; readonly length: number },
): void {
  switch (type) {
    case FrameType.DATA:
    case FrameType.HEADERS:
    case FrameType.RST_STREAM:
    case FrameType.PRIORITY:
      if (streamId === 0) throw protocolBroken("A frame of no stream");
      break;
    case FrameType.SETTINGS: {
      if (streamId !== 0) throw protocolBroken("Settings of a stream");
      const isAck = (flags & FrameFlag.ACK) !== 0;
      if (isAck ? length !== 0 : length % 6 !== 0) throw badSize();
      break;
    }
    case FrameType.PING:
    case FrameType.GOAWAY:
      if (streamId !== 0) throw protocolBroken("A connection's frame in a stream");
      break;
    case FrameType.PUSH_PROMISE:
    case FrameType.CONTINUATION:
      throw protocolBroken("A frame that clients do not send here");
    default:
      break;
  }
  const fixed = FIXED_BYTES.get(type);
  if (fixed !== undefined && length !== fixed) throw badSize();
}

/** What is left without padding and priority. */
function contentOf(type: number, flags: number, payload: Buffer): Buffer {
  if (type !== FrameType.DATA && type !== FrameType.HEADERS) return payload;
  let start = 0;
  let end = payload.length;
  if ((flags & FrameFlag.PADDED) !== 0) {
    end -= payload[0] ?? 0;
    start = 1;
  }
  if (type === FrameType.HEADERS && (flags & FrameFlag.PRIORITY) !== 0) start += 5;
  if (start > end) throw protocolBroken("Padding");
  return start === 0 && end === payload.length ? payload : payload.subarray(start, end);
}

function badSize(): Http2ConnectionError {
  return new Http2ConnectionError(Http2ErrorCode.FRAME_SIZE_ERROR, "Frame size");
}
