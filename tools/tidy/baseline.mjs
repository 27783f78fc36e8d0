/** The exceptions from the limits of sizes. They may only shrink. */
import { LIMITS } from "./checks/sizes.mjs";

/**
 * @typedef {Record<string, Record<string, number>>} Baseline Sizes by kind and by key.
 * @typedef {import("./checks/sizes.mjs").Size} Size
 */

/**
 * Returns a problem for each size that the baseline does not allow, and for each entry of the
 * baseline that is larger than needed.
 *
 * @param {readonly Size[]} sizes
 * @param {Baseline} baseline
 * @returns {import("./source-file.mjs").Problem[]}
 */
export function compareSizes(sizes, baseline) {
  const largest = largestByKey(sizes);
  return [...tooLarge(largest, baseline), ...outdated(largest, baseline)];
}

/**
 * Returns the baseline with what has shrunk since; it never grows.
 *
 * @param {readonly Size[]} sizes
 * @param {Baseline} baseline
 * @returns {Baseline}
 */
export function shrinkBaseline(sizes, baseline) {
  const largest = largestByKey(sizes);
  const shrunk = {};
  for (const [kind, entries] of Object.entries(baseline)) {
    const kept = Object.entries(entries)
      .map(([key, size]) => [key, Math.min(size, largest.get(`${kind} ${key}`)?.size ?? 0)])
      .filter(([, size]) => size > 0);
    shrunk[kind] = Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return shrunk;
}

/** Functions of one file may share a name: an overloaded getter and setter, two callbacks. */
function largestByKey(sizes) {
  const largest = new Map();
  for (const size of sizes) {
    const id = `${size.kind} ${size.key}`;
    if (size.size > (largest.get(id)?.size ?? 0)) largest.set(id, size);
  }
  return largest;
}

function tooLarge(largest, baseline) {
  const problems = [];
  for (const { kind, key, size, line, path } of largest.values()) {
    const { wanted, most, unit, advice } = LIMITS[kind];
    const listed = baseline[kind]?.[key];
    const allowed = listed === undefined ? wanted : Math.max(listed, most);
    if (size <= allowed) continue;
    const name = key === path ? "the file" : `"${key.slice(path.length + 1)}"`;
    const limit = `at most ${wanted}${allowed === wanted ? "" : `, and here ${allowed}`}`;
    const message = `${name} has ${size} ${unit}, ${limit}: ${advice}`;
    problems.push({ path, line, message });
  }
  return problems;
}

function outdated(largest, baseline) {
  const problems = [];
  for (const [kind, entries] of Object.entries(baseline)) {
    for (const [key, listed] of Object.entries(entries)) {
      const size = largest.get(`${kind} ${key}`)?.size ?? 0;
      const isNeeded = size > 0 && (listed <= LIMITS[kind].most || size >= listed);
      if (isNeeded) continue;
      const message = `the baseline allows "${key}" more than it needs: run "npm run check:tidy -- --shrink"`;
      problems.push({ path: "tools/size-baseline.json", line: 1, message });
    }
  }
  return problems;
}
