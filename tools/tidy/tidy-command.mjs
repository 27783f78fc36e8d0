/**
 * `npm run check:tidy [-- --shrink]`: the rules of this repository that no tool offers. With
 * `--shrink` it writes what has become smaller into `tools/size-baseline.json`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot, ROOT } from "../run/workspace.mjs";
import { compareSizes, shrinkBaseline } from "./baseline.mjs";
import { findBannedCalls } from "./checks/banned-calls.mjs";
import { checkReadme } from "./checks/readmes.mjs";
import { measureSizes } from "./checks/sizes.mjs";
import { findSleepingTests } from "./checks/sleeping-tests.mjs";
import { checkText } from "./checks/text.mjs";
import { SourceFile } from "./source-file.mjs";

const BASELINE = inRoot("tools/size-baseline.json");
const TEXT_FILE = /\.(m?js|tsx?|py|go|proto|json|md|ya?ml|css|html)$/;
/** Written by a program, or recorded. */
const NOT_OURS = /(^|\/)(package-lock\.json|recordings\/.*|pnpm-lock\.yaml)$/;

const files = listFiles().map((path) => new SourceFile(path, read(path)));
const sizes = files.flatMap(measureSizes);
let baseline = JSON.parse(readFileSync(BASELINE, "utf8"));
if (process.argv.includes("--shrink")) {
  baseline = shrinkBaseline(sizes, baseline);
  writeFileSync(BASELINE, `${JSON.stringify(baseline, undefined, 2)}\n`);
}
const problems = [
  ...compareSizes(sizes, baseline),
  ...files.flatMap(findBannedCalls),
  ...files.flatMap(findSleepingTests),
  ...files.flatMap(checkText),
  ...files.filter(({ path }) => isPackage(path)).flatMap(readmeProblems),
];
problems.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
for (const { path, line, message } of problems) console.log(`${path}:${line}  ${message}`);
if (problems.length > 0) {
  console.log(`${problems.length} problems in ${files.length} files`);
  process.exitCode = 1;
}

/** What git keeps or would keep: a new file counts before it is added. */
function listFiles() {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).split("\0");
  return listed.filter(
    (path) => TEXT_FILE.test(path) && !NOT_OURS.test(path) && existsSync(inRoot(path)),
  );
}

function read(path) {
  return readFileSync(inRoot(path), "utf8");
}

function isPackage(path) {
  return /^packages\/.*package\.json$/.test(path);
}

function readmeProblems({ path, text }) {
  const readme = path.replace(/package\.json$/, "README.md");
  return checkReadme(
    JSON.parse(text),
    readme,
    existsSync(inRoot(readme)) ? read(readme) : undefined,
  );
}
