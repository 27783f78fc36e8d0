import { randomFillSync } from "node:crypto";

/** The server's only source of randomness. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** Fills `target` with random bytes and returns it. */
  fill(target: Uint8Array): Uint8Array;
}

/** Bytes taken from the operating system at a time: one call serves 256 IDs. */
const POOL_BYTES = 4096;

/** Randomness of a real process, from the operating system. */
export function systemRandom(): Random {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  const fill = (target: Uint8Array): Uint8Array => {
    if (target.length > POOL_BYTES) return randomFillSync(target);
    if (used + target.length > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    target.set(pool.subarray(used, used + target.length));
    used += target.length;
    return target;
  };
  const word = new Uint8Array(4);
  const next = (): number => {
    fill(word);
    return new DataView(word.buffer).getUint32(0) / 2 ** 32;
  };
  return { next, fill };
}

/** Randomness that repeats itself: one seed gives one sequence (mulberry32). Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const fill = (target: Uint8Array): Uint8Array => {
    for (let index = 0; index < target.length; index++) target[index] = Math.floor(next() * 256);
    return target;
  };
  return { next, fill };
}
