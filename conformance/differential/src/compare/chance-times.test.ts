import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withoutChance } from "./chance-times.js";

describe("withoutChance()", () => {
  it("takes two times that happen to be one for two, where two are expected", () => {
    const actual = { list: [{ originalStartTime: "<startTime>", startTime: "<time>" }] };
    const expected = { list: [{ originalStartTime: "<time>", startTime: "<time>" }] };
    assert.deepEqual(withoutChance(actual, expected), expected);
  });

  it("leaves times that must be one, and other fields", () => {
    const actual = { originalStartTime: "<time>", closeTime: "<startTime>" };
    const expected = { originalStartTime: "<startTime>", closeTime: "<time>" };
    assert.deepEqual(withoutChance(actual, expected), actual);
  });
});
