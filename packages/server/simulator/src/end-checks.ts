import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import { checkChildren } from "./peer-checks.js";
import type { KnownRun, SimulatedClient } from "./simulated-client.js";
import type { SimulatedScheduler } from "./simulated-scheduler.js";
import type { SimulatedWorker } from "./simulated-worker.js";
import { historyOf } from "./stored-history.js";
import { SimulationError, type World } from "./world.js";

/** How a run may end by itself; a client that interrupts allows the others. */
const OWN_ENDINGS: ReadonlySet<EventType> = new Set([
  EventType.WORKFLOW_EXECUTION_COMPLETED,
  EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
]);
const INTERRUPTED_ENDINGS: ReadonlySet<EventType> = new Set([
  EventType.WORKFLOW_EXECUTION_CANCELED,
  EventType.WORKFLOW_EXECUTION_TERMINATED,
]);

/**
 * Checks what must hold of everything that is stored when a simulation has ended. Returns the
 * number of events looked at.
 *
 * @throws {SimulationError}
 */
export function checkEnd(
  world: World,
  {
    clients,
    schedulers,
    workers,
  }: {
    readonly clients: readonly SimulatedClient[];
    readonly schedulers: readonly SimulatedScheduler[];
    readonly workers: readonly SimulatedWorker[];
  },
): number {
  let eventCount = 0;
  const completed = new Set<string>();
  for (const client of clients) {
    for (const run of client.runs) {
      const events = historyOf(world, client.plan.workflowId, run.runId);
      eventCount += events.length;
      checkClosed(client, run, events);
      checkSignals(run, events);
      checkChildren(world, { workflowId: client.plan.workflowId, runId: run.runId }, events);
      checkUpdates(run, events);
      for (const name of completedActivities(run, events)) completed.add(name);
      coverHistory(world, events);
    }
    if (client.plan.operation === "reset") checkReset(world, client);
  }
  for (const scheduler of schedulers) {
    scheduler.check();
    for (const { workflowId, runId } of scheduler.rows) {
      const events = historyOf(world, workflowId, runId);
      eventCount += events.length;
      for (const name of completedActivities({ runId }, events)) completed.add(name);
    }
  }
  checkCompletions(workers, completed);
  checkSingleAttempts(workers);
  checkNoWakeUps(world);
  return eventCount;
}

function checkClosed(
  client: SimulatedClient,
  run: KnownRun,
  events: readonly HistoryEvent[],
): void {
  const last = events.at(-1)?.eventType ?? EventType.UNSPECIFIED;
  if (OWN_ENDINGS.has(last)) return;
  if (run.isEndedByReset && last === EventType.WORKFLOW_EXECUTION_TERMINATED) return;
  if (client.isInterrupted && INTERRUPTED_ENDINGS.has(last)) return;
  const place = `${client.plan.workflowId}, run ${run.runId}`;
  throw new SimulationError(`A run ended with event type ${last} (${place})`);
}

/** Every acknowledged signal is there, and none twice. */
function checkSignals(run: KnownRun, events: readonly HistoryEvent[]): void {
  const signals = events.flatMap(({ attributes }) =>
    attributes?.kind === "workflowExecutionSignaledEventAttributes"
      ? [attributes.value.requestId]
      : [],
  );
  if (new Set(signals).size !== signals.length) {
    throw new SimulationError(`A signal of run ${run.runId} was applied twice`);
  }
  for (const requestId of run.acknowledgedSignals) {
    if (signals.includes(requestId)) continue;
    throw new SimulationError(`Acknowledged signal "${requestId}" is lost`);
  }
}

/** What any of its runs acknowledged is in the last run of a workflow that was reset. */
function checkReset(world: World, client: SimulatedClient): void {
  const last = client.runs.at(-1);
  if (last === undefined || client.runs.length < 2) return;
  const acknowledged = client.runs.flatMap((run) => run.acknowledgedSignals);
  if (acknowledged.length > last.acknowledgedSignals.length) {
    world.cover("a reset took signals over");
  }
  const base = client.runs[0];
  if (base === undefined) return;
  const known = { ...last, acknowledgedSignals: base.acknowledgedSignals };
  checkSignals(known, historyOf(world, client.plan.workflowId, last.runId));
}

