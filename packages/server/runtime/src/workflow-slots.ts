import type { Clock } from "@perdure/kernel";
import { type EntityKey, EntityKind, type Store } from "@perdure/persistence";
import { WorkflowSlot } from "./workflow-slot.js";

/** Slots of closed runs that are kept, and how long each is kept after its last use. */
const CLOSED_SLOTS_MAX = 256;
const CLOSED_SLOT_MS_MIN = 1000;

/** What the slots are kept in, and how many. */
export interface WorkflowSlotsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly maxIdleSlots: number;
}

/** The workflow IDs in memory; of too many, those that were idle longest are dropped. */
export class WorkflowSlots {
  readonly #deps: WorkflowSlotsDeps;
  readonly #slots = new Map<string, WorkflowSlot>();
  /** Slots whose runs have closed, in the order in which they did; they are not kept for long. */
  readonly #closedSlots = new Map<string, WorkflowSlot>();
  #isEvictionPlanned = false;

  constructor(deps: WorkflowSlotsDeps) {
    this.#deps = deps;
  }

  /** Workflow IDs in memory. */
  get size(): number {
    return this.#slots.size + this.#closedSlots.size;
  }

  /** The slot of a workflow ID if it is in memory. */
  peek(namespaceId: string, workflowId: string): WorkflowSlot | undefined {
    return this.#slots.get(`${namespaceId}/${workflowId}`);
  }

  /** The slot of a workflow ID; it becomes the most recently used. */
  slot(namespaceId: string, workflowId: string): WorkflowSlot {
    const name = `${namespaceId}/${workflowId}`;
    const known = this.#slots.get(name);
    if (known !== undefined) {
      known.lastUsedMs = this.#deps.clock.nowMs();
      this.#slots.delete(name);
      this.#slots.set(name, known);
      return known;
    }
    const key: EntityKey = { kind: EntityKind.WORKFLOW, namespaceId, businessId: workflowId };
    const slot = new WorkflowSlot(key, this.#deps.store);
    slot.lastUsedMs = this.#deps.clock.nowMs();
    this.#slots.set(name, slot);
    if (this.#slots.size > this.#deps.maxIdleSlots) this.#evictSoon();
    return slot;
  }

  /**
   * Keeps a slot whose run has closed a while for those who want to see the end. Kept as long as
   * open ones, such slots would fill the memory with what nobody asks for.
   */
  retire(slot: WorkflowSlot): void {
    const name = `${slot.key.namespaceId}/${slot.key.businessId}`;
    this.#closedSlots.delete(name);
    this.#closedSlots.set(name, slot);
    const beforeMs = this.#deps.clock.nowMs() - CLOSED_SLOT_MS_MIN;
    for (const [oldName, old] of this.#closedSlots) {
      // Who got a slot just now may be about to use it.
      if (this.#closedSlots.size <= CLOSED_SLOTS_MAX || old.lastUsedMs > beforeMs) return;
      this.#closedSlots.delete(oldName);
      if (old.isIdle && old.isClosed && this.#slots.get(oldName) === old) {
        this.#slots.delete(oldName);
      }
    }
  }

  /** Not at once: whoever was just given a slot may not have come to use it. */
  #evictSoon(): void {
    if (this.#isEvictionPlanned) return;
    this.#isEvictionPlanned = true;
    this.#deps.clock.schedule(0, () => {
      this.#isEvictionPlanned = false;
      this.#evict();
    });
  }

  /** Drops the slots that were idle longest. */
  #evict(): void {
    let excess = this.#slots.size - this.#deps.maxIdleSlots;
    for (const [name, slot] of this.#slots) {
      if (excess <= 0) return;
      this.#slots.delete(name);
      excess -= 1;
      // What is in use comes back as the most recently used.
      if (!slot.isIdle) this.#slots.set(name, slot);
    }
  }
}
