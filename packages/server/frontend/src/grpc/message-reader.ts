import { gunzipSync } from "node:zlib";
import { GrpcError } from "./grpc-error.js";
import { GrpcStatusCode } from "./status-codes.js";

/** Bytes before each message: a flag and the length. */
export const FRAME_HEAD_BYTES = 5;

/** Parts of a message are joined early when there are so many, and they are so small on average. */
const CRUMBS_MIN = 64;
const CRUMB_BYTES = 1024;

export interface MessageReaderOptions {
  /** Largest message, compressed or not, bytes. */
  readonly maxBytes: number;
  /** Value of the `grpc-encoding` header. */
  readonly encoding: string | undefined;
  readonly onMessage: (message: Buffer) => void;
}

/** Cuts the bytes of a call into messages. A message that comes in one piece is not copied. */
export class MessageReader {
  readonly #options: MessageReaderOptions;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(options: MessageReaderOptions) {
    this.#options = options;
  }

  /** Whether bytes of a message have come, but not all of them; with how many. */
  get pendingBytes(): number {
    return this.#size;
  }

  /**
   * Takes the next bytes.
   *
   * @throws {GrpcError} They are not what a client may send.
   */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#size > 0) {
      this.#parts.push(chunk);
      this.#size += chunk.length;
      if (this.#size < this.#wantedBytes()) return this.#joinCrumbs();
      bytes = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#size = 0;
    }
    let at = 0;
    while (bytes.length - at >= FRAME_HEAD_BYTES) {
      const end = at + FRAME_HEAD_BYTES + this.#lengthAt(bytes, at);
      if (end > bytes.length) break;
      const flag = bytes[at] ?? 0;
      this.#options.onMessage(this.#unpack(flag, bytes.subarray(at + FRAME_HEAD_BYTES, end)));
      at = end;
    }
    if (at === bytes.length) return;
    this.#parts = [bytes.subarray(at)];
    this.#size = bytes.length - at;
  }

  /** Each part costs memory of its own: many small ones would cost more than the message. */
  #joinCrumbs(): void {
    const count = this.#parts.length;
    if (count < CRUMBS_MIN || this.#size > count * CRUMB_BYTES) return;
    this.#parts = [Buffer.concat(this.#parts)];
  }

  #wantedBytes(): number {
    const first = this.#parts[0];
    if (first === undefined || first.length < FRAME_HEAD_BYTES) return FRAME_HEAD_BYTES;
    return FRAME_HEAD_BYTES + this.#lengthAt(first, 0);
  }

  #lengthAt(bytes: Buffer, at: number): number {
    const flag = bytes[at] ?? 0;
    if (flag > 1) {
      const message = `grpc: received unexpected payload format ${flag}`;
      throw new GrpcError(GrpcStatusCode.INTERNAL, message);
    }
    const length = bytes.readUInt32BE(at + 1);
    const { maxBytes } = this.#options;
    if (length <= maxBytes) return length;
    throw new GrpcError(
      GrpcStatusCode.RESOURCE_EXHAUSTED,
      `grpc: received message larger than max (${length} vs. ${maxBytes})`,
    );
  }

  #unpack(flag: number, message: Buffer): Buffer {
    if (flag === 0) return message;
    const { encoding, maxBytes } = this.#options;
    if (encoding !== "gzip") {
      const text = "grpc: compressed flag set with identity or empty encoding";
      throw new GrpcError(GrpcStatusCode.INTERNAL, text);
    }
    try {
      const chunkSize = Math.min(Math.max(claimedBytes(message), CHUNK_BYTES_MIN), CHUNK_BYTES_MAX);
      return gunzipSync(message, { maxOutputLength: maxBytes, chunkSize });
    } catch (error) {
      if (error instanceof RangeError) {
        const text = `grpc: received message after decompression larger than max ${maxBytes}`;
        throw new GrpcError(GrpcStatusCode.RESOURCE_EXHAUSTED, text);
      }
      const text = "grpc: failed to decompress the message: gzip: invalid header";
      throw new GrpcError(GrpcStatusCode.INTERNAL, text);
    }
  }
}

/**
 * Sizes of the piece of memory that a message is unpacked into; there are as many as it needs.
 * With zlib's own 16 KiB for messages of a few hundred bytes most of the time went into memory.
 */
const CHUNK_BYTES_MIN = 64;
const CHUNK_BYTES_MAX = 64 * 1024;

/** How large a gzip message says that it is when unpacked (RFC 1952: its last four bytes). */
function claimedBytes(message: Buffer): number {
  return message.length < 4 ? 0 : message.readUInt32LE(message.length - 4);
}

/** Whether a client may name this encoding for its messages. */
export function isKnownEncoding(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === "identity" || encoding === "gzip";
}

/** What is wrong with a request that ended before its message did. */
export function unexpectedEnd(reader: MessageReader | undefined): GrpcError {
  const isInBody = (reader?.pendingBytes ?? 0) > FRAME_HEAD_BYTES;
  return new GrpcError(GrpcStatusCode.UNKNOWN, isInBody ? "unexpected EOF" : "EOF");
}
