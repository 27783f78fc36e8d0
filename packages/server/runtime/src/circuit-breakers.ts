import type { Clock } from "@perdure/kernel";

/** Failures in a row after which a destination is taken to be down. */
const FAILURES_MAX = 5;
/** How long a destination that is down is left alone. */
const OPEN_MS = 60_000;

interface Breaker {
  failureCount: number;
  /** When the next call may be tried; 0 while calls are made freely. */
  openUntilMs: number;
  /** Whether the one call that tries out a destination is under way. */
  isTrying: boolean;
}

/**
 * Keeps calls away from destinations that are down: after some failures in a row none is made for
 * a while, then one tries out how things are. It is in memory only, since it saves work and no
 * more.
 */
export class CircuitBreakers {
  readonly #clock: Clock;
  readonly #breakers = new Map<string, Breaker>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether calls to a destination are held back. */
  isOpen(destination: string): boolean {
    return (this.#breakers.get(destination)?.openUntilMs ?? 0) > 0;
  }

  /** Takes leave to make a call; otherwise the answer is how long to wait, milliseconds. */
  acquire(destination: string): number {
    const breaker = this.#breakers.get(destination);
    if (breaker === undefined || breaker.openUntilMs === 0) return 0;
    const waitMs = breaker.openUntilMs - this.#clock.nowMs();
    if (waitMs > 0) return waitMs;
    if (breaker.isTrying) return OPEN_MS / 10;
    breaker.isTrying = true;
    return 0;
  }

  /** Notes how a call went. */
  report(destination: string, isDown: boolean): void {
    if (!isDown) {
      this.#breakers.delete(destination);
      return;
    }
    const breaker = this.#breakers.get(destination) ?? {
      failureCount: 0,
      openUntilMs: 0,
      isTrying: false,
    };
    this.#breakers.set(destination, breaker);
    breaker.failureCount += 1;
    const isOpening = breaker.isTrying || breaker.failureCount > FAILURES_MAX;
    if (isOpening) breaker.openUntilMs = this.#clock.nowMs() + OPEN_MS;
    breaker.isTrying = false;
  }
}
