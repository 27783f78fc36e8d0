import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "@perdure/kernel";
import { SortedList } from "./sorted-list.js";

describe("SortedList", () => {
  it("holds what a sorted set holds after any adds and removals", () => {
    const random = seededRandom(3);
    const list = new SortedList<number>((left, right) => left - right);
    const model = new Set<number>();
    for (let step = 0; step < 2_000; step++) {
      const item = Math.floor(random.next() * 200);
      if (random.next() < 0.5) {
        assert.equal(list.add(item), !model.has(item));
        model.add(item);
      } else {
        assert.equal(list.remove(item), model.has(item) ? item : undefined);
        model.delete(item);
      }
    }
    const sorted = [...model].sort((left, right) => left - right);
    assert.deepEqual(list.slice(0), sorted);
    assert.equal(list.size, sorted.length);
    assert.deepEqual(
      list.slice(list.firstIndex((item) => item >= 100)),
      sorted.filter((item) => item >= 100),
    );
  });
});
