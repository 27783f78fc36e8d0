import { InvariantError } from "@perdure/kernel";

/** Chunks with consecutive numbers. */
export interface ChunkRange {
  readonly firstNo: number;
  readonly lastNo: number;
}

/** What is stored in place of a large value: its length, and its chunks in order. */
export interface ChunkList {
  readonly byteCount: number;
  readonly ranges: readonly ChunkRange[];
}

/**
 * Joins numbers that follow each other. Chunks that came together have consecutive numbers, so a
 * value that repeats another is a few ranges.
 */
export function toChunkRanges(chunkNos: readonly number[]): ChunkRange[] {
  const ranges: ChunkRange[] = [];
  for (const chunkNo of chunkNos) {
    const last = ranges.at(-1);
    if (last?.lastNo === chunkNo - 1) ranges[ranges.length - 1] = { ...last, lastNo: chunkNo };
    else ranges.push({ firstNo: chunkNo, lastNo: chunkNo });
  }
  return ranges;
}

/** The stored form: numbers of base 128, the length first, then first number and count of each. */
export function encodeChunkList(list: ChunkList): Uint8Array {
  const bytes: number[] = [];
  pushNumber(bytes, list.byteCount);
  for (const { firstNo, lastNo } of list.ranges) {
    pushNumber(bytes, firstNo);
    pushNumber(bytes, lastNo - firstNo);
  }
  return Uint8Array.from(bytes);
}

/** @throws {InvariantError} The bytes are no list. */
export function decodeChunkList(bytes: Uint8Array): ChunkList {
  const numbers: number[] = [];
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte >= 0x80) continue;
    numbers.push(value);
    value = 0;
    factor = 1;
  }
  const [byteCount, ...pairs] = numbers;
  if (factor !== 1 || byteCount === undefined || pairs.length % 2 !== 0) {
    throw new InvariantError(`A list of chunks of ${bytes.length} bytes is damaged`);
  }
  const ranges: ChunkRange[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    const [firstNo = 0, beyondFirst = 0] = pairs.slice(index, index + 2);
    ranges.push({ firstNo, lastNo: firstNo + beyondFirst });
  }
  return { byteCount, ranges };
}

function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
