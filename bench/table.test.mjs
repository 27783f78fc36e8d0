import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatConditions, formatTable } from "./table.mjs";

describe("formatTable()", () => {
  it("writes one line per row, with figures, ratio and verdict", () => {
    const rows = [
      { title: "a", target: "≤ 2", figures: [1, 10], ratio: 10, isMet: true },
      { title: "b", target: "≥ 9", figures: [1, undefined], ratio: undefined, isMet: false },
    ];
    const lines = formatTable(["ours", "theirs"], rows).split("\n");
    assert.deepEqual(lines, [
      "| figure | reach | ours | theirs | × official | met |",
      "| --- | --- | --: | --: | --: | --- |",
      "| a | ≤ 2 | 1.00 | 10.0 | 10.0 | yes |",
      "| b | ≥ 9 | 1.00 | – | – | **no** |",
    ]);
  });

  it("says why there is no figure", () => {
    const row = { title: "a", target: "≤ 2", figures: [undefined], note: "not implemented" };
    const line = formatTable(["ours"], [row]).split("\n").at(-1);
    assert.equal(line, "| a | ≤ 2 | n/a (not implemented) | – | n/a |");
  });
});

describe("formatConditions()", () => {
  it("lists them", () => {
    assert.equal(formatConditions({ disk: "fast", cores: 2 }), "- disk: fast\n- cores: 2");
  });
});
