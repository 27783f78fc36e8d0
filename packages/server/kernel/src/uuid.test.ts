import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Random, seededRandom, systemRandom } from "./random.js";
import { formatUuid, isUuid, parseUuid, uuidV7 } from "./uuid.js";

const ONES: Random = { next: () => 0, fill: (target) => target.fill(0xff) };
const ZEROS: Random = { next: () => 0, fill: (target) => target.fill(0) };

describe("uuidV7()", () => {
  it("has the time, version and variant of RFC 9562", () => {
    // The example of the RFC's appendix is of 2022-02-22 14:22:22 in New York.
    assert.equal(uuidV7(0x017f22e279b0, ZEROS), "017f22e2-79b0-7000-8000-000000000000");
    assert.equal(uuidV7(0x017f22e279b0, ONES), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  });

  it("sorts by time", () => {
    const random = seededRandom(5);
    const times = [0, 1, 2 ** 32 - 1, 2 ** 32, 1_700_000_000_000, 2 ** 47];
    const ids = times.map((timeMs) => uuidV7(timeMs, random));
    assert.deepEqual([...ids].sort(), ids);
  });

  it("is another one each time", () => {
    const random = systemRandom();
    const ids = new Set(Array.from({ length: 5_000 }, () => uuidV7(1_700_000_000_000, random)));
    assert.equal(ids.size, 5_000);
  });
});

describe("parseUuid()", () => {
  it("reads what formatUuid() writes, in either case", () => {
    const bytes = seededRandom(1).fill(new Uint8Array(16));
    const text = formatUuid(bytes);
    assert.deepEqual(parseUuid(text), bytes);
    assert.deepEqual(parseUuid(text.toUpperCase()), bytes);
  });

  it("reads nothing else", () => {
    const bad = ["", "order-1", "0".repeat(36), "017f22e279b0700080000000000000000000"];
    const almost = "017f22e2-79b0-7000-8000-00000000000g";
    for (const text of [...bad, almost, ` ${almost}`]) {
      assert.equal(parseUuid(text), undefined);
      assert.equal(isUuid(text), false);
    }
  });
});

describe("seededRandom()", () => {
  it("repeats itself for one seed, and differs for another", () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    assert.ok(draw(3).every((value) => value >= 0 && value < 1));
  });
});

describe("systemRandom()", () => {
  it("fills small and large arrays", () => {
    const random = systemRandom();
    for (const size of [1, 16, 4096, 10_000]) {
      const filled = random.fill(new Uint8Array(size));
      assert.equal(filled.length, size);
      if (size > 16) assert.ok(new Set(filled).size > 16);
    }
  });

  it("gives numbers in [0, 1)", () => {
    const random = systemRandom();
    const values = Array.from({ length: 2_000 }, () => random.next());
    assert.ok(values.every((value) => value >= 0 && value < 1));
    assert.ok(values.some((value) => value < 0.1) && values.some((value) => value > 0.9));
  });
});
