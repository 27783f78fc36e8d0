import { InvalidArgumentError, type SkippingClock } from "@perdure/kernel";
import { WakeQueue } from "./wake-queue.js";

/** Lets tests of users steer a clock that skips time. */
export class TimeSkippingService {
  readonly #clock: SkippingClock;
  readonly #sleepers: WakeQueue;

  constructor(clock: SkippingClock) {
    this.#clock = clock;
    this.#sleepers = new WakeQueue(clock);
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  lock(): void {
    this.#clock.lock();
  }

  /** @throws {InvalidArgumentError} There are more calls to unlock than to lock. */
  unlock(): void {
    if (!this.#clock.isLocked) {
      throw new InvalidArgumentError("Time skipping is not locked: it was unlocked too often");
    }
    this.#clock.unlock();
  }

  /** Resolves when the clock has come to a time, milliseconds since the epoch. */
  sleepUntil(atMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.add(atMs, resolve);
    });
  }

  /** Resolves when so many milliseconds have passed on the clock. */
  sleep(spanMs: number): Promise<void> {
    return this.sleepUntil(this.#clock.nowMs() + spanMs);
  }

  /** As `sleep()`, with one lock less while it lasts. Errors as `unlock()`. */
  async unlockWithSleep(spanMs: number): Promise<void> {
    const slept = new Promise<void>((resolve) => {
      this.#sleepers.add(this.#clock.nowMs() + spanMs, () => {
        // At once, before time goes on.
        this.#clock.lock();
        resolve();
      });
    });
    this.unlock();
    await slept;
  }

  /** Wakes nobody any more. */
  stop(): void {
    this.#sleepers.stop();
  }
}
