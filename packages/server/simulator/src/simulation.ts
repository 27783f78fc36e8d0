import { createHash, type Hash } from "node:crypto";
import {
  DomainError,
  type LogLevel,
  type Random,
  seededRandom,
  VirtualClock,
} from "@perdure/kernel";
import { MemoryDisk } from "@perdure/persistence";
import { checkHistories } from "./invariants.js";
import type { ProgramStep } from "./program.js";
import { SimulatedClient } from "./simulated-client.js";
import { SimulatedServer } from "./simulated-server.js";
import { SimulatedWorker } from "./simulated-worker.js";

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
  readonly coverage: ReadonlySet<string>;
}

/** A simulation did not end, or ended with a broken promise. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
}

/** Virtual time in which every workflow must have ended. */
const DURATION_MS_MAX = 60 * 60_000;
/** Longest time between two crashes. */
const CRASH_INTERVAL_MS_MAX = 20_000;
/** Crashes end after this time, so that everything can come to its end. */
const CRASHES_UNTIL_MS = 3 * 60_000;

/** Everything that one simulation shares: one seed, one run. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly coverage = new Set<string>();
  readonly startMs = this.clock.nowMs();
  crashCount = 0;
  /** The first error of the server that no client should ever cause. */
  bug: Error | undefined;
  readonly #hash: Hash = createHash("sha256");
  readonly #disk: MemoryDisk;
  #server: SimulatedServer | undefined;

  constructor(
    readonly seed: number,
    readonly onTrace: (line: string) => void = () => undefined,
  ) {
    this.random = seededRandom(seed);
    this.#disk = new MemoryDisk({ random: this.random });
  }

  get disk(): MemoryDisk {
    return this.#disk;
  }

  /** The server that runs now; `undefined` while none does. */
  get server(): SimulatedServer | undefined {
    return this.#server;
  }

  /** Notes what happened: it becomes part of the trace. */
  trace(text: string): void {
    const line = `${this.clock.nowMs() - this.startMs} ${text}\n`;
    this.#hash.update(line);
    this.onTrace(line);
  }

  cover(point: string): void {
    this.coverage.add(point);
  }

  traceHash(): string {
    return this.#hash.copy().digest("hex");
  }

  /** An integer in [0, below). */
  draw(below: number): number {
    return Math.floor(this.random.next() * below);
  }

  chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  async startServer(): Promise<void> {
    this.#server = await SimulatedServer.open({
      clock: this.clock,
      random: this.random,
      disk: this.#disk,
      commitFailureChance: 0.02,
      commitDelayMsMax: 4,
      maxIdleSlots: 5,
      logger: { log: (level, message, fields) => this.#log(level, message, fields) },
    });
    this.trace("server up");
  }

  /** What the server logs is part of the trace; an error that is not a DomainError is a bug. */
  #log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const cause = fields.error ?? fields.cause;
    this.trace(`${level} ${message}: ${cause instanceof Error ? cause.message : ""}`);
    if (cause instanceof Error && !isExpected(cause)) this.bug ??= cause;
  }

  crashServer(): void {
    if (this.#server === undefined) return;
    this.#server.crash();
    this.#server = undefined;
    this.crashCount += 1;
    this.cover("the server crashed");
    this.trace("server crashed");
  }

  /** Resolves after so much virtual time. */
  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.schedule(durationMs, resolve);
    });
  }
}

/** Whether an error is one that a client expects and tries again after. */
export function isExpected(error: unknown): error is DomainError {
  return error instanceof DomainError;
}

/** Lets everything that can go on without time passing go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Runs one simulation to its end and checks what must hold.
 *
 * @throws {SimulationError} Something promised did not hold; the message names the seed.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const world = new World(options.seed, options.onTrace);
  await world.startServer();
  const workers = [1, 2].map((number) => new SimulatedWorker(world, `worker-${number}`));
  const clients = Array.from(
    { length: options.workflowCount },
    (_, number) =>
      new SimulatedClient(world, {
        workflowId: `workflow-${number}`,
        steps: drawSteps(world),
        continuations: world.draw(3) === 0 ? 1 : 0,
      }),
  );
  for (const worker of workers) worker.start();
  const endings = clients.map((client) => client.run());
  let isDone = false;
  const failures: unknown[] = [];
  Promise.all(endings).then(
    () => {
      isDone = true;
    },
    (error: unknown) => failures.push(error),
  );
  scheduleCrash(world);
  const untilMs = world.startMs + DURATION_MS_MAX;
  while (!isDone && failures.length === 0) {
    await settle();
    if (isDone) break;
    if (world.bug !== undefined) {
      throw new SimulationError(`Seed ${options.seed}: the server has a bug`, { cause: world.bug });
    }
    if (!world.clock.runNext() || world.clock.nowMs() > untilMs) {
      throw new SimulationError(
        `Seed ${options.seed}: workflows did not end: ${unfinished(clients)}`,
      );
    }
  }
  if (failures.length > 0) {
    throw new SimulationError(`Seed ${options.seed}: a client failed`, { cause: failures[0] });
  }
  for (const worker of workers) worker.stop();
  const eventCount = checkHistories(world, clients, workers);
  const { crashCount, coverage } = world;
  return { traceHash: world.traceHash(), crashCount, eventCount, coverage };
}

function unfinished(clients: readonly SimulatedClient[]): string {
  return clients
    .filter((client) => !client.isDone)
    .map((client) => client.workflowId)
    .join(", ");
}

function drawSteps(world: World): readonly ProgramStep[] {
  return Array.from({ length: 1 + world.draw(6) }, () => drawStep(world));
}

function drawStep(world: World): ProgramStep {
  switch (world.draw(4)) {
    case 0:
      return { kind: "timer", delayMs: 10 + world.draw(15_000) };
    case 1:
      return { kind: "signal" };
    case 2:
      return { kind: "marker" };
    default:
      return { kind: "activity", maximumAttempts: world.chance(0.3) ? 1 : 0 };
  }
}

function scheduleCrash(world: World): void {
  world.clock.schedule(100 + world.draw(CRASH_INTERVAL_MS_MAX), () => {
    if (world.clock.nowMs() - world.startMs > CRASHES_UNTIL_MS) return;
    world.crashServer();
    world.clock.schedule(world.draw(2000), () => {
      void world.startServer();
      scheduleCrash(world);
    });
  });
}
