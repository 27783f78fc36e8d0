import { type Clock, type Logger, present, type ScheduledCall } from "@perdure/kernel";
import type { DueRun, Store } from "@perdure/persistence";
import { OUTBOX_WAKE_MS } from "./outbox.js";
import type { Waker, Wakers, WakeTarget } from "./waker.js";

/** What the scanner is built from. */
export interface WakeScannerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wakers: Wakers;
}

/** How often due runs are looked up, and how far ahead. */
const SCAN_INTERVAL_MS = 10_000;
const SCAN_HORIZON_MS = 2 * SCAN_INTERVAL_MS;
const SCAN_PAGE = 1000;

/** A page that can't be brought on is read again so much later. */
const SCAN_RETRY_MS = 250;

/** Runs that are loaded and stepped at a time: after a restart a great many may be due. */
const WAKES_AT_ONCE_MAX = 200;

interface DueEntity {
  readonly waker: Waker;
  readonly target: WakeTarget;
}

/** Finds runs that are not in memory and want to be woken soon. */
export class WakeScanner {
  readonly #deps: WakeScannerDeps;
  #scan: Promise<void> = Promise.resolve();
  #next: ScheduledCall | undefined;
  #isStopped = false;

  constructor(deps: WakeScannerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#scan = this.#scanAndPlan();
  }

  /** Ends after the runs that are being woken. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#next?.cancel();
    await this.#scan;
  }

  async #scanAndPlan(): Promise<void> {
    let pauseMs = SCAN_INTERVAL_MS;
    try {
      pauseMs = await this.#scanPage();
    } catch (error) {
      this.#deps.logger.log("error", "Wake-ups could not be read; tried again", { error });
    }
    if (this.#isStopped) return;
    this.#next = this.#deps.clock.schedule(pauseMs, () => this.start());
  }

  /** Sees to the runs that are due first. Returns after how many milliseconds to look again. */
  async #scanPage(): Promise<number> {
    const { store, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const page = await store.readDueRuns(nowMs + SCAN_HORIZON_MS, SCAN_PAGE);
    const due: DueEntity[] = [];
    for (const run of page) {
      const waker = present(this.#deps.wakers.get(run.key.kind), "Every stored kind has a waker");
      const target = targetOf(run);
      if (waker.isArmed(target)) continue;
      if (target.atMs <= nowMs) due.push({ waker, target });
      else waker.wakeLater(target);
    }
    const wokenCount = await this.#wakeAll(due);
    const last = page.at(-1);
    if (last === undefined || page.length < SCAN_PAGE) return SCAN_INTERVAL_MS;
    // Every run up to the last one is seen to; those behind it come no earlier.
    if (last.wakeAtMs > nowMs) return Math.min(SCAN_INTERVAL_MS, last.wakeAtMs - nowMs);
    // A woken run makes room in the page, one with messages only when they are delivered.
    return wokenCount === 0 || last.wakeAtMs === OUTBOX_WAKE_MS ? SCAN_RETRY_MS : 0;
  }

  /** Returns how many runs went well. */
  async #wakeAll(due: readonly DueEntity[]): Promise<number> {
    let wokenCount = 0;
    for (let start = 0; start < due.length && !this.#isStopped; start += WAKES_AT_ONCE_MAX) {
      const page = due.slice(start, start + WAKES_AT_ONCE_MAX);
      const outcomes = await Promise.all(page.map(({ waker, target }) => waker.wakeNow(target)));
      wokenCount += outcomes.filter(Boolean).length;
    }
    return wokenCount;
  }
}

function targetOf({ key, runId, wakeAtMs }: DueRun): WakeTarget {
  const { namespaceId, businessId } = key;
  return { namespaceId, businessId, runId, atMs: wakeAtMs };
}