/** Every acknowledged update is completed in the history, and none was accepted twice. */
function checkUpdates(run: KnownRun, events: readonly HistoryEvent[]): void {
  const accepted: string[] = [];
  const completed = new Set<string>();
  for (const { attributes } of events) {
    if (attributes?.kind === "workflowExecutionUpdateAcceptedEventAttributes") {
      accepted.push(attributes.value.protocolInstanceId);
    }
    if (attributes?.kind === "workflowExecutionUpdateCompletedEventAttributes") {
      completed.add(attributes.value.meta?.updateId ?? "");
    }
  }
  if (new Set(accepted).size !== accepted.length) {
    throw new SimulationError(`An update of run ${run.runId} was accepted twice`);
  }
  for (const updateId of run.acknowledgedUpdates) {
    if (completed.has(updateId)) continue;
    throw new SimulationError(`Acknowledged update "${updateId}" is lost`);
  }
}

function completedActivities(
  run: { readonly runId: string },
  events: readonly HistoryEvent[],
): readonly string[] {
  const activityIds = new Map<bigint, string>();
  const names: string[] = [];
  for (const { eventId, attributes } of events) {
    if (attributes?.kind === "activityTaskScheduledEventAttributes") {
      activityIds.set(eventId, attributes.value.activityId);
    }
    if (attributes?.kind !== "activityTaskCompletedEventAttributes") continue;
    names.push(`${run.runId} ${activityIds.get(attributes.value.scheduledEventId)}`);
  }
  return names;
}

/** Every acknowledged completion of an activity is in the history of its run. */
function checkCompletions(
  workers: readonly SimulatedWorker[],
  completed: ReadonlySet<string>,
): void {
  for (const name of workers.flatMap((worker) => [...worker.completions])) {
    if (completed.has(name)) continue;
    throw new SimulationError(`The acknowledged completion of activity "${name}" is lost`);
  }
}

/** No attempt of an activity is handed out twice, whatever crashes. */
function checkSingleAttempts(workers: readonly SimulatedWorker[]): void {
  const counts = new Map<string, number>();
  for (const worker of workers) {
    for (const [name, count] of worker.attempts) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  for (const [name, count] of counts) {
    if (count > 1) throw new SimulationError(`Attempt "${name}" was started ${count} times`);
  }
}

/**
 * Tasks of runs that have ended may wait for a poller that finds them stale, but no run is open.
 */
function checkNoWakeUps(world: World): void {
  const [due] = world.disk.runs.readDue(Number.MAX_SAFE_INTEGER, 1);
  if (due === undefined) return;
  throw new SimulationError(`Run ${due.runId} of ${due.key.businessId} still wants to be woken`);
}

function coverHistory(world: World, events: readonly HistoryEvent[]): void {
  for (const { attributes, eventType } of events) {
    if (eventType === EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED) {
      world.cover("a workflow signalled another");
    }
    if (eventType === EventType.TIMER_CANCELED) world.cover("a timer was cancelled");
    if (eventType === EventType.TIMER_FIRED && world.crashCount > 0) {
      world.cover("a timer fired after a crash");
    }
    if (attributes?.kind === "workflowTaskTimedOutEventAttributes") {
      const isSticky = attributes.value.startedEventId === 0n;
      if (isSticky) world.cover("a sticky task went back to the normal queue");
    }
  }
  const isTerminated = events.at(-1)?.eventType === EventType.WORKFLOW_EXECUTION_TERMINATED;
  if (isTerminated && events.at(-2)?.eventType === EventType.WORKFLOW_TASK_FAILED) {
    world.cover("a workflow was terminated while a worker held its task");
  }
}
