import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { readImports } from "./read-imports.mjs";

const SOURCES = {
  "packages/a/src/index.ts": [
    'import { readFile } from "node:fs/promises";',
    'import type { Shape } from "./shape.js";',
    'import { lost } from "./lost.js";',
    "export const all = [readFile, lost] as Shape[];",
  ].join("\n"),
  "packages/a/src/shape.ts": "export type Shape = object;",
};

describe("readImports()", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "perdure-arrows-"));
    for (const [file, text] of Object.entries(SOURCES)) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("follows values and types from .js to the .ts that it stands for", async () => {
    const imports = await readImports("packages", folder);
    const found = imports.map(({ module, to, isNode, isMissing }) => [
      module,
      to,
      isNode,
      isMissing,
    ]);
    assert.deepEqual(found.sort(), [
      ["./lost.js", "./lost.js", false, true],
      ["./shape.js", "packages/a/src/shape.ts", false, false],
      ["fs/promises", "fs/promises", true, false],
    ]);
  });
});
