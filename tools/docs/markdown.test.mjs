import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  codeBlocks,
  headingAnchors,
  links,
  mentionedPaths,
  mentionedScripts,
  namedSymbols,
} from "./markdown.mjs";

const lines = (...all) => `${all.join("\n")}\n`;

describe("links()", () => {
  it("finds relative targets and leaves out addresses and code", () => {
    const text = lines("[a](b.md#c) [d](https://e.org)", "```md", "[f](g.md)", "```", "[h](#i)");
    assert.deepEqual(links(text), ["b.md#c", "#i"]);
  });
});

describe("headingAnchors()", () => {
  it("makes anchors of headings, numbered when they repeat", () => {
    const text = lines("# One `two`, three", "## Run", "## Run", "```sh", "# no heading", "```");
    assert.deepEqual([...headingAnchors(text)], ["one-two-three", "run", "run-1"]);
  });
});

describe("codeBlocks()", () => {
  it("gives the code with the line before it", () => {
    const text = lines("`a.ts`", "", "```ts", "one();", "", "two();", "```");
    assert.deepEqual(codeBlocks(text), [
      { title: "`a.ts`", language: "ts", code: "one();\n\ntwo();\n" },
    ]);
  });
});

describe("namedSymbols()", () => {
  it("finds links whose text is a name", () => {
    const text = "[`#run`](../a.ts) and [`b.ts`](../b.ts) and [words](../c.ts)";
    assert.deepEqual(namedSymbols(text), [{ symbol: "#run", target: "../a.ts" }]);
  });
});

describe("mentionedScripts()", () => {
  it("finds scripts of the repository and not those of a workspace", () => {
    const text = lines("`npm run test:unit -- a` and", "npm run other -w @perdure/x");
    assert.deepEqual(mentionedScripts(text), ["test:unit"]);
  });
});

describe("mentionedPaths()", () => {
  it("finds paths of the repository that no build makes", () => {
    const text =
      "`node tools/run/build.mjs`, packages/proto/dist/a.js, ../docs/x.md, [d](docs/y.md)";
    assert.deepEqual(mentionedPaths(text), ["tools/run/build.mjs"]);
  });
});
