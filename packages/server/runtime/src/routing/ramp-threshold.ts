import { invariant } from "@perdure/kernel";

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const ADDEND = 0xe6546b64;

/**
 * Where a workflow ID stands in [0, 100): it belongs to a ramp of at least so many percent. It is
 * that of the official server, so that a move to another server leaves workflows where they are.
 */
export function rampThreshold(workflowId: string): number {
  return (100 * fingerprint32(Buffer.from(workflowId))) / 2 ** 32;
}

/** The 32-bit fingerprint of FarmHash. Source: its published algorithm. */
export function fingerprint32(bytes: Buffer): number {
  const { length } = bytes;
  if (length <= 4) return hashUpTo4(bytes);
  if (length <= 12) return hash5To12(bytes);
  if (length <= 24) return hash13To24(bytes);
  return hashLong(bytes);
}

function rotate(value: number, shift: number): number {
  return shift === 0 ? value >>> 0 : ((value >>> shift) | (value << (32 - shift))) >>> 0;
}

function murmur(value: number, hash: number): number {
  const mixed = Math.imul(rotate(Math.imul(value, C1), 17), C2);
  return (Math.imul(rotate(hash ^ mixed, 19), 5) + ADDEND) >>> 0;
}

function finish(value: number): number {
  let hash = value >>> 0;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hashUpTo4(bytes: Buffer): number {
  let b = 0;
  let c = 9;
  for (const byte of bytes) {
    b = (Math.imul(b, C1) + ((byte << 24) >> 24)) >>> 0;
    c = (c ^ b) >>> 0;
  }
  return finish(murmur(b, murmur(bytes.length, c)));
}

function hash5To12(bytes: Buffer): number {
  const { length } = bytes;
  const a = length + bytes.readUInt32LE(0);
  const b = length * 5 + bytes.readUInt32LE(length - 4);
  const c = 9 + bytes.readUInt32LE((length >>> 1) & 4);
  return finish(murmur(c, murmur(b, murmur(a, length * 5))));
}

function hash13To24(bytes: Buffer): number {
  const { length } = bytes;
  let a = bytes.readUInt32LE((length >>> 1) - 4);
  const b = bytes.readUInt32LE(4);
  const c = bytes.readUInt32LE(length - 8);
  const d = bytes.readUInt32LE(length >>> 1);
  const e = bytes.readUInt32LE(0);
  const f = bytes.readUInt32LE(length - 4);
  let hash = (Math.imul(d, C1) + length) >>> 0;
  a = (rotate(a, 12) + f) >>> 0;
  hash = (murmur(c, hash) + a) >>> 0;
  a = (rotate(a, 3) + c) >>> 0;
  hash = (murmur(e, hash) + a) >>> 0;
  a = (rotate((a + f) >>> 0, 12) + d) >>> 0;
  hash = (murmur(b, hash) + a) >>> 0;
  return finish(hash);
}

function mix(value: number): number {
  return Math.imul(rotate(Math.imul(value, C1), 17), C2) >>> 0;
}

function hashLong(bytes: Buffer): number {
  const { length } = bytes;
  invariant(length > 24, "Shorter texts are hashed otherwise");
  const tail = (back: number): number => mix(bytes.readUInt32LE(length - back));
  const step = (hash: number, added: number): number =>
    (Math.imul(rotate(hash ^ added, 19), 5) + ADDEND) >>> 0;
  let h = step(step(length, tail(4)), tail(16));
  let g = step(step(Math.imul(C1, length) >>> 0, tail(8)), tail(12));
  let f = (rotate((Math.imul(C1, length) + tail(20)) >>> 0, 19) + 113) >>> 0;
  for (let block = 0, at = 0; block < Math.floor((length - 1) / 20); block += 1, at += 20) {
    const [a, b, c, d, e] = [0, 4, 8, 12, 16].map((offset) => bytes.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    h = (murmur(d, (h + a) >>> 0) + e) >>> 0;
    g = (murmur(c, (g + b) >>> 0) + a) >>> 0;
    f = (murmur((b + Math.imul(e, C1)) >>> 0, (f + c) >>> 0) + d) >>> 0;
    f = (f + g) >>> 0;
    g = (g + f) >>> 0;
  }
  g = Math.imul(rotate(Math.imul(rotate(g, 11), C1), 17), C1) >>> 0;
  f = Math.imul(rotate(Math.imul(rotate(f, 11), C1), 17), C1) >>> 0;
  h = (Math.imul(rotate((h + g) >>> 0, 19), 5) + ADDEND) >>> 0;
  h = Math.imul(rotate(h, 17), C1) >>> 0;
  h = (Math.imul(rotate((h + f) >>> 0, 19), 5) + ADDEND) >>> 0;
  return Math.imul(rotate(h, 17), C1) >>> 0;
}
