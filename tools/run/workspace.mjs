/** Where things are in this repository. */
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/[/\\]$/, "");

/** The server and command line in one file, as users run it. */
export const CLI_BUNDLE = inRoot("packages/apps/cli/dist/perdure.js");

/** Returns the absolute path of a file of the repository. */
export function inRoot(...parts) {
  return path.join(ROOT, ...parts);
}

/** Returns whether the repository has this file or folder. */
export function isPresent(...parts) {
  return existsSync(inRoot(...parts));
}
