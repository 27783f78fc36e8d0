/** How fast calls may come. */
export interface CallRate {
  /** 0: as fast as they like. */
  readonly perSecond: number;
  /** Calls that may come at once after a pause. */
  readonly burst: number;
  /** Share of the rate that calls of the first priority have, from 0 to 1. */
  readonly firstShare: number;
}

/**
 * A token bucket for each priority. A call takes a token from the bucket of its own priority, which
 * must have one, and from those of all lower ones, which may go into debt: so calls of a low
 * priority are turned away first.
 */
export class PriorityBuckets {
  readonly #tokens: Float64Array;
  #filledAtMs = Number.NEGATIVE_INFINITY;

  /** @param priorityCount - Priorities are from 0, the first, to one less than this. */
  constructor(priorityCount: number) {
    this.#tokens = new Float64Array(priorityCount);
  }

  /** Takes the tokens of one call; false: there is none, and none is taken. */
  take(priority: number, nowMs: number, rate: CallRate): boolean {
    if (rate.perSecond <= 0) return true;
    const tokens = this.#tokens;
    this.#fill(nowMs, rate);
    if ((tokens[priority] ?? 0) < 1) return false;
    for (let each = priority; each < tokens.length; each += 1)
      tokens[each] = (tokens[each] ?? 0) - 1;
    return true;
  }

  #fill(nowMs: number, { perSecond, burst, firstShare }: CallRate): void {
    const tokens = this.#tokens;
    // A clock that was set back fills nothing.
    const elapsedSeconds = Math.max(nowMs - this.#filledAtMs, 0) / 1000;
    if (elapsedSeconds > 0) this.#filledAtMs = nowMs;
    for (let each = 0; each < tokens.length; each += 1) {
      const share = each === 0 ? firstShare : 1;
      tokens[each] = Math.min((tokens[each] ?? 0) + elapsedSeconds * perSecond * share, burst);
    }
  }
}
