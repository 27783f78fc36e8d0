import type { Clock } from "@perdure/kernel";
import { Http2ConnectionError, Http2ErrorCode } from "./http2-error.js";

/** Streams that a client may abandon at once: a worker process that ends gives up all its polls. */
const RESETS_AT_ONCE = 10_000;
/** Streams that a client may abandon per second on end. */
const RESETS_PER_SECOND = 1000;

/**
 * Limits how many streams a client begins and abandons: each costs the server a call and the
 * client nothing ("rapid reset", CVE-2023-44487). Streams that the server resets because of what
 * the client sent count too (CVE-2025-8671).
 */
export class ResetBudget {
  readonly #clock: Pick<Clock, "nowMs">;
  #left = RESETS_AT_ONCE;
  #countedAtMs: number;

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
    this.#countedAtMs = clock.nowMs();
  }

  /**
   * Counts a stream that was abandoned.
   *
   * @throws {Http2ConnectionError} There were too many in too short a time.
   */
  spend(): void {
    const nowMs = this.#clock.nowMs();
    const earned = ((nowMs - this.#countedAtMs) / 1000) * RESETS_PER_SECOND;
    this.#left = Math.min(this.#left + earned, RESETS_AT_ONCE) - 1;
    this.#countedAtMs = nowMs;
    if (this.#left >= 0) return;
    throw new Http2ConnectionError(Http2ErrorCode.ENHANCE_YOUR_CALM, "Too many streams reset");
  }
}
