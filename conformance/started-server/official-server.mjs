/** The official program of `tools/bootstrap`, as a server to record from and as a CLI to run. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endProcess, freePort } from "./started-server.mjs";

const START_MS_MAX = 30_000;

/** The official program: `PERDURE_OFFICIAL_BIN` names it, else it is the one of `.cache/venv`. */
export function officialProgram() {
  const named = process.env.PERDURE_OFFICIAL_BIN;
  if (named !== undefined && named !== "") return named;
  return fileURLToPath(new URL("../../.cache/venv/bin/temporal", import.meta.url));
}

/**
 * Starts the official development server on free ports and waits until it listens.
 *
 * @param {readonly string[]} flags - Further arguments of `server start-dev`.
 */
export async function startOfficialServer(flags = []) {
  const [port, httpPort] = await Promise.all([freePort(), freePort()]);
  const place = ["--ip", "127.0.0.1", "--port", String(port), "--http-port", String(httpPort)];
  const args = ["server", "start-dev", "--headless", "--log-level", "error", ...place, ...flags];
  const child = spawn(officialProgram(), args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`The official server ${what}`));
    const timer = setTimeout(() => fail("does not start"), START_MS_MAX);
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (!/^(Temporal )?Server: /m.test(output)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once("error", ({ message }) => fail(message));
    child.once("exit", (code) => fail(`ended with ${code}`));
  });
  return {
    address: `127.0.0.1:${port}`,
    httpAddress: `127.0.0.1:${httpPort}`,
    stop: () => endProcess(child, "SIGTERM"),
  };
}
