/**
 * Writes what the official server answers to `answers.json`: `node record.mjs`. The program is the
 * one that `PERDURE_OFFICIAL_BIN` names, else the one of the Python packages in `.cache/venv`.
 */
import { writeFileSync } from "node:fs";
import { startOfficialServer } from "../started-server/official-server.mjs";
import { NOT_CALLED, probeEmpty, probeMinimal } from "./probe.mjs";

const server = await startOfficialServer();
try {
  const empty = await probeEmpty(server.address);
  const minimal = await probeMinimal(server.address);
  const wrong = minimal.filter(({ code }) => code === NOT_CALLED);
  if (wrong.length > 0) throw new Error(`The script is wrong: ${JSON.stringify(wrong)}`);
  const file = new URL("./answers.json", import.meta.url);
  writeFileSync(file, `${JSON.stringify({ empty, minimal }, null, 1)}\n`);
} finally {
  await server.stop();
}
