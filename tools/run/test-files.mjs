/** Finds the unit tests. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { inRoot, isPresent, ROOT } from "./workspace.mjs";

const SOURCE_TEST = /\.test\.tsx?$/;
const TOOL_TEST = /\.test\.mjs$/;
/** In the conformance suites, only what needs no server is a unit test. */
const PLACES = ["packages", "tools", "bench", "conformance/differential/src/compare"];
const SKIPPED = new Set(["node_modules", "dist", ".cache", ".venv", "fixtures"]);

/**
 * Returns the compiled unit tests of all packages, and the tests of the tools and of the bench. It
 * starts from the sources, so that what a deleted test once compiled to is not run.
 *
 * @param {readonly string[]} folders - Relative to the repository; all packages when empty.
 * @returns {string[]} Paths relative to the repository, sorted.
 */
export function findTestFiles(folders = []) {
  const places = folders.length > 0 ? folders : PLACES;
  const files = places.filter((place) => isPresent(place)).flatMap((place) => [...walk(place)]);
  return files.sort();
}

function* walk(folder) {
  for (const entry of readdirSync(inRoot(folder), { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* walk(file);
    } else if (TOOL_TEST.test(entry.name)) {
      yield file;
    } else if (SOURCE_TEST.test(entry.name)) {
      yield compiledPath(file);
    }
  }
}

/** `packages/x/src/a/b.test.ts` is compiled to `packages/x/dist/a/b.test.js`. */
export function compiledPath(file) {
  const parts = path.relative(ROOT, inRoot(file)).split(path.sep);
  const folder = parts.findLastIndex((part) => part === "src" || part === "test");
  if (folder >= 0) parts[folder] = "dist";
  return parts.join("/").replace(SOURCE_TEST, ".test.js");
}
