import type { Clock, ScheduledCall } from "./clock.js";

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that moves only when told to, for tests and simulation. Calls that are due at the same
 * millisecond run in the order in which they were scheduled.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #entries = new Set<Entry>();

  /** @param startMs - First reading, milliseconds since the epoch. */
  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, callback: () => void): ScheduledCall {
    const atMs = this.#nowMs + Math.max(delayMs, 0);
    const entry: Entry = { atMs, order: this.#order++, callback };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  /** Time of the next scheduled call; `undefined` when nothing is scheduled. */
  nextCallAtMs(): number | undefined {
    return this.#next()?.atMs;
  }

  /** Moves to the next scheduled call and runs it. Returns false when nothing is scheduled. */
  runNext(): boolean {
    const next = this.#next();
    if (next === undefined) return false;
    this.#entries.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.callback();
    return true;
  }

  /** Moves forward by `durationMs`, running every call that is due on the way. */
  advance(durationMs: number): void {
    const untilMs = this.#nowMs + durationMs;
    for (let next = this.#next(); next && next.atMs <= untilMs; next = this.#next()) this.runNext();
    this.#nowMs = untilMs;
  }

  #next(): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      if (first === undefined || entry.atMs < first.atMs) first = entry;
      else if (entry.atMs === first.atMs && entry.order < first.order) first = entry;
    }
    return first;
  }
}
