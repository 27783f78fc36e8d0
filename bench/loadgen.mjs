/** Builds and runs the load generator. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { CommandError, requireCommand } from "../tools/run/run-command.mjs";
import { inRoot } from "../tools/run/workspace.mjs";
import { readLoadgenOutput } from "./figures.mjs";

const LOADGEN = inRoot(".cache/bench/loadgen");
/** Longest run: the idle rows on a slow machine. */
const RUN_MS_MAX = 20 * 60_000;

/** Builds the load generator; quick when nothing has changed. @throws {CommandError} */
export async function buildLoadgen() {
  if (spawnSync("go", ["version"], { stdio: "ignore" }).error !== undefined) {
    throw new CommandError('Cannot run the bench: it needs Go, and there is no "go" here');
  }
  await requireCommand(["go", "-C", inRoot("bench/loadgen"), "build", "-o", LOADGEN, "."]);
}

/** Runs one scenario; see `readLoadgenOutput()`. */
export async function runLoadgen(args) {
  const child = spawn(LOADGEN, args, { stdio: ["ignore", "pipe", "inherit"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), RUN_MS_MAX);
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  await once(child, "close");
  clearTimeout(timer);
  return readLoadgenOutput(Buffer.concat(chunks).toString());
}
