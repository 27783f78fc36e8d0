import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareText } from "./compare-text.js";

describe("compareText()", () => {
  it("orders as the UTF-8 bytes do", () => {
    const texts = [
      "",
      "a",
      "ab",
      "b",
      "z",
      "é",
      "\ud7ff",
      "\ue000",
      "\uffff",
      "😀",
      "😀a",
      "\u{10ffff}",
    ];
    for (const left of texts) {
      for (const right of texts) {
        const expected = Buffer.compare(Buffer.from(left), Buffer.from(right));
        assert.equal(Math.sign(compareText(left, right)), expected, `"${left}", "${right}"`);
      }
    }
  });
});
