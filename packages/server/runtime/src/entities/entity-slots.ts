import { type Clock, NotFoundError } from "@perdure/kernel";
import type { EntityKey, Store } from "@perdure/persistence";
import { EntitySlot } from "../entity-slot.js";
import { RecentSlots } from "../recent-slots.js";
import type { EntityLogic } from "./entity-logic.js";
import type { LoadedEntity } from "./loaded-entity.js";
import { readEntity } from "./read-entity.js";

/** Everything in memory about one business ID of a kind. */
export type Slot<S> = EntitySlot<LoadedEntity<S>>;

/** Business IDs that stay in memory while nothing happens to them. */
const IDLE_SLOTS_MAX = 4096;

/** The slots of one kind of entity; of too many, those that were idle longest are dropped. */
export class EntitySlots<S> {
  readonly #store: Store;
  readonly #logic: EntityLogic<S>;
  readonly #slots: RecentSlots<Slot<S>>;

  constructor(source: { readonly store: Store; readonly clock: Clock }, logic: EntityLogic<S>) {
    this.#store = source.store;
    this.#logic = logic;
    this.#slots = new RecentSlots(source.clock, IDLE_SLOTS_MAX);
  }

  /** The run as it is in memory, if it is; it may be ahead of the store. */
  peek(target: {
    readonly namespaceId: string;
    readonly businessId: string;
    readonly runId: string;
  }): LoadedEntity<S> | undefined {
    return this.#slots.peek(nameOf(target.namespaceId, target.businessId))?.runs.get(target.runId);
  }

  /** Runs `work` with the slot of an ID, which stays in memory meanwhile. */
  async hold<T>(
    target: { readonly namespaceId: string; readonly id: string },
    work: (slot: Slot<S>) => Promise<T>,
  ): Promise<T> {
    const slot = this.#slot(target.namespaceId, target.id);
    slot.hold();
    try {
      return await work(slot);
    } finally {
      slot.release();
    }
  }

  #slot(namespaceId: string, id: string): Slot<S> {
    const name = nameOf(namespaceId, id);
    const slot = this.#slots.peek(name) ?? this.#open(namespaceId, id);
    this.#slots.use(name, slot);
    return slot;
  }

  #open(namespaceId: string, id: string): Slot<S> {
    const key: EntityKey = { kind: this.#logic.kind, namespaceId, businessId: id };
    const store = this.#store;
    return new EntitySlot(key, {
      store,
      read: (row) => readEntity(store, this.#logic, row),
      notFound: ({ businessId }) => new NotFoundError(`entity not found for ID: ${businessId}`),
    });
  }
}

/**
 * A run as it is in memory when the caller goes on: loading may meet a commit that fails and drops
 * what was loaded.
 *
 * @param runId - Empty: the current run.
 * @throws {NotFoundError} No such entity.
 */
export async function loadedEntity<S>(slot: Slot<S>, runId: string): Promise<LoadedEntity<S>> {
  for (;;) {
    const entity = await slot.run(runId);
    if (slot.runs.get(entity.runId) === entity) return entity;
  }
}

/** As `loadedEntity()`; `undefined` when there is none. */
export async function findEntity<S>(
  slot: Slot<S>,
  runId: string,
): Promise<LoadedEntity<S> | undefined> {
  try {
    return await loadedEntity(slot, runId);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

function nameOf(namespaceId: string, id: string): string {
  return `${namespaceId}/${id}`;
}
