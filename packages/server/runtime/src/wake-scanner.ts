import type { Clock, Logger, ScheduledCall } from "@perdure/kernel";
import type { DueRun, Store } from "@perdure/persistence";
import { OUTBOX_WAKE_MS } from "./outbox.js";

/** A run that is to be looked at. */
export interface WakeTarget {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** What the scanner needs of the host. */
export interface WakeScannerHost {
  readonly deps: { readonly store: Store; readonly clock: Clock; readonly logger: Logger };
  /** Whether the run is in memory and will be looked at by then. */
  isArmed(target: WakeTarget): boolean;
  /** Looks at the run when its time has come. */
  wakeLater(target: WakeTarget): void;
  /** Looks at the run. Resolves, when that is stored, to whether it went well; never rejects. */
  wakeNow(target: WakeTarget): Promise<boolean>;
}

/** How often due runs are looked up, and how far ahead. */
const SCAN_INTERVAL_MS = 10_000;
const SCAN_HORIZON_MS = 2 * SCAN_INTERVAL_MS;
const SCAN_PAGE = 1000;

/** A page that can't be brought on is read again so much later. */
const SCAN_RETRY_MS = 250;

/** Runs that are loaded and stepped at a time: after a restart a great many may be due. */
const WAKES_AT_ONCE_MAX = 200;

/** Finds runs that are not in memory and want to be woken soon. */
export class WakeScanner {
  readonly #host: WakeScannerHost;
  #scan: Promise<void> = Promise.resolve();
  #next: ScheduledCall | undefined;
  #isStopped = false;

  constructor(host: WakeScannerHost) {
    this.#host = host;
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
      this.#host.deps.logger.log("error", "Wake-ups could not be read; tried again", { error });
    }
    if (this.#isStopped) return;
    this.#next = this.#host.deps.clock.schedule(pauseMs, () => this.start());
  }

  /** Sees to the runs that are due first. Returns after how many milliseconds to look again. */
  async #scanPage(): Promise<number> {
    const { store, clock } = this.#host.deps;
    const nowMs = clock.nowMs();
    const page = await store.readDueRuns(nowMs + SCAN_HORIZON_MS, SCAN_PAGE);
    const due: WakeTarget[] = [];
    for (const target of page.map(targetOf)) {
      if (this.#host.isArmed(target)) continue;
      if (target.atMs <= nowMs) due.push(target);
      else this.#host.wakeLater(target);
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
  async #wakeAll(due: readonly WakeTarget[]): Promise<number> {
    let wokenCount = 0;
    for (let start = 0; start < due.length && !this.#isStopped; start += WAKES_AT_ONCE_MAX) {
      const targets = due.slice(start, start + WAKES_AT_ONCE_MAX);
      const outcomes = await Promise.all(targets.map((target) => this.#host.wakeNow(target)));
      wokenCount += outcomes.filter(Boolean).length;
    }
    return wokenCount;
  }
}

function targetOf({ key, runId, wakeAtMs }: DueRun): WakeTarget {
  const { namespaceId, businessId } = key;
  return { namespaceId, workflowId: businessId, runId, atMs: wakeAtMs };
}
