/** Runs the Python suite against `PERDURE_TARGET`, or against a server that it starts. */
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BUNDLE, targetServer } from "../started-server/started-server.mjs";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const PYTHON = fileURLToPath(new URL("../../.cache/venv/bin/python", import.meta.url));
const REPORT = fileURLToPath(new URL("../../.cache/python-suite.xml", import.meta.url));

const server = await targetServer();
rmSync(REPORT, { force: true });
const child = spawn(PYTHON, ["-m", "pytest", `--junit-xml=${REPORT}`, "tests"], {
  cwd: FOLDER,
  stdio: "inherit",
  env: {
    ...process.env,
    PERDURE_TARGET: server.address,
    PERDURE_TEST_SERVER: BUNDLE,
    PYTHONDONTWRITEBYTECODE: "1",
  },
});
const code = await new Promise((resolve) => child.once("exit", resolve));
await server.stop();
writeSummary();
process.exitCode = code ?? 1;

function writeSummary() {
  const file = process.env.PERDURE_TEST_SUMMARY;
  if (file === undefined) return;
  const head = readFileSync(REPORT, "utf8").match(/<testsuite [^>]*>/)?.[0] ?? "";
  const count = (name) => Number(head.match(new RegExp(`${name}="(\\d+)"`))?.[1] ?? 0);
  const failed = count("errors") + count("failures");
  const skipped = count("skipped");
  writeFileSync(
    file,
    JSON.stringify({ passed: count("tests") - failed - skipped, failed, skipped }),
  );
  console.log(`${path.basename(FOLDER)}: ${count("tests")} tests, ${failed} failed`);
}
