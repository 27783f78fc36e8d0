/** The servers that the bench compares. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { CLI_BUNDLE, inRoot } from "../tools/run/workspace.mjs";

const OFFICIAL = inRoot(".cache/venv/bin/temporal");

/** The official server's request limits are far below what some rows ask for. */
const WITHOUT_LIMITS = {
  "frontend.rps": 100_000,
  "frontend.namespaceRPS": 100_000,
  "frontend.namespaceRPS.visibility": 10_000,
  "matching.rps": 100_000,
  "history.rps": 100_000,
  "frontend.persistenceMaxQPS": 100_000,
  "matching.persistenceMaxQPS": 100_000,
  "history.persistenceMaxQPS": 100_000,
  "system.visibilityPersistenceMaxReadQPS": 100_000,
  "system.visibilityPersistenceMaxWriteQPS": 100_000,
};

/**
 * With its one history shard the official development server reads each of the shard's queues at
 * most 20 times a second by default: 50 ms between dispatches under a light load.
 */
const TUNED = {
  "history.transferProcessorMaxPollRPS": 100_000,
  "history.timerProcessorMaxPollRPS": 100_000,
  "history.visibilityProcessorMaxPollRPS": 100_000,
  "history.outboundProcessorMaxPollRPS": 100_000,
};

/** What each server is called in the table. */
export const TITLES = {
  perdure: "Perdure",
  memory: "official, memory",
  file: "official, file",
  tuned: "official, memory, poll limits raised",
};

/** The command line of a server that keeps its data in `folder` and listens on `port`. */
export function serverCommand(kind, { port, folder }) {
  const flags = ["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", String(port)];
  const quiet = ["--log-level", "error"];
  const file = ["--db-filename", path.join(folder, `${kind}.db`)];
  const ours = [process.execPath, CLI_BUNDLE, ...flags, ...quiet, ...file];
  const official = [OFFICIAL, ...flags, ...quiet, ...configuration(WITHOUT_LIMITS)];
  switch (kind) {
    case "perdure":
      return ours;
    case "file":
      return [...official, ...file];
    case "tuned":
      return [...official, ...configuration(TUNED)];
    default:
      return official;
  }
}

function configuration(values) {
  return Object.entries(values).flatMap(([key, value]) => [
    "--dynamic-config-value",
    `${key}=${value}`,
  ]);
}

/** Runs `use` with a server that has an empty store, and ends the server. */
export async function withServer(command, use) {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit");
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  try {
    return await use({ pid: child.pid });
  } finally {
    child.kill("SIGTERM");
    const timer = setTimeout(kill, STOP_MS_MAX);
    await ended;
    clearTimeout(timer);
    process.off("exit", kill);
  }
}

const STOP_MS_MAX = 20_000;

/** Empties the folder that a server keeps its data in. */
export function emptyFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
