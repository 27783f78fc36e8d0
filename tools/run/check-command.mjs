/**
 * `npm run check`: the quick gate, everything but the suites that start servers. With `--static`
 * it leaves out the build and the unit tests, which CI runs by themselves, and counts each check
 * as a test.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { STATIC_CHECKS, TYPE_CHECK, UNIT_TESTS } from "./checks.mjs";
import { runMain } from "./command-line.mjs";
import { ensureInstalled } from "./ensure-installed.mjs";
import { runCommand } from "./run-command.mjs";

await runMain(async (args) => {
  await ensureInstalled();
  const results = args.includes("--static") ? await runAll(STATIC_CHECKS) : await runGate();
  const failed = results.filter((isPassed) => !isPassed).length;
  const passed = results.length - failed;
  const summaryFile = process.env.PERDURE_TEST_SUMMARY;
  if (summaryFile !== undefined) writeFileSync(summaryFile, JSON.stringify({ passed, failed }));
  if (failed > 0) process.exitCode = 1;
});

/** The build comes first: lint and imports follow the types that it generates. */
async function runGate() {
  const isBuilt = await runCheck(TYPE_CHECK);
  if (!isBuilt) return [isBuilt];
  return [isBuilt, ...(await runAll([...STATIC_CHECKS, UNIT_TESTS]))];
}

/** Runs as many at a time as there are processors; returns whether each passed. */
async function runAll(checks) {
  const waiting = [...checks];
  const results = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await runCheck(next));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}

/** Prints the check's line, and all that it said if it failed. */
async function runCheck({ name, script, timeoutMs }) {
  const startedAtMs = performance.now();
  const command = ["npm", "run", "--silent", script];
  // Only the gate as a whole has counts for its caller.
  const env = { PERDURE_TEST_SUMMARY: undefined };
  const { exitCode, output } = await runCommand(command, { env, timeoutMs });
  const seconds = `${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`;
  const isPassed = exitCode === 0;
  if (!isPassed) console.log(output.trimEnd());
  console.log(`${isPassed ? " ok " : "FAIL"}  ${name.padEnd(12)} ${seconds.padStart(7)}`);
  return isPassed;
}
