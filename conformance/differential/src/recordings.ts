import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Transcripts } from "./run-on-setups.js";
import type { ScenarioDefinition } from "./scenario.js";
import type { Transcript } from "./transcript.js";

const folder = fileURLToPath(new URL("../recordings", import.meta.url));

/** Reads what the official server gave; a scenario that was never recorded is absent. */
export async function readRecordings(
  definitions: readonly ScenarioDefinition[],
): Promise<Transcripts> {
  const found = await Promise.all(definitions.map(({ name }) => readRecording(name)));
  return new Map(
    found.flatMap((transcript) => (transcript ? [[transcript.scenario, transcript]] : [])),
  );
}

async function readRecording(scenario: string): Promise<Transcript | undefined> {
  const path = pathOf(scenario);
  if (!existsSync(path)) return undefined;
  const recording: Transcript = JSON.parse(await readFile(path, "utf8"));
  return recording;
}

export async function writeRecording(transcript: Transcript): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(pathOf(transcript.scenario), `${JSON.stringify(transcript, null, 1)}\n`);
}

function pathOf(scenario: string): string {
  return `${folder}/${scenario}.json`;
}
