import { temporaryServer } from "../../../started-server/started-server.mjs";
import { type SetupName, setupFlags } from "./setups.js";
import type { StartedServer } from "./start-server.js";

/** Starts our built server on a temporary SQLite file. */
export async function startOurServer(setup: SetupName): Promise<StartedServer> {
  return await temporaryServer(setupFlags(setup));
}
