import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { simulate } from "./simulation.js";

describe("simulate()", () => {
  it("gives the same trace for the same seed", async () => {
    const first = await simulate({ seed: 42, workflowCount: 6 });
    const second = await simulate({ seed: 42, workflowCount: 6 });
    assert.equal(first.traceHash, second.traceHash);
    assert.ok(first.eventCount > 0);
  });

  it("gives different traces for different seeds", async () => {
    const first = await simulate({ seed: 1, workflowCount: 3 });
    const second = await simulate({ seed: 2, workflowCount: 3 });
    assert.notEqual(first.traceHash, second.traceHash);
  });

  it("crashes the server and loses nothing", async () => {
    let crashCount = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const result = await simulate({ seed, workflowCount: 8 });
      crashCount += result.crashCount;
    }
    assert.ok(crashCount > 0);
  });
});
