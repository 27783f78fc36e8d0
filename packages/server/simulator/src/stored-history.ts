import { EntityKind } from "@perdure/persistence";
import { History, type HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import { NAMESPACE } from "./simulated-server.js";
import { SimulationError, type World } from "./world.js";

/**
 * All events of a run that are on the disk.
 *
 * @throws {SimulationError} The run is gone.
 */
export function historyOf(world: World, workflowId: string, runId: string): HistoryEvent[] {
  const key = { kind: EntityKind.WORKFLOW, namespaceId: NAMESPACE.id, businessId: workflowId };
  const row = world.disk.runs.load(key, runId);
  if (row === undefined) {
    throw new SimulationError(`Acknowledged run ${runId} of ${workflowId} is gone`);
  }
  return world.disk.runs
    .readLog(row.runNo, 1, Number.MAX_SAFE_INTEGER)
    .flatMap(({ events }) => History.decode(events).events);
}
