/** Starts a server for a suite that was given none: `PERDURE_TARGET` names one to use instead. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The program that suites run as a server; it can be executed. */
export const BUNDLE = fileURLToPath(
  new URL("../../packages/apps/cli/dist/perdure.js", import.meta.url),
);
const START_MS_MAX = 20_000;

/** Resolves to a free port of this machine. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * @typedef {object} StartedServer
 * @property {string} address
 * @property {string} httpAddress
 * @property {import("node:child_process").ChildProcess} process
 * @property {() => string} output - All that it has printed.
 */

/**
 * Starts our server on a SQLite file and waits until it says that it listens.
 *
 * @param {{ databasePath?: string, port?: number, flags?: readonly string[] }} options - `flags`
 *   are further arguments of `server start-dev`.
 * @returns {Promise<StartedServer>}
 */
export async function spawnServer({ databasePath, port, flags: more = [] } = {}) {
  const [chosen, httpPort] = await Promise.all([port ?? freePort(), freePort()]);
  const ports = ["--port", String(chosen), "--http-port", String(httpPort)];
  const flags = ["--ip", "127.0.0.1", ...ports, "--headless", "--log-level", "error"];
  const file = databasePath === undefined ? [] : ["--db-filename", databasePath];
  const args = [BUNDLE, "server", "start-dev", ...flags, ...file, ...more];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const listening = new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The server does not start:\n${output}`)),
      START_MS_MAX,
    );
    const read = (chunk) => {
      output += chunk;
      if (!output.includes("Server: ")) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`The server ended with ${code}:\n${output}`));
    });
  });
  await listening;
  return {
    address: `127.0.0.1:${chosen}`,
    httpAddress: `127.0.0.1:${httpPort}`,
    port: chosen,
    process: child,
    output: () => output,
  };
}

/** The address that a suite tests, and what ends the server if it was started here. */
export async function targetServer() {
  const given = process.env.PERDURE_TARGET;
  if (given !== undefined && given !== "") {
    return { address: given, httpAddress: undefined, stop: async () => undefined };
  }
  return await temporaryServer();
}

/**
 * Starts our server on a SQLite file that is deleted when the server is stopped.
 *
 * @param {readonly string[]} flags - Further arguments of `server start-dev`.
 */
export async function temporaryServer(flags = []) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "perdure-"));
  const server = await spawnServer({ databasePath: path.join(folder, "suite.db"), flags });
  const stop = async () => {
    await endProcess(server.process, "SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  return { address: server.address, httpAddress: server.httpAddress, stop };
}

/** Sends a signal and resolves with the exit code and signal once the process is gone. */
export function endProcess(child, signal) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve({ code: child.exitCode, signal: child.signalCode });
      return;
    }
    child.once("exit", (code, by) => resolve({ code, signal: by }));
    child.kill(signal);
  });
}
