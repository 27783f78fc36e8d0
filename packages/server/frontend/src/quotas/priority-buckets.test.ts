import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type CallRate, PriorityBuckets } from "./priority-buckets.js";

const RATE: CallRate = { perSecond: 10, burst: 20, firstShare: 0.2 };

/** How many calls of a priority get through, if a hundred are tried. */
function takeAll(buckets: PriorityBuckets, priority: number, nowMs: number): number {
  let count = 0;
  while (count < 100 && buckets.take(priority, nowMs, RATE)) count += 1;
  return count;
}

describe("PriorityBuckets", () => {
  it("takes a burst at first, then as many as the rate allows", () => {
    const buckets = new PriorityBuckets(3);
    assert.equal(takeAll(buckets, 1, 0), 20);
    assert.equal(takeAll(buckets, 1, 0), 0);
    assert.equal(takeAll(buckets, 1, 100), 1);
    assert.equal(takeAll(buckets, 1, 1_100), 10);
    assert.equal(takeAll(buckets, 1, 60_000), 20);
  });

  it("serves a priority before all that come after it", () => {
    const buckets = new PriorityBuckets(3);
    assert.equal(takeAll(buckets, 2, 0), 20);
    assert.equal(takeAll(buckets, 1, 0), 20, "low priorities take nothing from high ones");
    assert.equal(takeAll(buckets, 2, 1_000), 0, "high priorities leave a debt to low ones");
    assert.equal(takeAll(buckets, 2, 3_100), 11);
  });

  it("has a share of the rate for the first priority", () => {
    const buckets = new PriorityBuckets(2);
    assert.equal(takeAll(buckets, 0, 0), 20);
    assert.equal(takeAll(buckets, 0, 1_000), 2);
  });

  it("lets everything through without a rate", () => {
    const buckets = new PriorityBuckets(1);
    const rate = { ...RATE, perSecond: 0 };
    for (let call = 0; call < 100; call += 1) assert.ok(buckets.take(0, 0, rate));
  });

  it("fills nothing while the clock is behind", () => {
    const buckets = new PriorityBuckets(2);
    assert.equal(takeAll(buckets, 1, 10_000), 20);
    assert.equal(takeAll(buckets, 1, 5_000), 0);
    assert.equal(takeAll(buckets, 1, 10_100), 1);
  });

  it("takes a new rate at once", () => {
    const buckets = new PriorityBuckets(2);
    assert.ok(buckets.take(1, 0, RATE));
    const slow = { ...RATE, perSecond: 1, burst: 1 };
    assert.ok(buckets.take(1, 0, slow));
    assert.ok(!buckets.take(1, 0, slow));
  });
});
