/** Sizes of files, functions and parameter lists. */
import { findFunctions } from "../functions.mjs";

/** Beyond `wanted` only what the baseline lists; beyond `most` only at its listed size or less. */
export const LIMITS = {
  file: { wanted: 300, most: 600, unit: "lines", advice: "split it by idea" },
  function: {
    wanted: 40,
    most: 70,
    unit: "lines",
    advice: "keep the branching here and move straight-line work into helpers",
  },
  parameters: {
    wanted: 3,
    most: 5,
    unit: "positional parameters",
    advice: "pass one object with names",
  },
};

/** These hold tests, as a module does, and are as long as their tests are many. */
const GROUPS = new Set(["describe()", "suite()"]);
/** These count by themselves, not for the function that registers them. */
const TESTS = new Set([...GROUPS, "it()", "test()"]);

/**
 * @typedef {object} Size
 * @property {"file" | "function" | "parameters"} kind
 * @property {string} key - Names the thing in the baseline.
 * @property {number} size
 * @property {number} line
 * @property {string} path
 */

/**
 * Returns what is larger than wanted.
 *
 * @param {import("../source-file.mjs").SourceFile} file
 * @returns {Size[]}
 */
export function measureSizes(file) {
  if (!file.isCode) return [];
  const { path } = file;
  const sizes = [{ kind: "file", key: path, size: file.lines.length, line: 1, path }];
  const functions = findFunctions(file);
  for (const found of functions) {
    const { name, node, start, isCallback } = found;
    const at = { key: `${path}#${name}`, line: file.lineAt(start), path };
    const size = ownLineCount(file, found, functions);
    if (!GROUPS.has(name)) sizes.push({ kind: "function", size, ...at });
    // The signature of a callback is its caller's choice.
    if (!isCallback) sizes.push({ kind: "parameters", size: parameterCount(node), ...at });
  }
  return sizes.filter(({ kind, size }) => size > LIMITS[kind].wanted);
}

/** The lines of a function without those of the tests in it. */
function ownLineCount(file, outer, functions) {
  let count = lineCount(file, outer);
  let coveredUntil = outer.start;
  for (const inner of functions) {
    const isInside = inner.start > coveredUntil && inner.end < outer.end;
    if (!isInside || !TESTS.has(inner.name)) continue;
    count -= lineCount(file, inner);
    coveredUntil = inner.end;
  }
  return count;
}

function lineCount(file, { start, end }) {
  return file.lineAt(end) - file.lineAt(start) + 1;
}

function parameterCount({ params }) {
  // TypeScript's `this` is no argument.
  return params.filter((parameter) => parameter.name !== "this").length;
}
