/** `npm test [-- name ...]`: installs and builds what is missing, then runs every suite. */
import { spawnSync } from "node:child_process";
import { ensureBuilt } from "./build.mjs";
import { runMain } from "./command-line.mjs";
import { ensureInstalled } from "./ensure-installed.mjs";
import { requireCommand } from "./run-command.mjs";
import { runSuite } from "./run-suite.mjs";
import { allSuites } from "./suites.mjs";
import { isPresent } from "./workspace.mjs";

const BOOTSTRAP = "tools/bootstrap/bootstrap.mjs";

await runMain(async (names) => {
  try {
    await ensureInstalled();
    if (isPresent(BOOTSTRAP)) await requireCommand([process.execPath, BOOTSTRAP]);
    await ensureBuilt();
  } catch (error) {
    // The last line has the counts whatever happens, and no test has passed.
    process.once("exit", () => console.log("0 passed, 1 failed"));
    throw error;
  }
  const suites = allSuites().filter(({ name }) => isWanted(name, names));
  printTotal(await runAll(suites));
});

/** Names select the suites that contain one of them: `npm test -- unit`. */
function isWanted(name, names) {
  return names.length === 0 || names.some((wanted) => name.includes(wanted));
}

async function runAll(suites) {
  const results = [];
  for (const suite of suites) {
    if (suite.needs !== undefined && !hasProgram(suite.needs)) {
      console.log(`  --  ${suite.name}: left out, as there is no "${suite.needs}" here`);
      continue;
    }
    const result = await runSuite(suite);
    printSuite(suite.name, result);
    results.push(result);
  }
  return results;
}

function hasProgram(program) {
  return spawnSync(program, ["version"], { stdio: "ignore" }).error === undefined;
}

function printSuite(name, { passed, failed, skipped, durationMs, output, problem }) {
  if (failed > 0 || problem !== undefined) console.log(output.trimEnd());
  const mark = failed > 0 ? "FAIL" : " ok ";
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  console.log(`${mark}  ${name.padEnd(36)} ${counts}, ${seconds}${problem ? `: ${problem}` : ""}`);
}

function printTotal(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const passed = sum("passed");
  const failed = sum("failed");
  if (failed > 0 || passed === 0) process.exitCode = 1;
  console.log(`${passed} passed, ${failed} failed`);
}
