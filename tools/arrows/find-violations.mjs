/** Compares the imports of all packages with the import table. */
import { fits, IMPORT_TABLE, PURE_PACKAGES } from "./import-table.mjs";

const PACKAGE = /^packages\/(proto|[^/]+\/[^/]+)\//;
const PUBLIC_OUTPUT = /\/dist\//;
const TEST = /(\.test\.tsx?$)|(\/(testing|test)\/)/;
const ENTRY = /^packages\/(proto|[^/]+\/[^/]+)\/src\/(index|main)\.tsx?$/;

/**
 * @typedef {object} Import
 * @property {string} from - The file that imports, relative to the repository.
 * @property {string} module - What it wrote.
 * @property {string} to - The file that this means, or the name of a module of Node.js.
 * @property {boolean} isNode - Whether it is a module of Node.js.
 * @property {boolean} isMissing - Whether nothing was found.
 */

/**
 * Returns a sentence for each import that the design forbids.
 *
 * @param {readonly Import[]} imports
 * @returns {string[]}
 */
export function findViolations(imports) {
  const single = imports.map(judge).filter((message) => message !== undefined);
  return [...new Set([...single, ...folderCycles(imports)])];
}

/** Returns the folder in `packages/` of the package that a file belongs to. */
export function packageOf(file) {
  return PACKAGE.exec(file)?.[1];
}

function judge({ from, module, to, isNode, isMissing }) {
  const source = packageOf(from);
  if (source === undefined) return undefined;
  if (isMissing) return `${from}: cannot find "${module}"`;
  if (isNode) return judgeNode(source, from, module);
  const target = packageOf(to);
  if (target === undefined || target === source) return undefined;
  if (!PUBLIC_OUTPUT.test(to)) {
    return `${from}: "${module}" reaches into ${target}: import what its "exports" offer`;
  }
  const row = IMPORT_TABLE.find(([pattern]) => fits(pattern, source));
  if (row === undefined) return `${from}: "${source}" has no row in the import table`;
  if (row[1].some((pattern) => fits(pattern, target))) return undefined;
  return `${from}: ${source} must not import ${target} (${module}); it may import ${row[1].join(", ")}`;
}

function judgeNode(source, from, module) {
  const isPure = PURE_PACKAGES.some((pattern) => fits(pattern, source));
  if (!isPure || TEST.test(from)) return undefined;
  return `${from}: ${source} is pure and must not import "${module}"`;
}

/**
 * Folders of one package that import each other. The entry points collect what all folders offer
 * and don't count; neither do tests.
 */
function folderCycles(imports) {
  const targets = new Map();
  for (const { from, to, isNode } of imports) {
    if (isNode || ENTRY.test(from) || ENTRY.test(to) || TEST.test(from)) continue;
    const [source, target] = [folderOf(from), folderOf(to)];
    const isInside = packageOf(from) !== undefined && packageOf(from) === packageOf(to);
    if (!isInside || source === target) continue;
    if (!targets.has(source)) targets.set(source, new Map());
    if (!targets.get(source).has(target)) targets.get(source).set(target, from);
  }
  return [...targets.keys()].flatMap((folder) => cycleThrough(folder, targets));
}

function folderOf(file) {
  return file.slice(0, file.lastIndexOf("/"));
}

/** Tells a shortest cycle through `folder`, at its alphabetically first folder only. */
function cycleThrough(folder, targets) {
  const paths = [[folder]];
  const seen = new Set();
  for (const path of paths) {
    for (const [next] of targets.get(path.at(-1)) ?? []) {
      if (next === folder) {
        if (path.some((other) => other < folder)) return [];
        const files = path.map((one, index) => targets.get(one).get(path[index + 1] ?? folder));
        return [
          `folders import each other: ${[...path, folder].join(" -> ")} (${files.join(", ")})`,
        ];
      }
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [];
}
