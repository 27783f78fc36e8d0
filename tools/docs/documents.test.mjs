import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { inRoot, isPresent } from "../run/workspace.mjs";
import {
  codeBlocks,
  headingAnchors,
  links,
  mentionedPaths,
  mentionedScripts,
  namedSymbols,
} from "./markdown.mjs";

const SKIPPED = new Set(["node_modules", "dist", ".git", ".cache", ".venv"]);

/** Programs of the README by the name that stands before their code block. */
const PROGRAMS = new Map([
  ["activities.ts", "examples/hello-typescript/activities.ts"],
  ["workflows.ts", "examples/hello-typescript/workflows.ts"],
  ["main.ts", "examples/hello-typescript/main.ts"],
  ["hello.py", "examples/hello-python/hello.py"],
]);

const documents = [...findDocuments("")];
const scripts = JSON.parse(readFileSync(inRoot("package.json"), "utf8")).scripts;

function* findDocuments(folder) {
  for (const entry of readdirSync(inRoot(folder), { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* findDocuments(file);
    } else if (entry.name.endsWith(".md")) {
      yield file;
    }
  }
}

const textOf = (file) => readFileSync(inRoot(file), "utf8");

/** What a relative link of `document` points at: a file of the repository and an anchor in it. */
function resolveLink(document, target) {
  const [file, anchor] = target.split("#");
  const place = file === "" ? document : path.join(path.dirname(document), decodeURI(file));
  return { place, anchor };
}

describe("the documents", () => {
  it("are found", () => assert.ok(documents.includes("README.md") && documents.length > 10));

  for (const document of documents) {
    it(`${document} links to files and headings that exist`, () => {
      const broken = links(textOf(document)).filter((target) => {
        const { place, anchor } = resolveLink(document, target);
        if (!existsSync(inRoot(place))) return true;
        if (anchor === undefined || !place.endsWith(".md")) return false;
        return !headingAnchors(textOf(place)).has(anchor);
      });
      assert.deepEqual(broken, [], "Correct these links, or the place that they led to");
    });

    it(`${document} mentions npm scripts and repository paths that exist`, () => {
      const text = textOf(document);
      const unknown = mentionedScripts(text).filter((name) => scripts[name] === undefined);
      const missing = mentionedPaths(text).filter((place) => !isPresent(place));
      assert.deepEqual([...unknown, ...missing], [], "Correct these names");
    });
  }

  it("the tour names functions that are in the files it links", () => {
    const moved = namedSymbols(textOf("docs/tour.md")).filter(({ symbol, target }) => {
      const { place } = resolveLink("docs/tour.md", target);
      return !new RegExp(`(^|[^\\w#])${symbol}\\b`, "m").test(textOf(place));
    });
    assert.deepEqual(moved, [], "Correct the tour: these have moved or changed their names");
  });

  it("the README's programs are those of examples/, which the tests run", () => {
    const blocks = codeBlocks(textOf("README.md"));
    for (const [name, file] of PROGRAMS) {
      const block = blocks.find(({ title }) => title === `\`${name}\``);
      assert.equal(block?.code, textOf(file), `README.md differs from ${file}`);
    }
  });
});
