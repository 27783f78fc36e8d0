import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareSizes, shrinkBaseline } from "./baseline.mjs";

const PATH = "packages/a/b/src/c.ts";
const KEY = `${PATH}#run`;
const functionOf = (size) => ({ kind: "function", key: KEY, size, line: 7, path: PATH });
const messages = (sizes, baseline) =>
  compareSizes(sizes, baseline).map(({ path, message }) => `${path} ${message}`);

describe("compareSizes()", () => {
  it("refuses a size that nothing allows, and says what to do", () => {
    const [problem] = compareSizes([functionOf(41)], {});
    assert.equal(problem.path, PATH);
    assert.equal(problem.line, 7);
    assert.match(problem.message, /"run" has 41 lines, at most 40: keep the branching here/);
  });

  it("lets what is listed grow up to the hard limit and no further", () => {
    const baseline = { function: { [KEY]: 50 } };
    assert.deepEqual(messages([functionOf(70)], baseline), []);
    assert.match(messages([functionOf(71)], baseline)[0], /has 71 lines, at most 40, and here 70/);
  });

  it("never lets grow what is beyond the hard limit", () => {
    const baseline = { function: { [KEY]: 90 } };
    assert.deepEqual(messages([functionOf(90)], baseline), []);
    assert.match(messages([functionOf(91)], baseline)[0], /and here 90/);
  });

  it("wants the baseline to follow what has shrunk beyond the hard limit", () => {
    assert.match(messages([functionOf(89)], { function: { [KEY]: 90 } })[0], /more than it needs/);
  });

  it("wants entries gone that nothing needs", () => {
    assert.match(messages([], { file: { [PATH]: 310 } })[0], /--shrink/);
  });

  it("takes the largest of those that share a name", () => {
    assert.equal(messages([functionOf(41), functionOf(60)], {}).length, 1);
  });
});

describe("shrinkBaseline()", () => {
  it("lowers and removes entries, and adds none", () => {
    const baseline = { function: { [KEY]: 90, [`${PATH}#gone`]: 45 }, file: {} };
    const shrunk = shrinkBaseline([functionOf(80), { ...functionOf(44), key: "new" }], baseline);
    assert.deepEqual(shrunk, { function: { [KEY]: 80 }, file: {} });
  });

  it("keeps an entry as it is when the thing has grown", () => {
    const baseline = { function: { [KEY]: 50 } };
    assert.deepEqual(shrinkBaseline([functionOf(60)], baseline), baseline);
  });
});
