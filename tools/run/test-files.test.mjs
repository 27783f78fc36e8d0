import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compiledPath, findTestFiles } from "./test-files.mjs";

describe("compiledPath()", () => {
  it("points at the output of a source", () => {
    const cases = [
      ["packages/server/kernel/src/uuid.test.ts", "packages/server/kernel/dist/uuid.test.js"],
      ["packages/x/src/a/b.test.tsx", "packages/x/dist/a/b.test.js"],
      ["packages/x/test/whole.test.ts", "packages/x/dist/whole.test.js"],
    ];
    for (const [source, output] of cases) assert.equal(compiledPath(source), output);
  });
});

describe("findTestFiles()", () => {
  it("finds compiled tests of packages and tests of tools, sorted", () => {
    const files = findTestFiles(["tools/run", "packages/server/kernel"]);
    assert.ok(files.includes("tools/run/test-files.test.mjs"));
    assert.ok(files.includes("packages/server/kernel/dist/uuid.test.js"));
    assert.deepEqual([...files].sort(), files);
  });

  it("finds nothing where nothing is", () => {
    assert.deepEqual(findTestFiles(["no/such/folder"]), []);
  });
});
