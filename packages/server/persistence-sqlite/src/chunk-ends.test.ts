import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "@perdure/kernel";
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, CHUNK_BYTES_NORMAL, chunkEnds } from "./chunk-ends.js";

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

function noise(seed: number, length: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => Math.floor(random.next() * 256));
}

/** The chunks of a value as text, to be looked for in those of another. */
function chunksOf(bytes: Uint8Array): string[] {
  const ends = chunkEnds(bytes);
  return ends.map((end, index) =>
    Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end)).toString("latin1"),
  );
}

function lengthsOf(bytes: Uint8Array): number[] {
  const ends = chunkEnds(bytes);
  return ends.map((end, index) => end - (ends[index - 1] ?? 0));
}

describe("chunkEnds()", () => {
  it("covers every value with chunks of the lengths that it promises", () => {
    const lengths = [0, 1, CHUNK_BYTES_MIN, CHUNK_BYTES_MIN + 1, CHUNK_BYTES_MAX, 100_000];
    for (const length of lengths) {
      for (const value of [noise(length, length), new Uint8Array(length)]) {
        const found = lengthsOf(value);
        assert.equal(chunkEnds(value).at(-1) ?? 0, length);
        assert.ok(found.every((size) => size > 0 && size <= CHUNK_BYTES_MAX));
        assert.ok(found.slice(0, -1).every((size) => size >= CHUNK_BYTES_MIN));
      }
    }
  });

  it("makes chunks of about the normal length", () => {
    const found = lengthsOf(noise(1, 2_000_000));
    const mean = 2_000_000 / found.length;
    assert.ok(mean > 0.7 * CHUNK_BYTES_NORMAL && mean < 1.8 * CHUNK_BYTES_NORMAL, `${mean}`);
  });

  for (const seed of SEEDS) {
    it(`finds the same chunks again around any edit, seed ${seed}`, () => {
      const random = seededRandom(seed);
      const value = noise(seed, 200_000);
      const at = Math.floor(random.next() * value.length);
      const removed = Math.floor(random.next() * 200);
      const added = noise(seed + 1_000, Math.floor(random.next() * 200));
      const edited = Buffer.concat([value.subarray(0, at), added, value.subarray(at + removed)]);
      const known = new Set(chunksOf(value));
      const newBytes = chunksOf(edited)
        .filter((chunk) => !known.has(chunk))
        .reduce((sum, chunk) => sum + chunk.length, 0);
      assert.ok(newBytes <= 6 * CHUNK_BYTES_MAX, `${newBytes} bytes are new`);
    });
  }
});
