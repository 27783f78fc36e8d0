import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SourceFile } from "../source-file.mjs";
import { measureSizes } from "./sizes.mjs";

const body = (count) => "  step();\n".repeat(count);
const measure = (text, path = "packages/a/b/src/c.ts") =>
  measureSizes(new SourceFile(path, text)).map(({ kind, key, size, line }) => ({
    kind,
    name: key.slice(path.length + 1),
    size,
    line,
  }));

describe("measureSizes()", () => {
  it("accepts what is exactly as large as wanted", () => {
    const text = `function exact(a, b, c) {\n${body(38)}}\n${"// line\n".repeat(260)}`;
    assert.deepEqual(measure(text), []);
  });

  it("reports a file of more than 300 lines", () => {
    const found = measure("// line\n".repeat(301));
    assert.deepEqual(found, [{ kind: "file", name: "", size: 301, line: 1 }]);
  });

  it("leaves files alone that hold no code", () => {
    assert.deepEqual(measure("line\n".repeat(400), "docs/long.md"), []);
  });

  it("names functions, methods, accessors and arrows of more than 40 lines", () => {
    const text = [
      `function plain() {\n${body(39)}}`,
      `class Store {\n  #load() {\n${body(39)}  }\n  close = () => {\n${body(39)}  };\n}`,
      `const arrow = async () => {\n${body(39)}};`,
      `const table = {\n  key() {\n${body(39)}  },\n};`,
    ].join("\n");
    const names = measure(text).map(({ name, size }) => [name, size]);
    assert.deepEqual(names, [
      ["plain", 41],
      ["Store.#load", 41],
      ["Store.close", 41],
      ["arrow", 41],
      ["key", 41],
    ]);
  });

  it("does not count tests for the function that registers them", () => {
    const test = `it("does", () => {\n${body(20)}});\n`;
    const text = `export function contract() {\n  describe("store", () => {\n${test.repeat(4)}});\n}`;
    assert.deepEqual(measure(text), []);
  });

  it("reports a test of more than 40 lines", () => {
    const found = measure(`describe("x", () => {\n  it("is long", () => {\n${body(39)}  });\n});`);
    assert.deepEqual(found, [{ kind: "function", name: "it()", size: 41, line: 2 }]);
  });

  it("reports more than three positional parameters, without TypeScript's this", () => {
    const found = measure(
      "function four(a, b, c, d) {}\nfunction three(this: X, a: A, b: B, c: C) {}",
    );
    assert.deepEqual(found, [{ kind: "parameters", name: "four", size: 4, line: 1 }]);
  });

  it("lets a callback have the parameters that its caller passes", () => {
    assert.deepEqual(measure("text.replace(/a/, (whole, a, b, offset) => whole);"), []);
  });

  it("ignores declarations without a body", () => {
    assert.deepEqual(measure("declare function four(a: A, b: A, c: A, d: A): void;"), []);
  });
});
