import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { diffLines, readableDiff } from "./differ.js";

describe("diffLines()", () => {
  it("finds nothing between equal lists", () => {
    const kinds = diffLines(["a", "b"], ["a", "b"]).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["same", "same"]);
  });

  it("removes and adds as little as possible", () => {
    const lines = diffLines(["a", "b", "c"], ["a", "x", "c", "d"]);
    const shown = lines.map(({ kind, text }) => `${kind} ${text}`);
    assert.deepEqual(shown, ["same a", "expected b", "actual x", "same c", "actual d"]);
  });

  it("shows two items that changed places", () => {
    const lines = diffLines(["a", "b"], ["b", "a"]);
    assert.equal(lines.filter(({ kind }) => kind !== "same").length, 2);
  });
});

describe("readableDiff()", () => {
  it("is empty for equal values", () => {
    assert.equal(readableDiff({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), "");
  });

  it("shows what is missing, what came instead, and leaves out what is far away", () => {
    const far = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, index]));
    const diff = readableDiff({ ...far, end: "expected" }, { ...far, end: "actual" });
    assert.match(diff, /^- {3}"end": "expected"$/m);
    assert.match(diff, /^\+ {3}"end": "actual"$/m);
    assert.match(diff, /^…$/m);
    assert.doesNotMatch(diff, /k1\b/);
  });

  it("shows a whole value where the other side has none", () => {
    assert.match(readableDiff(undefined, { call: "X" }), /^\+ {3}"call": "X"$/m);
  });
});
