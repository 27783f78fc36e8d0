import type { Clock, ScheduledCall } from "./clock.js";
import { invariant } from "./invariant.js";

/** Things that are to happen at times of their own. */
export interface DeadlineSource {
  /** Milliseconds since the epoch; `undefined` when nothing is planned. */
  readonly nextAtMs: number | undefined;
  /** Does everything whose time has come. */
  fire(): void;
}

/** What a clock that skips time must know of those who use it. */
export interface TimeSkipping {
  /** A clock that goes as the real one does, for what is measured in real time. */
  readonly real: Clock;
  /** Whose deadlines time may skip to. */
  addSource(source: DeadlineSource): void;
  /** A deadline came or went. */
  consider(): void;
  /** Notes whether something is going on that takes real time; `name` tells one from another. */
  note(name: string, isBusy: boolean): void;
  /** Time is not skipped until the result is called. */
  hold(): () => void;
}

/**
 * A clock for tests of users: while it is not locked and nothing goes on but waiting, time skips to
 * the next deadline. Otherwise it goes as the real one does, that many hours or years ahead of it.
 * Calls that are scheduled on the clock itself (timeouts of polls) run in real time.
 */
export class SkippingClock implements Clock, TimeSkipping {
  readonly real: Clock;
  readonly #sources: DeadlineSource[] = [];
  readonly #busy = new Set<string>();
  #offsetMs = 0;
  #lockCount = 1;
  #holdCount = 0;
  #isPlanned = false;

  /** The clock begins locked, by one lock. */
  constructor(real: Clock) {
    this.real = real;
  }

  get skipping(): TimeSkipping {
    return this;
  }

  nowMs(): number {
    return this.real.nowMs() + this.#offsetMs;
  }

  schedule(delayMs: number, callback: () => void): ScheduledCall {
    return this.real.schedule(delayMs, callback);
  }

  /** Time goes on as usual until `unlock()` was called as often. */
  lock(): void {
    this.#lockCount += 1;
  }

  /** @throws {InvariantError} There is no lock. */
  unlock(): void {
    invariant(this.#lockCount > 0, "Only a locked clock is unlocked");
    this.#lockCount -= 1;
    this.consider();
  }

  get isLocked(): boolean {
    return this.#lockCount > 0;
  }

  addSource(source: DeadlineSource): void {
    this.#sources.push(source);
  }

  note(name: string, isBusy: boolean): void {
    if (isBusy) this.#busy.add(name);
    else if (this.#busy.delete(name)) this.consider();
  }

  hold(): () => void {
    this.#holdCount += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#holdCount -= 1;
      isHeld = false;
      this.consider();
    };
  }

  consider(): void {
    if (this.#isPlanned || this.#lockCount > 0) return;
    this.#isPlanned = true;
    // What the event of this turn leads to may take real time, and is noted by then.
    this.real.schedule(0, () => {
      this.#isPlanned = false;
      this.#skip();
    });
  }

  #skip(): void {
    if (this.#lockCount > 0 || this.#holdCount > 0 || this.#busy.size > 0) return;
    const times = this.#sources.map(({ nextAtMs }) => nextAtMs).filter((at) => at !== undefined);
    if (times.length === 0) return;
    const spanMs = Math.min(...times) - this.nowMs();
    if (spanMs > 0) this.#offsetMs += spanMs;
    for (const source of this.#sources) source.fire();
    this.consider();
  }
}
