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
      name: "unit tests",
      command: [process.execPath, "tools/run/unit-command.mjs"],
      timeoutMs: 5 * MINUTE_MS,
    },
    ...OUTER_SUITES.filter(({ folder }) => isPresent(folder)),
  ];
}

const OUTER_SUITES = [];
