import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SourceFile } from "./source-file.mjs";

describe("SourceFile", () => {
  it("tells product code from tests and from what only tests use", () => {
    const product = "packages/server/kernel/src/clock.ts";
    const others = [
      "packages/server/kernel/src/clock.test.ts",
      "packages/proto/src/testing/reference.ts",
      "packages/server/persistence/src/contract/store-contract.ts",
      "packages/proto/generator/generate.mjs",
      "tools/run/build.mjs",
      "packages/server/kernel/README.md",
    ];
    assert.equal(new SourceFile(product, "").isProductCode, true);
    for (const path of others) assert.equal(new SourceFile(path, "").isProductCode, false, path);
  });

  it("counts lines from 1", () => {
    const file = new SourceFile("a.ts", "one\ntwo\nthree\n");
    assert.deepEqual(
      [0, 3, 4, 8].map((offset) => file.lineAt(offset)),
      [1, 1, 2, 3],
    );
    assert.equal(file.lines.length, 3);
  });

  it("names the file that cannot be parsed", () => {
    const file = new SourceFile("broken.ts", "const = 1;");
    assert.throws(() => file.program, /Cannot parse "broken\.ts"/);
  });
});
