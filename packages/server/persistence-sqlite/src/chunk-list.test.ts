import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvariantError } from "@perdure/kernel";
import { decodeChunkList, encodeChunkList, toChunkRanges } from "./chunk-list.js";

describe("toChunkRanges()", () => {
  it("joins numbers that follow each other, and keeps their order", () => {
    assert.deepEqual(toChunkRanges([]), []);
    assert.deepEqual(toChunkRanges([7, 8, 9, 3, 4, 4, 10]), [
      { firstNo: 7, lastNo: 9 },
      { firstNo: 3, lastNo: 4 },
      { firstNo: 4, lastNo: 4 },
      { firstNo: 10, lastNo: 10 },
    ]);
  });
});

describe("decodeChunkList()", () => {
  it("gives back what was encoded", () => {
    const numbers = [0, 1, 127, 128, 16_384, 2 ** 31, 2 ** 52];
    for (const byteCount of numbers) {
      const ranges = numbers.map((firstNo) => ({ firstNo, lastNo: firstNo + byteCount / 2 }));
      const whole = ranges.filter(({ lastNo }) => Number.isInteger(lastNo));
      const list = { byteCount, ranges: whole };
      assert.deepEqual(decodeChunkList(encodeChunkList(list)), list);
    }
  });

  it("refuses bytes that are no list", () => {
    for (const bytes of [[], [200], [5, 1], [5, 1, 128]]) {
      assert.throws(() => decodeChunkList(Uint8Array.from(bytes)), InvariantError);
    }
  });
});
