import { createHash, type Hash } from "node:crypto";
import {
  DomainError,
  type LogLevel,
  type Random,
  seededRandom,
  VirtualClock,
} from "@perdure/kernel";
import { MemoryDisk } from "@perdure/persistence";
import { CommitChecks } from "./commit-checks.js";
import type { CoveragePoint } from "./coverage-points.js";
import { drawFaultPlan, type FaultPlan } from "./fault-plan.js";
import { SimulatedServer } from "./simulated-server.js";

/** A simulation did not end, or ended with a broken promise. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
}

interface LoggedFields {
  readonly error?: unknown;
  readonly cause?: unknown;
}

/** Everything that one simulation shares: one seed, one run. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly coverage = new Set<CoveragePoint>();
  readonly startMs = this.clock.nowMs();
  readonly disk: MemoryDisk;
  readonly plan: FaultPlan;
  /** What must hold after every commit. */
  readonly checks: CommitChecks;
  crashCount = 0;
  /** Runs whose activities somebody pauses, resets and changes. */
  readonly operatedRuns = new Set<string>();
  /** The first error of the server that no client should ever cause. */
  bug: Error | undefined;
  readonly #hash: Hash = createHash("sha256");
  #server: SimulatedServer | undefined;

  constructor(
    readonly seed: number,
    readonly onTrace: (line: string) => void = () => undefined,
  ) {
    this.random = seededRandom(seed);
    this.disk = new MemoryDisk({ random: this.random });
    this.plan = drawFaultPlan(this.random);
    this.checks = new CommitChecks(this);
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

  cover(point: CoveragePoint): void {
    this.coverage.add(point);
  }

  /** Remembers that something promised does not hold; the simulation ends with it. */
  fail(message: string): void {
    this.trace(`broken: ${message}`);
    this.bug ??= new SimulationError(message);
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

  /** Starts a server; it is there when its disk has answered. */
  bringUpServer(): void {
    this.#startServer().catch((error: unknown) => {
      this.bug ??= error instanceof Error ? error : new SimulationError(String(error));
    });
  }

  async #startServer(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = await SimulatedServer.open(this, {
      log: (level, message, fields) => this.#log(level, message, fields),
    });
    if (this.#server !== undefined) return;
    this.#server = server;
    this.trace("server up");
  }

  /** What the server logs is part of the trace; an error that is not a DomainError is a bug. */
  #log(level: LogLevel, message: string, fields: LoggedFields = {}): void {
    const cause = fields.error ?? fields.cause;
    this.trace(`${level} ${message}: ${cause instanceof Error ? cause.message : ""}`);
    if (cause instanceof Error && !isExpected(cause)) this.bug ??= cause;
  }

  /** Ends the server as `kill -9` does; another starts after a while. */
  crashServer(): void {
    if (this.#server === undefined) return;
    this.#server.crash();
    this.#server = undefined;
    this.crashCount += 1;
    this.cover("the server crashed");
    this.trace("server crashed");
    this.clock.schedule(this.draw(2000), () => this.bringUpServer());
  }

  /** Whether the time of crashes and losses is over, so that everything can come to its end. */
  get isCalm(): boolean {
    return this.clock.nowMs() - this.startMs > this.plan.calmAfterMs;
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
