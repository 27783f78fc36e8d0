/** Every suite that `npm test` runs, in this order. */
import { isPresent } from "./workspace.mjs";

const MINUTE_MS = 60_000;

/**
 * @typedef {object} Suite
 * @property {string} name - What its line in the report says.
 * @property {readonly string[]} command - Writes `{"passed":N,"failed":N}` to the file that
 *   `PERDURE_TEST_SUMMARY` names, and ends with a status other than 0 when anything failed.
 * @property {number} timeoutMs - It has hung after this time.
 * @property {string} [needs] - A program without which the suite is left out, with a notice.
 */

/** @returns {readonly Suite[]} */
export function allSuites() {
  return [
    {
      name: "static checks",
      command: [process.execPath, "tools/run/check-command.mjs", "--static"],
      timeoutMs: 5 * MINUTE_MS,
    },
    {
      name: "unit tests",
      command: [process.execPath, "tools/run/unit-command.mjs"],
      timeoutMs: 5 * MINUTE_MS,
    },
    ...OUTER_SUITES.filter(({ folder }) => isPresent(folder)),
  ];
}

const OUTER_SUITES = [
  {
    folder: "packages/server/simulator",
    name: "simulation, 200 seeds",
    command: [process.execPath, "packages/server/simulator/dist/main.js", "--seeds", "200"],
    timeoutMs: 5 * MINUTE_MS,
  },
  {
    folder: "packages/server/simulator/planted-bugs",
    name: "simulation finds planted bugs",
    command: [process.execPath, "packages/server/simulator/planted-bugs/main.mjs"],
    timeoutMs: 8 * MINUTE_MS,
  },
  {
    folder: "conformance/crash",
    name: "crash test, 5 kills",
    command: [process.execPath, "conformance/crash/run.mjs", "--kills", "5"],
    timeoutMs: 5 * MINUTE_MS,
  },
  {
    folder: "conformance/probe",
    name: "probe of every RPC",
    command: nodeTest("conformance/probe/suite.test.mjs"),
    timeoutMs: 2 * MINUTE_MS,
  },
  {
    folder: "conformance/fuzz",
    name: "fuzz, 25 s",
    command: [process.execPath, "conformance/fuzz/run.mjs", "--seconds", "25"],
    timeoutMs: 3 * MINUTE_MS,
  },
  {
    folder: "conformance/stop",
    name: "clean stop",
    command: nodeTest("conformance/stop/stop.test.mjs"),
    timeoutMs: 2 * MINUTE_MS,
  },
  {
    folder: "conformance/differential/recordings",
    name: "differential, against recordings",
    command: nodeTest("conformance/differential/dist/suite.test.js"),
    timeoutMs: 5 * MINUTE_MS,
  },
  {
    folder: "conformance/sdk-typescript",
    name: "official TypeScript SDK",
    command: nodeTest("conformance/sdk-typescript/suite.test.js"),
    timeoutMs: 5 * MINUTE_MS,
  },
  {
    folder: "conformance/sdk-python",
    name: "official Python SDK",
    command: [process.execPath, "conformance/sdk-python/run.mjs"],
    timeoutMs: 5 * MINUTE_MS,
  },
  {
    folder: "conformance/sdk-go",
    name: "official Go SDK",
    command: [process.execPath, "conformance/sdk-go/run.mjs"],
    timeoutMs: 6 * MINUTE_MS,
    needs: "go",
  },
  {
    folder: "examples",
    name: "README examples",
    command: nodeTest("conformance/examples/examples.test.mjs"),
    timeoutMs: 3 * MINUTE_MS,
  },
];

/** The command that runs one file of node's test runner. */
function nodeTest(file) {
  const reporter = "--test-reporter=./tools/run/count-reporter.mjs";
  return [process.execPath, "--test", reporter, "--test-reporter-destination=stdout", file];
}
