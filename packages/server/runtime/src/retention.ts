import type { Clock, Logger, ScheduledCall } from "@perdure/kernel";
import {
  type EntityKind,
  listIdOf,
  type Store,
  type VisibilityQuery,
  type VisibilityRow,
} from "@perdure/persistence";

/** How long a namespace keeps closed runs. */
export interface NamespaceRetention {
  readonly namespaceId: string;
  /** Milliseconds. */
  readonly retentionMs: number;
}

/** A kind of entity whose closed runs are deleted. */
export interface RetainedKind {
  readonly kind: EntityKind;
  /** Deletes runs by their rows in lists; resolves when that is stored. */
  readonly remove: (namespaceId: string, rows: readonly VisibilityRow[]) => Promise<void>;
}

/** What the sweeper is built from. */
export interface RetentionDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kinds: readonly RetainedKind[];
}

/** How often runs are looked for whose time is over: they go at most so much later. */
const SWEEP_INTERVAL_MS = 60_000;
/** Runs that one commit deletes. */
const BATCH_RUNS_MAX = 100;
/** Pause between two commits, which leaves the disk to others. */
const BATCH_PAUSE_MS = 100;

/**
 * Deletes closed runs once their namespace has kept them long enough. When a run is due follows
 * from its close time in the list of runs, which is stored, so nothing is to be remembered beyond
 * a restart and a changed retention holds for runs that have closed already.
 */
export class RetentionSweeper {
  readonly #deps: RetentionDeps;
  readonly #retentions: () => readonly NamespaceRetention[];
  #scheduled: ScheduledCall | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(deps: RetentionDeps, retentions: () => readonly NamespaceRetention[]) {
    this.#deps = deps;
    this.#retentions = retentions;
  }

  /** Begins to sweep. */
  start(): void {
    this.#scheduled = this.#deps.clock.schedule(SWEEP_INTERVAL_MS, () => {
      this.#sweep = this.sweep()
        .catch((error: unknown) => {
          this.#deps.logger.log("error", "Closed runs could not be deleted; tried again", {
            error,
          });
        })
        .finally(() => {
          if (!this.#isStopped) this.start();
        });
    });
  }

  /** Begins no further batch and waits for the one under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#scheduled?.cancel();
    await this.#sweep;
  }

  /** Deletes everything that is due. */
  async sweep(): Promise<void> {
    for (const { namespaceId, retentionMs } of this.#retentions()) {
      const closedBeforeMs = this.#deps.clock.nowMs() - retentionMs;
      for (const kind of this.#deps.kinds) await this.#sweepList(kind, namespaceId, closedBeforeMs);
    }
  }

  async #sweepList(
    { kind, remove }: RetainedKind,
    namespaceId: string,
    closedBeforeMs: number,
  ): Promise<void> {
    while (!this.#isStopped) {
      const rows = await this.#readDue(listIdOf(namespaceId, kind), closedBeforeMs);
      if (rows.length === 0) return;
      await remove(namespaceId, rows);
      if (rows.length < BATCH_RUNS_MAX) return;
      await this.#pause();
    }
  }

  async #readDue(listId: string, closedBeforeMs: number): Promise<readonly VisibilityRow[]> {
    const query: VisibilityQuery = {
      namespaceId: listId,
      filter: { kind: "compare", field: "CloseTime", operator: "<=", value: closedBeforeMs },
      order: [
        { field: "CloseTime", isDescending: false },
        { field: "StartTime", isDescending: false },
      ],
    };
    const page = { cursor: undefined, limit: BATCH_RUNS_MAX };
    return (await this.#deps.store.listVisibility(query, page)).rows;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.clock.schedule(BATCH_PAUSE_MS, resolve);
    });
  }
}
