import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SourceFile } from "../source-file.mjs";
import { checkText } from "./text.mjs";

const check = (text, path = "packages/a/b/src/c.ts") =>
  checkText(new SourceFile(path, text)).map(({ line, message }) => `${line} ${message}`);
const words = (columns) => "word ".repeat(columns / 5 + 1);

describe("checkText()", () => {
  it("refuses comments and code of more than 100 columns", () => {
    assert.deepEqual(check(`const a = 1;\n// ${words(100)}`), [
      "2 108 columns, at most 100: break the line",
    ]);
    assert.equal(check(`const sum = ${"value + ".repeat(12)}value;`).length, 1);
  });

  it("accepts long lines that cannot be broken", () => {
    assert.deepEqual(check(`// See https://example.com/${"a".repeat(100)}`), []);
    assert.deepEqual(check(`import { name } from "${"a".repeat(100)}";`), []);
    assert.deepEqual(check(`const text = "${words(100)}";`), []);
    assert.deepEqual(check(words(200), "README.md"), []);
  });

  it("refuses marks of work to do without an issue", () => {
    for (const mark of ["TODO", "FIXME", "XXX", "HACK"]) {
      assert.match(check(`// ${mark}: later`)[0], new RegExp(`1 ${mark} without an issue`));
    }
    assert.deepEqual(check("// TODO(#12): later"), []);
    assert.deepEqual(check("const todoList = [];"), []);
  });

  it("refuses file names that say nothing", () => {
    for (const name of ["utils.ts", "helpers.ts", "types.ts", "manager.ts"]) {
      assert.match(check("", `packages/a/b/src/${name}`)[0], /name the thing/);
    }
    assert.deepEqual(check("", "packages/a/b/src/event-types.ts"), []);
  });
});
