/** `npm run test:unit [-- folder ...]`: runs the unit tests of what has been built. */
import { spawn } from "node:child_process";
import { findTestFiles } from "./test-files.mjs";
import { inRoot, ROOT } from "./workspace.mjs";

const REPORTER = inRoot("tools/run/count-reporter.mjs");

const files = findTestFiles(process.argv.slice(2));
if (files.length === 0) {
  console.error("Cannot run unit tests: found no *.test.ts");
  process.exit(1);
}
const reporter = [`--test-reporter=${REPORTER}`, "--test-reporter-destination=stdout"];
// A file that leaves something open would wait for ever.
const limits = ["--test-timeout=60000"];
const child = spawn(process.execPath, ["--test", ...limits, ...reporter, ...files], {
  cwd: ROOT,
  stdio: "inherit",
});
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
