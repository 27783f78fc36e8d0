/** Installs npm packages when, and only when, the lockfile or the platform has changed. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CommandError, runCommand } from "./run-command.mjs";
import { inRoot, isPresent } from "./workspace.mjs";

const STAMP = inRoot("node_modules/.perdure-installed");
const QUIET = "--loglevel=error";

/**
 * Makes `node_modules/` match `package-lock.json`. Costs one hash when it does already.
 *
 * @throws {CommandError} When npm fails or a native package could not be built.
 */
export async function ensureInstalled() {
  const wanted = installFingerprint();
  if (readStamp() === wanted) return;
  requireNode();
  // `npm ci` starts from nothing; a folder that is there already is brought up to date faster.
  const isFresh = !isPresent("node_modules") || process.env.CI !== undefined;
  const command = ["npm", isFresh ? "ci" : "install", "--no-audit", "--no-fund", QUIET];
  console.error(`Installing npm packages (${command.slice(0, 2).join(" ")}) ...`);
  const { exitCode } = await runCommand(command, { env: nativeBuildEnv(), isShown: true });
  if (exitCode !== 0) throw new CommandError(`"${command.join(" ")}" failed: see above`);
  writeFileSync(STAMP, installFingerprint());
}

function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 20) return;
  throw new CommandError(
    `Cannot install: Node.js must be 20 or newer, this one is ${process.versions.node}`,
  );
}

/** Native packages are built for one platform and one version of Node's binary interface. */
function installFingerprint() {
  const hash = createHash("sha256").update(readFileSync(inRoot("package-lock.json")));
  const { platform, arch, versions } = process;
  return `${hash.digest("hex")} ${platform} ${arch} ${versions.modules}`;
}

function readStamp() {
  try {
    return readFileSync(STAMP, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Lets node-gyp build against the headers that came with Node.js, when they did: otherwise it
 * downloads them, which fails on a machine that reaches package registries only.
 */
export function nativeBuildEnv(executable = process.execPath) {
  const prefix = path.resolve(path.dirname(executable), "..");
  if (!existsSync(path.join(prefix, "include/node/node.h"))) return {};
  return { npm_config_nodedir: prefix, npm_package_config_node_gyp_nodedir: prefix };
}
