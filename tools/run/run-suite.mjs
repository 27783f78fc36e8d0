/** Runs one suite and counts its tests. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "./run-command.mjs";

/**
 * @typedef {object} SuiteResult
 * @property {number} passed
 * @property {number} failed - A suite that crashed, hung or ran nothing has at least one failure.
 * @property {number} skipped
 * @property {number} durationMs
 * @property {string} output - All that the suite printed.
 * @property {string | undefined} problem - What is wrong with the suite itself.
 */

/**
 * @param {import("./suites.mjs").Suite} suite
 * @returns {Promise<SuiteResult>}
 */
export async function runSuite({ command, timeoutMs }) {
  const folder = mkdtempSync(path.join(tmpdir(), "perdure-suite-"));
  const summaryFile = path.join(folder, "summary.json");
  const startedAtMs = performance.now();
  try {
    const env = { PERDURE_TEST_SUMMARY: summaryFile };
    const { exitCode, output } = await runCommand(command, { env, timeoutMs });
    const durationMs = performance.now() - startedAtMs;
    return { ...judgeSuite(exitCode, readSummary(summaryFile)), durationMs, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A suite is believed only when its exit status and its counts tell the same. */
export function judgeSuite(exitCode, summary) {
  if (summary === undefined) {
    return failedSuite({ passed: 0, failed: 0, skipped: 0 }, `no counts, exit status ${exitCode}`);
  }
  const { passed, failed } = summary;
  if (passed + failed === 0) return failedSuite(summary, "ran no tests");
  if (exitCode !== 0 && failed === 0) return failedSuite(summary, `exit status ${exitCode}`);
  if (exitCode === 0 && failed > 0)
    return { ...summary, problem: "exit status 0 despite failures" };
  return { ...summary, problem: undefined };
}

function failedSuite(summary, problem) {
  return { ...summary, failed: summary.failed + 1, problem };
}

function readSummary(file) {
  try {
    const { passed, failed, skipped = 0 } = JSON.parse(readFileSync(file, "utf8"));
    const isValid = [passed, failed, skipped].every(
      (count) => Number.isInteger(count) && count >= 0,
    );
    return isValid ? { passed, failed, skipped } : undefined;
  } catch {
    return undefined;
  }
}
