import { durationMs, timestampMs } from "@perdure/engine";
import { EntityKind } from "@perdure/persistence";
import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import { History, type HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import type { SimulatedClient } from "./simulated-client.js";
import { NAMESPACE } from "./simulated-server.js";
import type { SimulatedWorker } from "./simulated-worker.js";
import { SimulationError, type World } from "./simulation.js";

/**
 * Checks what must hold of everything that is stored when a simulation has ended. Returns the
 * number of events looked at.
 *
 * @throws {SimulationError}
 */
export function checkHistories(
  world: World,
  clients: readonly SimulatedClient[],
  workers: readonly SimulatedWorker[],
): number {
  let eventCount = 0;
  for (const client of clients) {
    const signals: string[] = [];
    for (const runId of client.runIds) {
      const events = historyOf(world, client.workflowId, runId);
      eventCount += events.length;
      const place = `seed ${world.seed}, ${client.workflowId}, run ${runId}`;
      checkGapless(events, place);
      checkTimers(events, place);
      checkClosed(events, place);
      signals.push(...signalIds(events));
    }
    checkSignals(client, signals, world.seed);
  }
  checkSingleAttempts(world, workers);
  checkTasksGone(world);
  return eventCount;
}

function historyOf(world: World, workflowId: string, runId: string): HistoryEvent[] {
  const key = { kind: EntityKind.WORKFLOW, namespaceId: NAMESPACE.id, businessId: workflowId };
  const row = world.disk.runs.load(key, runId);
  if (row === undefined) {
    throw new SimulationError(
      `Seed ${world.seed}: acknowledged run ${runId} of ${workflowId} is gone`,
    );
  }
  return world.disk.runs
    .readLog(row.runNo, 1, Number.MAX_SAFE_INTEGER)
    .flatMap(({ events }) => History.decode(events).events);
}

function checkGapless(events: readonly HistoryEvent[], place: string): void {
  events.forEach((event, index) => {
    if (event.eventId !== BigInt(index + 1)) {
      throw new SimulationError(`Event ${index + 1} has ID ${event.eventId} (${place})`);
    }
  });
}

function checkTimers(events: readonly HistoryEvent[], place: string): void {
  const dueMs = new Map<string, number>();
  for (const { attributes, eventTime } of events) {
    if (attributes?.kind === "timerStartedEventAttributes") {
      const delayMs = durationMs(attributes.value.startToFireTimeout);
      dueMs.set(attributes.value.timerId, timestampMs(eventTime) + delayMs);
    }
    if (attributes?.kind !== "timerFiredEventAttributes") continue;
    const due = dueMs.get(attributes.value.timerId);
    if (due === undefined || timestampMs(eventTime) < due) {
      throw new SimulationError(`Timer ${attributes.value.timerId} fired early (${place})`);
    }
    dueMs.delete(attributes.value.timerId);
  }
}

function checkClosed(events: readonly HistoryEvent[], place: string): void {
  const last = events.at(-1)?.eventType;
  const isClosed =
    last === EventType.WORKFLOW_EXECUTION_COMPLETED ||
    last === EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW;
  if (!isClosed)
    throw new SimulationError(`The run did not end well but with event type ${last} (${place})`);
}

function signalIds(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ attributes }) =>
    attributes?.kind === "workflowExecutionSignaledEventAttributes"
      ? [attributes.value.requestId]
      : [],
  );
}

/** Every acknowledged signal is there, and none twice. */
function checkSignals(client: SimulatedClient, signals: readonly string[], seed: number): void {
  if (new Set(signals).size !== signals.length) {
    throw new SimulationError(`Seed ${seed}: a signal of ${client.workflowId} was applied twice`);
  }
  for (const requestId of client.acknowledgedSignals) {
    if (signals.includes(requestId)) continue;
    throw new SimulationError(`Seed ${seed}: acknowledged signal "${requestId}" is lost`);
  }
}

/** No attempt of an activity is handed out twice, whatever crashes. */
function checkSingleAttempts(world: World, workers: readonly SimulatedWorker[]): void {
  const counts = new Map<string, number>();
  for (const worker of workers) {
    for (const [name, count] of worker.attempts) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  for (const [name, count] of counts) {
    if (count > 1)
      throw new SimulationError(`Seed ${world.seed}: attempt "${name}" was started ${count} times`);
  }
}

/** Tasks of runs that have ended may wait for a poller that finds them stale, but no run is open. */
function checkTasksGone(world: World): void {
  const open = world.disk.runs.readDue(Number.MAX_SAFE_INTEGER, 1);
  if (open.length > 0) {
    throw new SimulationError(`Seed ${world.seed}: run ${open[0]?.runId} still wants to be woken`);
  }
}
