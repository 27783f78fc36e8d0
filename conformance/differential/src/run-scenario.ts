import { Scenario, type ScenarioDefinition, ScenarioStoppedError } from "./scenario.js";
import type { Transcript } from "./transcript.js";
import { GrpcCaller } from "./wire/grpc-caller.js";
import { HttpCaller } from "./wire/http-caller.js";

/** Runs one scenario; a script that can't go on ends with a step that says why. */
export async function runScenario(
  definition: ScenarioDefinition,
  callers: { readonly caller: GrpcCaller; readonly http: HttpCaller | undefined },
): Promise<Transcript> {
  const session = new Scenario(callers.caller, callers.http);
  try {
    await definition.run(session);
  } catch (error) {
    if (!(error instanceof ScenarioStoppedError)) throw error;
    session.steps.push({ stopped: error.message });
  }
  return { scenario: definition.name, steps: session.steps };
}

/** Runs scenarios against one address, several at a time; the results come in the given order. */
export async function runScenarios(
  definitions: readonly ScenarioDefinition[],
  options: {
    readonly address: string;
    /** Absent: no scenario asks over HTTP. */
    readonly httpAddress: string | undefined;
    readonly concurrency: number;
  },
): Promise<readonly Transcript[]> {
  const caller = new GrpcCaller(options.address);
  const http = options.httpAddress === undefined ? undefined : new HttpCaller(options.httpAddress);
  try {
    await caller.ready(10_000);
    return await mapConcurrently(definitions, options.concurrency, (definition) =>
      runScenario(definition, { caller, http }),
    );
  } finally {
    caller.close();
  }
}

/** Maps with at most `limit` calls under way; results are in the order of the items. */
async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const drain = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: limit }, drain));
  return results;
}
