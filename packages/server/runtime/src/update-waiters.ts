import type { UpdateNotice } from "@perdure/engine";

/** Hears what becomes of an update; `undefined`: it is not known any more, the run was dropped. */
export type UpdateListener = (notice: UpdateNotice | undefined) => void;

/** Callers that wait for updates of one run. They live in memory only. */
export class UpdateWaiters {
  readonly #byId = new Map<string, Set<UpdateListener>>();

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  /** Whether anybody waits for an update. */
  has(updateId: string): boolean {
    return this.#byId.has(updateId);
  }

  /** Listens to what becomes of an update; calling the result ends that. */
  add(updateId: string, listener: UpdateListener): () => void {
    const listeners = this.#byId.get(updateId) ?? new Set();
    listeners.add(listener);
    this.#byId.set(updateId, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byId.get(updateId) === listeners) {
        this.#byId.delete(updateId);
      }
    };
  }

  /** Passes on what a durable step made of updates: of each update the last that became of it. */
  tell(notices: readonly UpdateNotice[]): void {
    const last = new Map(notices.map((notice) => [notice.updateId, notice]));
    for (const [updateId, notice] of last) {
      for (const listener of [...(this.#byId.get(updateId) ?? [])]) listener(notice);
    }
  }

  /** Tells everybody that the run was dropped from memory. */
  lose(): void {
    for (const listeners of [...this.#byId.values()]) {
      for (const listener of [...listeners]) listener(undefined);
    }
  }
}
