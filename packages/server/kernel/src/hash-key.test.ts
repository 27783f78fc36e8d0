import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hashKey } from "./hash-key.js";

/**
 * MurmurHash3 x86 32 with seed 0, of namespace ID, a zero byte and business ID. Computed by an
 * implementation of its own, which gives the published vectors; stored rows depend on them.
 */
const VECTORS: readonly (readonly [string, string, number])[] = [
  ["", "", 0x514e28b7],
  ["n", "", 0x70e4f136],
  ["", "w", 0x3123b004],
  ["n", "w", 0xf8e9c608],
  ["namespace", "order-1", 0x6f0c3cc6],
  ["32049b68-7872-4094-8e63-d0dd59896a83", "order-12345", 0x0e614ff8],
  ["n", "ключ", 0x84f573d5],
  ["n", "🔑", 0xa416d0ed],
];

describe("hashKey()", () => {
  for (const [namespaceId, businessId, expected] of VECTORS) {
    it(`of ${JSON.stringify([namespaceId, businessId])} is ${expected}`, () => {
      assert.equal(hashKey(namespaceId, businessId), expected);
    });
  }

  it("tells where the namespace ends and the business ID begins", () => {
    assert.notEqual(hashKey("ab", "c"), hashKey("a", "bc"));
  });

  it("spreads keys over the whole range", () => {
    const quarters = [0, 0, 0, 0];
    for (let key = 0; key < 4_000; key++) {
      const quarter = Math.floor(hashKey("n", `order-${key}`) / 2 ** 30);
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }
    for (const count of quarters) assert.ok(count > 850 && count < 1_150, `${quarters}`);
  });
});
