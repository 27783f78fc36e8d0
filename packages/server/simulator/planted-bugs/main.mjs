/**
 * `npm run planted-bugs [-- --seeds N]`: plants each bug in a copy of the server and looks for it
 * by simulation. Ends with 1 when one is not found by N seeds, or can no longer be planted.
 */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";
import { PLANTED_BUGS } from "./bugs.mjs";

const SERVER = fileURLToPath(new URL("../..", import.meta.url));
const SIMULATOR = path.join(SERVER, "simulator/dist/main.js");
const SEARCH_MS_MAX = 120_000;

const NOTHING_FOUND = "no seed fails";
const NO_BUG = { file: "runtime/dist/index.js", right: "", wrong: "" };

const { values } = parseArgs({ options: { seeds: { type: "string", default: "300" } } });
const folder = mkdtempSync(path.join(tmpdir(), "perdure-planted-"));
let missedCount = 0;
try {
  let lastSeed = 1;
  for (const [index, bug] of PLANTED_BUGS.entries()) {
    const found = await search(bug, { outfile: `bug-${index}.mjs`, seeds: values.seeds });
    if (found.seed === undefined) missedCount += 1;
    else lastSeed = Math.max(lastSeed, found.seed);
    console.log(`${found.seed === undefined ? "MISSED" : "found "} ${bug.name}: ${found.how}`);
  }
  // What the same seeds find without a bug, they would have found with any.
  const sound = await search(NO_BUG, { outfile: "sound.mjs", seeds: String(lastSeed) });
  if (sound.how !== NOTHING_FOUND) {
    missedCount = PLANTED_BUGS.length;
    console.log(`The server is not sound without a planted bug: ${sound.how}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${PLANTED_BUGS.length - missedCount} of ${PLANTED_BUGS.length} planted bugs found`);
const summaryFile = process.env.PERDURE_TEST_SUMMARY;
if (summaryFile !== undefined) {
  const summary = { passed: PLANTED_BUGS.length - missedCount, failed: missedCount };
  writeFileSync(summaryFile, JSON.stringify(summary));
}
process.exitCode = missedCount > 0 ? 1 : 0;

/** Simulates a server with the bug in it until a seed fails. */
async function search(bug, { outfile, seeds }) {
  const file = path.join(folder, outfile);
  const problem = await plant(bug, file);
  if (problem !== undefined) return { seed: undefined, how: problem };
  const args = [file, "--seeds", seeds, "--first-failure"];
  try {
    await promisify(execFile)(process.execPath, args, { timeout: SEARCH_MS_MAX });
    return { seed: undefined, how: NOTHING_FOUND };
  } catch (error) {
    const failure = /SimulationError: (Seed (\d+): .*)/.exec(error.stdout ?? "");
    if (failure === null) return { seed: undefined, how: `${error.message} ${error.stderr}` };
    return { seed: Number(failure[2]), how: failure[1].slice(0, 150) };
  }
}

/** Bundles the simulator with the bug in it. Returns why that cannot be done. */
async function plant({ file, right, wrong }, outfile) {
  const target = path.join(SERVER, file);
  const text = await readFile(target, "utf8");
  if (right !== "" && text.split(right).length !== 2)
    return `"${right}" does not occur once in ${file}`;
  const planted = {
    name: "planted-bug",
    setup(builder) {
      builder.onLoad({ filter: /\.js$/ }, (args) =>
        args.path === target ? { contents: text.replace(right, () => wrong) } : undefined,
      );
    },
  };
  await build({
    entryPoints: [SIMULATOR],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
    plugins: [planted],
  });
  return undefined;
}
