import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatNumber, isMet, median, ratio, readLoadgenOutput } from "./figures.mjs";

describe("median()", () => {
  for (const { values, expected } of [
    { values: [], expected: undefined },
    { values: [3], expected: 3 },
    { values: [10, 9, 1], expected: 9 },
    { values: [100, 20, 3, 1], expected: 11.5 },
  ]) {
    it(`gives ${expected} for [${values}]`, () => assert.equal(median(values), expected));
  }
});

describe("ratio()", () => {
  it("is above 1 when ours is the higher and more is better", () => {
    assert.equal(ratio(1200, 100, "more"), 12);
  });

  it("is above 1 when ours is the lower and less is better", () => {
    assert.equal(ratio(0.5, 4, "less"), 8);
  });

  it("is not there without both figures, or without a divisor", () => {
    assert.equal(ratio(undefined, 4, "less"), undefined);
    assert.equal(ratio(3, undefined, "less"), undefined);
    assert.equal(ratio(3, 0, "more"), undefined);
  });
});

describe("isMet()", () => {
  it("meets a limit that it equals", () => {
    assert.equal(isMet(1.2, 1.2, "less"), true);
    assert.equal(isMet(12, 12, "more"), true);
  });

  it("misses a limit on its wrong side", () => {
    assert.equal(isMet(1.21, 1.2, "less"), false);
    assert.equal(isMet(11.9, 12, "more"), false);
  });

  it("says nothing without a figure or without a limit", () => {
    assert.equal(isMet(undefined, 1, "less"), undefined);
    assert.equal(isMet(1, undefined, "less"), undefined);
  });
});

describe("formatNumber()", () => {
  for (const [value, text] of [
    [undefined, "n/a"],
    [0.4567, "0.46"],
    [12.345, "12.3"],
    [345.6, "346"],
    [12345.6, "12,346"],
  ]) {
    it(`writes ${value} as "${text}"`, () => assert.equal(formatNumber(value), text));
  }
});

describe("readLoadgenOutput()", () => {
  it("takes the last line", () => {
    const output = 'Starting\n{"per_s":7}\n';
    assert.deepEqual(readLoadgenOutput(output), { result: { per_s: 7 } });
  });

  for (const { name, output, problem } of [
    { name: "an error", output: '{"error":"unimplemented"}', problem: "unimplemented" },
    {
      name: "failed operations",
      output: '{"per_s":7,"errors":2,"last_error":"busy"}',
      problem: "2 errors: busy",
    },
    {
      name: "work that never ended",
      output: '{"per_s":7,"stuck":true}',
      problem: "Work was left over at the end",
    },
    { name: "no JSON", output: "panic: x", problem: 'No result in "panic: x"' },
    { name: "nothing at all", output: "", problem: 'No result in ""' },
  ]) {
    it(`reports ${name} instead of a result`, () => {
      assert.deepEqual(readLoadgenOutput(output), { problem });
    });
  }
});
