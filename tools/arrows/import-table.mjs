/**
 * Who may import whom: the table of the style guide, row by row. A new arrow is a change of the
 * design, not of this file alone.
 */

const SDK = [
  "proto",
  "sdk/common",
  "sdk/workflow",
  "sdk/activity",
  "sdk/client",
  "sdk/nexus",
  "sdk/worker-core",
  "sdk/worker",
  "sdk/testing",
];
const SDK_WITHOUT_TESTING = SDK.filter((name) => name !== "sdk/testing");
const ENGINE_ROOM = ["server/kernel", "server/persistence", "proto"];

/**
 * Packages by folder in `packages/`. `*` stands for any name; the first row that fits counts.
 * Besides these, a package may import itself and packages that are not ours.
 *
 * @type {readonly (readonly [string, readonly string[]])[]}
 */
export const IMPORT_TABLE = [
  ["proto", []],
  ["server/kernel", []],
  ["sdk/common", ["proto"]],
  ["sdk/workflow", ["sdk/common", "proto"]],
  ["sdk/worker-core", ["sdk/common", "proto"]],
  ["sdk/client", ["sdk/common", "proto"]],
  ["sdk/activity", ["sdk/common", "proto", "sdk/client"]],
  ["sdk/nexus", ["sdk/common", "proto", "sdk/client"]],
  ["sdk/worker", SDK_WITHOUT_TESTING],
  ["sdk/testing", [...SDK, "server/host"]],
  ["integrations/*", SDK],
  ["apps/cli", [...SDK, "server/host"]],
  ["apps/*", SDK],
  ["server/engine", ["server/kernel", "proto"]],
  ["server/persistence", ["server/kernel", "proto"]],
  ["server/persistence-*", ["server/persistence", "server/kernel"]],
  ["server/visibility", ENGINE_ROOM],
  ["server/matching", ENGINE_ROOM],
  ["server/runtime", [...ENGINE_ROOM, "server/engine"]],
  [
    "server/frontend",
    // Of the engine, the vocabulary of requests: limits, wire times, targets.
    [...ENGINE_ROOM, "server/engine", "server/runtime", "server/matching", "server/visibility"],
  ],
  ["server/host", ["server/*", "proto"]],
  ["server/simulator", ["server/*", "proto"]],
];

/** Packages that run anywhere: no module of Node.js, and so no I/O. */
export const PURE_PACKAGES = ["proto", "server/engine", "sdk/workflow", "sdk/worker-core"];

/** Returns whether the name of a package fits a pattern of the table. */
export function fits(pattern, name) {
  if (!pattern.includes("*")) return pattern === name;
  const [before, after] = pattern.split("*");
  const isLonger = name.length > before.length + after.length;
  return isLonger && name.startsWith(before) && name.endsWith(after);
}
