import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "@perdure/kernel";
import { Http2ConnectionError } from "./http2-error.js";
import { ResetBudget } from "./reset-budget.js";

/** Spends until nothing is left; returns how often that went well. */
function spendAll(budget: ResetBudget): number {
  for (let count = 0; ; count++) {
    try {
      budget.spend();
    } catch (error) {
      assert.ok(error instanceof Http2ConnectionError);
      return count;
    }
  }
}

describe("ResetBudget", () => {
  it("bears the end of a worker process with all its polls", () => {
    assert.equal(spendAll(new ResetBudget(new VirtualClock())), 10_000);
  });

  it("comes back with time, and never to more than it began with", () => {
    const clock = new VirtualClock();
    const budget = new ResetBudget(clock);
    spendAll(budget);
    clock.advance(501);
    assert.equal(spendAll(budget), 500);
    clock.advance(3_600_000);
    assert.equal(spendAll(budget), 10_000);
  });
});
