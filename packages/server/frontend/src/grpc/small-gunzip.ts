import { crc32 } from "./crc32.js";
import { inflate } from "./inflate.js";

/** Larger messages go to zlib, which is faster per byte. */
const PACKED_BYTES_MAX = 4096;
const BYTES_MAX = 16_384;

const HEAD_BYTES = 10;
/** Checksum and length. */
const TAIL_BYTES = 8;

/**
 * Unpacks a small gzip file of one member without optional header fields, which is what gRPC
 * clients send. `undefined` when it is anything else, or damaged: zlib has the last word then.
 *
 * zlib's synchronous functions make a stream object with 40 KB outside the heap for each call,
 * which costs more than the unpacking, and again when it is collected.
 */
export function smallGunzip(file: Buffer): Buffer | undefined {
  const { length } = file;
  if (length < HEAD_BYTES + TAIL_BYTES || length > PACKED_BYTES_MAX) return undefined;
  const isPlain = file[0] === 0x1f && file[1] === 0x8b && file[2] === 8 && file[3] === 0;
  const size = file.readUInt32LE(length - 4);
  if (!isPlain || size > BYTES_MAX) return undefined;
  const bytes = Buffer.allocUnsafe(size);
  const isRead = inflate(file.subarray(HEAD_BYTES, length - TAIL_BYTES), bytes);
  return isRead && crc32(bytes) === file.readUInt32LE(length - TAIL_BYTES) ? bytes : undefined;
}
