import { runScenarios } from "./run-scenario.js";
import type { ScenarioDefinition } from "./scenario.js";
import type { SetupName } from "./servers/setups.js";
import type { StartedServer } from "./servers/start-server.js";
import type { Transcript } from "./transcript.js";

/** Transcripts by the name of their scenario. */
export type Transcripts = ReadonlyMap<string, Transcript>;

/** Few enough that waits for timeouts overlap and no server is so busy that a deadline passes. */
const CONCURRENCY = 12;

/** Runs scenarios against one address. Those that ask over HTTP need `httpAddress`, too. */
export async function runAt(
  address: string,
  definitions: readonly ScenarioDefinition[],
  httpAddress?: string,
): Promise<Transcripts> {
  const options = { address, httpAddress, concurrency: CONCURRENCY };
  const transcripts = await runScenarios(definitions, options);
  return new Map(transcripts.map((transcript) => [transcript.scenario, transcript]));
}

/** Starts a server for each set-up that the scenarios name, one after the other, and runs them. */
export async function runOnSetups(
  definitions: readonly ScenarioDefinition[],
  start: (setup: SetupName) => Promise<StartedServer>,
  times = 1,
): Promise<readonly Transcripts[]> {
  const rounds = Array.from({ length: times }, () => new Map<string, Transcript>());
  for (const setup of new Set(definitions.map((definition) => definition.setup))) {
    const chosen = definitions.filter((definition) => definition.setup === setup);
    const server = await start(setup);
    try {
      for (const round of rounds) {
        for (const [name, transcript] of await runAt(server.address, chosen, server.httpAddress)) {
          round.set(name, transcript);
        }
      }
    } finally {
      await server.stop();
    }
  }
  return rounds;
}
