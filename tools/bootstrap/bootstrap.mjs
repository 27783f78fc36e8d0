/**
 * Installs what the suites of the official SDKs need: a Python virtual environment, the npm
 * packages of `@temporalio`, and the Go modules where Go is present. Each is a no-op when nothing
 * changed.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const VENV = path.join(ROOT, ".cache/venv");

/** Programs that make each part; `stamp` says what it was made from. */
const PARTS = [
  {
    name: "Python packages",
    files: ["conformance/sdk-python/requirements.txt"],
    output: path.join(VENV, "bin/python"),
    steps: () => [
      ["python3", "-m", "venv", VENV],
      [
        path.join(VENV, "bin/python"),
        ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
        ...["-r", path.join(ROOT, "conformance/sdk-python/requirements.txt")],
      ],
    ],
  },
  {
    name: "npm packages of the official TypeScript SDK",
    files: [
      "conformance/sdk-typescript/package.json",
      "conformance/sdk-typescript/package-lock.json",
    ],
    output: path.join(ROOT, "conformance/sdk-typescript/node_modules/@temporalio/worker"),
    steps: () => [["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]],
    folder: "conformance/sdk-typescript",
  },
  {
    name: "Go modules",
    files: ["conformance/sdk-go/go.mod", "conformance/sdk-go/go.sum"],
    needs: ["go", "version"],
    steps: () => [["go", "mod", "download"]],
    folder: "conformance/sdk-go",
  },
];

for (const part of PARTS) ensure(part);

function ensure({ name, files, output, steps, folder = ".", needs }) {
  if (files.some((file) => !existsSync(path.join(ROOT, file)))) return;
  const stamp = path.join(ROOT, ".cache", `bootstrap ${name}`);
  const hash = hashOf(files);
  const isMade = output === undefined || existsSync(output);
  if (isMade && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  if (needs !== undefined && !runs(needs)) {
    console.error(`Leaving out ${name}: there is no "${needs[0]}" here`);
    return;
  }
  console.error(`Installing ${name} ...`);
  for (const [program, ...args] of steps()) run(program, args, path.join(ROOT, folder));
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(path.join(ROOT, file)));
  return hash.digest("hex");
}

function runs([program, ...args]) {
  return spawnSync(program, args, { stdio: "ignore" }).error === undefined;
}

function run(program, args, cwd) {
  const { status, error } = spawnSync(program, args, {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (error !== undefined || status !== 0) {
    console.error(`Cannot install: "${program} ${args.join(" ")}" failed in ${cwd}`);
    process.exit(1);
  }
}
