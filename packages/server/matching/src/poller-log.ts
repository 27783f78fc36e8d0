import type { PollerInfo } from "./contract.js";

/** Somebody who polled a queue not long ago. */
export interface RecentPoller {
  readonly info: PollerInfo;
  /** When the last poll began, milliseconds since the epoch. */
  readonly lastPollAtMs: number;
}

/** How long a poller is remembered, and most of them of one queue. */
const REMEMBERED_MS = 5 * 60_000;
const POLLERS_MAX = 1000;

/** Who polled a queue lately, by identity. */
export class PollerLog {
  /** The one that polled last comes last. */
  readonly #pollers = new Map<string, RecentPoller>();

  note(info: PollerInfo, nowMs: number): void {
    const { identity } = info;
    this.#pollers.delete(identity);
    this.#pollers.set(identity, { info, lastPollAtMs: nowMs });
    if (this.#pollers.size > POLLERS_MAX) this.#dropFirst();
  }

  /** Those that polled lately, the last one first. */
  list(nowMs: number): readonly RecentPoller[] {
    return [...this.#pollers.values()]
      .filter(({ lastPollAtMs }) => nowMs - lastPollAtMs < REMEMBERED_MS)
      .reverse();
  }

  #dropFirst(): void {
    for (const identity of this.#pollers.keys()) {
      this.#pollers.delete(identity);
      return;
    }
  }
}
