import type { ClientPlan } from "./client-plan.js";
import type { CoveragePoint } from "./coverage-points.js";
import { checkEnd } from "./end-checks.js";
import type { ProgramStep } from "./program.js";
import { SimulatedClient } from "./simulated-client.js";
import { drawSchedule, SimulatedScheduler } from "./simulated-scheduler.js";
import { NAMESPACE } from "./simulated-server.js";
import { SimulatedWorker } from "./simulated-worker.js";
import { SimulationError, World } from "./world.js";

export interface SimulationOptions {
  readonly seed: number;
  readonly workflowCount: number;
  /** Sees every line of the trace as it is written. */
  readonly onTrace?: (line: string) => void;
}

export interface SimulationResult {
  /** Hash of everything that happened, in order. */
  readonly traceHash: string;
  readonly crashCount: number;
  readonly eventCount: number;
  /** Named situations that came up. */
  readonly coverage: ReadonlySet<CoveragePoint>;
}

/** Virtual time in which every workflow must have ended. */
const DURATION_MS_MAX = 60 * 60_000;

/**
 * Runs one simulation to its end and checks what must hold, after every commit and at the end.
 *
 * @throws {SimulationError} Something promised did not hold; the message names the seed.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const world = new World(options.seed, options.onTrace);
  world.bringUpServer();
  const workers = [1, 2].map((number) => new SimulatedWorker(world, `worker-${number}`));
  const clients = Array.from(
    { length: options.workflowCount },
    (_, number) => new SimulatedClient(world, drawPlan(world, `workflow-${number}`)),
  );
  const schedulers = Array.from(
    { length: Math.ceil(options.workflowCount / 5) },
    (_, number) => new SimulatedScheduler(world, drawSchedule(world, `schedule-${number}`)),
  );
  for (const worker of workers) worker.start();
  let isDone = false;
  Promise.all([...clients, ...schedulers].map((client) => client.run())).then(
    () => {
      isDone = true;
    },
    (error: unknown) => {
      world.bug ??= error instanceof Error ? error : new SimulationError(String(error));
    },
  );
  scheduleCrash(world);
  await runUntil(world, () => isDone && isQuiet(world), { clients, schedulers });
  for (const worker of workers) worker.stop();
  const eventCount = checkAtEnd(world, { clients, schedulers, workers });
  if (world.bug !== undefined) throw brokenBy(world, world.bug);
  const { crashCount, coverage } = world;
  return { traceHash: world.traceHash(), crashCount, eventCount, coverage };
}

function checkAtEnd(world: World, actors: Parameters<typeof checkEnd>[1]): number {
  try {
    return checkEnd(world, actors);
  } catch (error) {
    throw error instanceof SimulationError ? brokenBy(world, error) : error;
  }
}

async function runUntil(
  world: World,
  isDone: () => boolean,
  {
    clients,
    schedulers,
  }: {
    readonly clients: readonly SimulatedClient[];
    readonly schedulers: readonly SimulatedScheduler[];
  },
): Promise<void> {
  const untilMs = world.startMs + DURATION_MS_MAX;
  while (!isDone()) {
    await settle();
    if (world.bug !== undefined) throw brokenBy(world, world.bug);
    if (isDone()) return;
    if (!world.clock.runNext() || world.clock.nowMs() > untilMs) {
      const late = [
        ...clients.filter((client) => !client.isDone).map(({ plan }) => plan.workflowId),
        ...schedulers.filter(({ isDone }) => !isDone).map(({ plan }) => plan.scheduleId),
      ];
      throw new SimulationError(`Seed ${world.seed}: workflows did not end: ${late.join(", ")}`);
    }
  }
}

/** Whether every run has closed and has nothing left to tell: some children outlive parents. */
function isQuiet(world: World): boolean {
  if (world.disk.runs.readDue(Number.MAX_SAFE_INTEGER, 1).length > 0) return false;
  for (const row of world.disk.visibility.get(NAMESPACE.id)?.values() ?? []) {
    if (row.closeTimeMs === undefined) return false;
  }
  return true;
}

/** Lets everything that can go on without time passing go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function brokenBy(world: World, cause: Error): SimulationError {
  return new SimulationError(`Seed ${world.seed}: ${cause.message}`, { cause });
}

function drawPlan(world: World, workflowId: string): ClientPlan {
  const operation = world.draw(10);
  if (operation < 2) return drawOperatedPlan(world, workflowId, operation === 0);
  const interruption = world.draw(20);
  return {
    workflowId,
    steps: Array.from({ length: 1 + world.draw(6) }, () => drawStep(world)),
    continuations: world.draw(3) === 0 ? 1 : 0,
    interruption: interruption < 2 ? "cancel" : interruption < 4 ? "terminate" : undefined,
    asksQueries: world.chance(0.2),
    extraSignals: Math.max(0, world.draw(6) - 3),
    operatesActivities: world.chance(0.3),
    lives: world.chance(0.15) ? 2 : 1,
    operation: undefined,
  };
}

/** A workflow without children, that somebody resets or pauses. */
function drawOperatedPlan(world: World, workflowId: string, isReset: boolean): ClientPlan {
  const steps = Array.from({ length: 2 + world.draw(6) }, () => drawStep(world));
  return {
    workflowId,
    steps: steps.filter(({ kind }) => !PEER_STEPS.has(kind)),
    continuations: 0,
    interruption: undefined,
    asksQueries: world.chance(0.2),
    extraSignals: world.draw(3),
    lives: 1,
    operatesActivities: false,
    operation: isReset ? "reset" : "pause",
  };
}

const PEER_STEPS: ReadonlySet<ProgramStep["kind"]> = new Set([
  "child",
  "signalOther",
  "cancelChild",
]);

function drawStep(world: World): ProgramStep {
  switch (world.draw(13)) {
    case 0:
      return { kind: "timer", delayMs: 10 + world.draw(15_000) };
    case 1:
    case 2:
      return { kind: "signal" };
    case 3:
      return { kind: "marker" };
    case 4:
      return { kind: "both", delayMs: 10 + world.draw(2_000) };
    case 5:
      return { kind: "canceledActivity", delayMs: 10 + world.draw(3_000) };
    case 6:
      return { kind: "canceledTimer", delayMs: 10 + world.draw(3_000) };
    case 7:
    case 8:
      return drawChild(world);
    case 9:
      return world.chance(0.5)
        ? { kind: "signalOther", workflowId: `workflow-${world.draw(15)}` }
        : { kind: "cancelChild", of: world.draw(3) };
    case 10:
    case 11:
      return { kind: "update" };
    default: {
      const maximumAttempts = world.chance(0.3) ? 1 : world.chance(0.3) ? 2 : 0;
      return { kind: "activity", maximumAttempts, heartbeats: world.chance(0.4) };
    }
  }
}

function drawChild(world: World): ProgramStep {
  const policies = ["terminate", "requestCancel", "abandon"] as const;
  return {
    kind: "child",
    delayMs: 10 + world.draw(8_000),
    continuations: world.draw(3) === 0 ? 1 : 0,
    policy: policies[world.draw(3)] ?? "terminate",
    isAwaited: world.chance(0.6),
  };
}

/** Crashes the server now and then, besides the crashes that meet a commit. */
function scheduleCrash(world: World): void {
  world.clock.schedule(100 + world.draw(world.plan.crashIntervalMsMax), () => {
    if (world.clock.nowMs() - world.startMs > world.plan.crashesUntilMs) return;
    world.crashServer();
    scheduleCrash(world);
  });
}
