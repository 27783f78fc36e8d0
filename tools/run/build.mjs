/** Builds everything: wire messages, then all packages, then the server in one file. */
import { existsSync, mkdirSync } from "node:fs";
import { bundleServer } from "./bundle.mjs";
import { isStamped, sourceFingerprint, writeStamp } from "./fingerprint.mjs";
import { CommandError, runCommand } from "./run-command.mjs";
import { CLI_BUNDLE, inRoot, isPresent } from "./workspace.mjs";

const STAMP = inRoot(".cache/built");
const SOURCES = [
  "packages",
  "conformance",
  "package-lock.json",
  "tsconfig.base.json",
  "tsconfig.json",
  "tools/run",
];

/**
 * Builds what has changed; costs some milliseconds when nothing has.
 *
 * @throws {CommandError} When a step fails; its output has the compiler's messages.
 */
export async function ensureBuilt() {
  const fingerprint = sourceFingerprint(SOURCES);
  if (hasOutput() && isStamped(STAMP, fingerprint)) return;
  console.error("Building ...");
  await generateMessages();
  await compilePackages();
  if (hasServer()) await bundleServer();
  mkdirSync(inRoot(".cache"), { recursive: true });
  writeStamp(STAMP, fingerprint);
}

/** Writes the generated modules of `@perdure/proto`, which the compiler needs. */
export async function generateMessages() {
  await step([process.execPath, "packages/proto/generator/generate.mjs"]);
}

/** Compiles all packages in the order of their references. */
export async function compilePackages() {
  await step([process.execPath, "node_modules/typescript/bin/tsc", "-b"]);
}

function hasServer() {
  return isPresent("packages/apps/cli/package.json");
}

function hasOutput() {
  return existsSync(hasServer() ? CLI_BUNDLE : inRoot("packages/proto/dist/generated.stamp"));
}

async function step(command) {
  const { exitCode, output } = await runCommand(command);
  if (exitCode === 0) return;
  throw new CommandError(`Cannot build: "${command.slice(1).join(" ")}" failed`, output);
}
