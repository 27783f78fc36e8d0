import type { Clock, Logger, ScheduledCall } from "@perdure/kernel";
import { type EntityKind, listIdOf, type Store, type VisibilityRow } from "@perdure/persistence";

/** A kind of entity whose entities go with their namespace. */
export interface ReclaimedKind {
  readonly kind: EntityKind;
  /** Deletes entities by their rows in lists, open ones too; resolves when that is stored. */
  readonly remove: (namespaceId: string, rows: readonly VisibilityRow[]) => Promise<void>;
}

/** What the reclaimer is built from. */
export interface ReclaimerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kinds: readonly ReclaimedKind[];
  /** Deletes the namespace itself with whatever is left of it; resolves when that is stored. */
  readonly forget: (namespaceId: string) => Promise<void>;
}

/** Entities that are deleted at the same time. */
const BATCH_MAX = 100;
/** Pause after a failure. */
const RETRY_MS = 10_000;
/** Longest time that a clock is asked to wait for at once. */
const WAIT_MS_MAX = 3_600_000;

/**
 * Deletes what deleted namespaces leave behind, in the background: first their entities, at a
 * given time the namespaces themselves. Nothing is remembered here: whoever knows the deleted
 * namespaces hands them over again after a restart.
 */
export class NamespaceReclaimer {
  readonly #deps: ReclaimerDeps;
  readonly #under = new Map<string, Promise<void>>();
  readonly #waits = new Map<ScheduledCall, () => void>();
  #isStopped = false;

  constructor(deps: ReclaimerDeps) {
    this.#deps = deps;
  }

  /**
   * Begins to delete a namespace that takes no more calls.
   *
   * @param atMs - The namespace itself is kept until then, milliseconds since the epoch.
   */
  reclaim(namespaceId: string, atMs: number): void {
    if (this.#under.has(namespaceId) || this.#isStopped) return;
    const work = this.#reclaim(namespaceId, atMs).finally(() => this.#under.delete(namespaceId));
    this.#under.set(namespaceId, work);
  }

  /** Begins nothing more and waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const [call, resolve] of this.#waits) {
      call.cancel();
      resolve();
    }
    await Promise.all(this.#under.values());
  }

  /** Resolves when all namespaces that were handed over are gone, or the reclaimer is stopped. */
  async settled(): Promise<void> {
    await Promise.all(this.#under.values());
  }

  async #reclaim(namespaceId: string, atMs: number): Promise<void> {
    while (!this.#isStopped) {
      try {
        for (const kind of this.#deps.kinds) await this.#removeAll(kind, namespaceId);
        await this.#waitUntil(atMs);
        if (!this.#isStopped) await this.#deps.forget(namespaceId);
        return;
      } catch (error) {
        const text = "A deleted namespace could not be cleaned up; tried again";
        this.#deps.logger.log("error", text, { error, namespaceId });
        await this.#waitUntil(this.#deps.clock.nowMs() + RETRY_MS);
      }
    }
  }

  async #removeAll({ kind, remove }: ReclaimedKind, namespaceId: string): Promise<void> {
    let cursor: Uint8Array | undefined;
    do {
      const query = { namespaceId: listIdOf(namespaceId, kind), filter: undefined, order: [] };
      const page = await this.#deps.store.listVisibility(query, { cursor, limit: BATCH_MAX });
      if (page.rows.length > 0) await remove(namespaceId, page.rows);
      cursor = page.nextCursor;
    } while (cursor !== undefined && !this.#isStopped);
  }

  async #waitUntil(atMs: number): Promise<void> {
    for (;;) {
      const leftMs = atMs - this.#deps.clock.nowMs();
      if (leftMs <= 0 || this.#isStopped) return;
      await this.#wait(Math.min(leftMs, WAIT_MS_MAX));
    }
  }

  #wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const call = this.#deps.clock.schedule(durationMs, () => {
        this.#waits.delete(call);
        resolve();
      });
      this.#waits.set(call, resolve);
    });
  }
}
