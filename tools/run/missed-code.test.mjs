import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { missedLines, missedParts } from "./missed-code.mjs";

const range = (startOffset, endOffset, count) => ({ startOffset, endOffset, count });

describe("missedParts()", () => {
  it("finds what an inner range says was not run", () => {
    const functions = [{ ranges: [range(0, 20, 1), range(5, 9, 0)] }];
    assert.deepEqual(missedParts([functions], 20), [{ start: 5, end: 9 }]);
  });

  it("takes what any process ran for run", () => {
    const first = [{ ranges: [range(0, 20, 1), range(5, 9, 0), range(12, 20, 0)] }];
    const second = [{ ranges: [range(0, 20, 1), range(6, 15, 0)] }];
    assert.deepEqual(missedParts([first, second], 20), [
      { start: 6, end: 9 },
      { start: 12, end: 15 },
    ]);
  });

  it("finds everything in a script that nobody loaded", () => {
    assert.deepEqual(missedParts([], 4), [{ start: 0, end: 4 }]);
  });
});

describe("missedLines()", () => {
  it("tells lines of the source, and none for brackets", () => {
    const script = "if (a) {\n  b();\n}\n";
    // cspell:ignore AACA EACA
    // Each line of the output comes from the line below it in the source.
    const sourceMap = { version: 3, sources: ["a.ts"], names: [], mappings: "AACA;EACA;AACA" };
    const start = script.indexOf("b");
    assert.deepEqual(missedLines(script, sourceMap, [{ start, end: script.length }]), [3]);
    assert.deepEqual(missedLines(script, sourceMap, [{ start: 16, end: script.length }]), []);
  });
});
