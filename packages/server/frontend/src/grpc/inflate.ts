import { BitReader } from "./bit-reader.js";
import { HuffmanCode } from "./huffman-code.js";

/** Lengths and distances of repeats (RFC 1951, section 3.2.5): extra bits, and first values. */
const LENGTH_EXTRA = extraBits(28, 2);
const LENGTH_BASE = firstValues(3, LENGTH_EXTRA);
const DISTANCE_EXTRA = extraBits(30, 1);
const DISTANCE_BASE = firstValues(1, DISTANCE_EXTRA);
/** The longest repeat has a code of its own. */
LENGTH_EXTRA.push(0);
LENGTH_BASE.push(258);

const END_OF_BLOCK = 256;
/** Lengths of codes are told in this order, by codes whose lengths come in this order. */
const LENGTH_CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const lengths = new Uint8Array(286 + 32 + 138);

interface Codes {
  readonly literals: HuffmanCode;
  readonly distances: HuffmanCode;
}

const FIXED_CODES: Codes = {
  literals: new HuffmanCode(288),
  distances: new HuffmanCode(30),
};
FIXED_CODES.literals.build(Uint8Array.from({ length: 288 }, fixedLength), 0, 288);
FIXED_CODES.distances.build(new Uint8Array(30).fill(5), 0, 30);
/** Built anew for each block that brings its own. */
const lengthCode = new HuffmanCode(19);
const OWN_CODES: Codes = {
  literals: new HuffmanCode(288),
  distances: new HuffmanCode(32),
};

function extraBits(count: number, shift: number): number[] {
  return Array.from({ length: count }, (_, code) => Math.max(0, (code >> shift) - 1));
}

function firstValues(first: number, extra: readonly number[]): number[] {
  let next = first;
  return extra.map((bits) => {
    const value = next;
    next += 1 << bits;
    return value;
  });
}

function fixedLength(_: unknown, symbol: number): number {
  if (symbol < 144) return 8;
  if (symbol < 256) return 9;
  return symbol < 280 ? 7 : 8;
}

/**
 * Unpacks DEFLATE data (RFC 1951) that gives exactly the bytes that `target` has room for. Tells
 * whether it did. Bytes that follow the last block are not looked at.
 */
export function inflate(packed: Uint8Array, target: Uint8Array): boolean {
  const input = new BitReader(packed);
  let end = 0;
  for (let isLast = false; !isLast; ) {
    isLast = input.take(1) === 1;
    end = readBlock(input, target, end);
    if (end < 0 || input.isOver) return false;
  }
  return end === target.length;
}

/** Appends a block to `target` at `end`. Returns the new end; -1 when it is malformed. */
function readBlock(input: BitReader, target: Uint8Array, end: number): number {
  switch (input.take(2)) {
    case 0:
      return readStored(input, target, end);
    case 1:
      return readCoded(input, FIXED_CODES, { target, end });
    case 2:
      return readCodes(input) ? readCoded(input, OWN_CODES, { target, end }) : -1;
    default:
      return -1;
  }
}

function readStored(input: BitReader, target: Uint8Array, end: number): number {
  const [low = 0, high = 0] = input.bytes(4);
  const count = low | (high << 8);
  if (end + count > target.length) return -1;
  target.set(input.bytes(count), end);
  return end + count;
}

function readCodes(input: BitReader): boolean {
  const literalCount = input.take(5) + 257;
  const distanceCount = input.take(5) + 1;
  const lengthCount = input.take(4) + 4;
  lengths.fill(0, 0, LENGTH_CODE_ORDER.length);
  for (let i = 0; i < lengthCount; i++) lengths[LENGTH_CODE_ORDER[i] ?? 0] = input.take(3);
  lengthCode.build(lengths, 0, LENGTH_CODE_ORDER.length);
  const count = literalCount + distanceCount;
  if (literalCount > 286 || !readLengths(input, count)) return false;
  OWN_CODES.literals.build(lengths, 0, literalCount);
  OWN_CODES.distances.build(lengths, literalCount, count);
  return true;
}

function readLengths(input: BitReader, count: number): boolean {
  let at = 0;
  while (at < count) {
    const symbol = input.symbol(lengthCode);
    if (symbol < 0 || input.isOver) return false;
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    const value = symbol === 16 ? (lengths[at - 1] ?? 0) : 0;
    const times = symbol === 18 ? 11 + input.take(7) : 3 + input.take(symbol === 17 ? 3 : 2);
    lengths.fill(value, at, at + times);
    at += times;
  }
  return at === count;
}

function readCoded(
  input: BitReader,
  codes: Codes,
  output: { readonly target: Uint8Array; readonly end: number },
): number {
  const { target } = output;
  let { end } = output;
  for (;;) {
    const symbol = input.symbol(codes.literals);
    if (symbol === END_OF_BLOCK) return end;
    if (symbol < 0 || input.isOver) return -1;
    if (symbol < END_OF_BLOCK) {
      if (end >= target.length) return -1;
      target[end++] = symbol;
      continue;
    }
    const repeat = symbol - END_OF_BLOCK - 1;
    const length = (LENGTH_BASE[repeat] ?? 0) + input.take(LENGTH_EXTRA[repeat] ?? 0);
    const code = input.symbol(codes.distances);
    const distance = (DISTANCE_BASE[code] ?? 0) + input.take(DISTANCE_EXTRA[code] ?? 0);
    if (distance === 0 || distance > end || end + length > target.length) return -1;
    for (const until = end + length; end < until; end++) target[end] = target[end - distance] ?? 0;
  }
}
