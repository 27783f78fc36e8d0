import type { Clock, Logger, ScheduledCall } from "@perdure/kernel";
import { EntityKind, type VisibilityQuery, type VisibilityRow } from "@perdure/persistence";
import type { WorkflowHost } from "./workflow-host.js";

/** How long a namespace keeps closed runs. */
export interface NamespaceRetention {
  readonly namespaceId: string;
  /** Milliseconds. */
  readonly retentionMs: number;
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
  readonly #host: WorkflowHost;
  readonly #retentions: () => readonly NamespaceRetention[];
  #scheduled: ScheduledCall | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(host: WorkflowHost, retentions: () => readonly NamespaceRetention[]) {
    this.#host = host;
    this.#retentions = retentions;
  }

  /** Begins to sweep. */
  start(): void {
    this.#scheduled = this.#clock.schedule(SWEEP_INTERVAL_MS, () => {
      this.#sweep = this.sweep()
        .catch((error: unknown) => {
          this.#logger.log("error", "Closed runs could not be deleted; tried again", { error });
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
      const closedBeforeMs = this.#clock.nowMs() - retentionMs;
      for (;;) {
        const rows = await this.#readDue(namespaceId, closedBeforeMs);
        if (rows.length === 0 || this.#isStopped) break;
        await this.#delete(rows);
        if (rows.length < BATCH_RUNS_MAX || this.#isStopped) break;
        await this.#pause();
      }
    }
  }

  get #clock(): Clock {
    return this.#host.deps.clock;
  }

  get #logger(): Logger {
    return this.#host.deps.logger;
  }

  async #readDue(namespaceId: string, closedBeforeMs: number): Promise<readonly VisibilityRow[]> {
    const query: VisibilityQuery = {
      namespaceId,
      filter: { kind: "compare", field: "CloseTime", operator: "<=", value: closedBeforeMs },
      order: [
        { field: "CloseTime", isDescending: false },
        { field: "StartTime", isDescending: false },
      ],
    };
    const page = { cursor: undefined, limit: BATCH_RUNS_MAX };
    return (await this.#host.deps.store.listVisibility(query, page)).rows;
  }

  async #delete(rows: readonly VisibilityRow[]): Promise<void> {
    const { store } = this.#host.deps;
    const found = await Promise.all(
      rows.map(async ({ namespaceId, workflowId, runId }) => {
        const slot = this.#host.slot(namespaceId, workflowId);
        const key = { kind: EntityKind.WORKFLOW, namespaceId, businessId: workflowId };
        const loaded = slot.runs.get(runId);
        const row = loaded ?? (await store.loadRun(key, runId));
        return { slot, runId, row };
      }),
    );
    // A row without a run stays behind when its run was deleted by somebody else just now.
    const tickets = found.flatMap(({ slot, runId, row }) =>
      row === undefined ? [] : [this.#host.remove(slot, { runId, runNo: row.runNo })],
    );
    await Promise.all(tickets.map((ticket) => ticket.durable));
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.schedule(BATCH_PAUSE_MS, resolve);
    });
  }
}
