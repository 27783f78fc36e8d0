/** Chunks are at least this long, except the last of a value. */
export const CHUNK_BYTES_MIN = 2 * 1024;
/** It is harder to find a boundary up to this length than beyond it, so most are about as long. */
export const CHUNK_BYTES_NORMAL = 4 * 1024;
export const CHUNK_BYTES_MAX = 16 * 1024;

/**
 * A boundary is where so many of the highest bits of the rolling hash are 0. The hash shifts by one
 * bit for each byte, so its highest bits depend on the last 32 bytes and on nothing before them.
 */
const STRICT_MASK = 0xfffc0000 | 0; // 14 bits
const LOOSE_MASK = 0xffc00000 | 0; // 10 bits

/**
 * Where the chunks of a value end. Boundaries depend on the bytes around them alone: after a
 * difference, two values get the same boundaries again within a few chunks.
 *
 * It is FastCDC: a gear hash, two masks, and no search below the minimum length. The stored chunks
 * do not depend on these choices, but values stored before a change share nothing with those after.
 */
export function chunkEnds(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  for (let start = 0; start < bytes.length; ) {
    start = chunkEnd(bytes, start);
    ends.push(start);
  }
  return ends;
}

function chunkEnd(bytes: Uint8Array, start: number): number {
  const end = Math.min(bytes.length, start + CHUNK_BYTES_MAX);
  const normalEnd = Math.min(end, start + CHUNK_BYTES_NORMAL);
  let at = Math.min(end, start + CHUNK_BYTES_MIN);
  let hash = 0;
  while (at < normalEnd) {
    hash = ((hash << 1) + gearOf(bytes, at++)) | 0;
    if ((hash & STRICT_MASK) === 0) return at;
  }
  while (at < end) {
    hash = ((hash << 1) + gearOf(bytes, at++)) | 0;
    if ((hash & LOOSE_MASK) === 0) return at;
  }
  return end;
}

/** A number of 32 random-looking bits for each value of a byte. */
const GEAR = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = Math.imul(byte + 1, 0x9e3779b9);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
});

function gearOf(bytes: Uint8Array, at: number): number {
  return GEAR[bytes[at] ?? 0] ?? 0;
}
