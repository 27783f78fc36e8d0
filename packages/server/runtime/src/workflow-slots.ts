import type { Clock } from "@perdure/kernel";
import { type EntityKey, EntityKind, type Store } from "@perdure/persistence";
import { RecentSlots } from "./recent-slots.js";
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
  readonly #slots: RecentSlots<WorkflowSlot>;
  /** Slots whose runs have closed, in the order in which they did; they are not kept for long. */
  readonly #closedSlots = new Map<string, WorkflowSlot>();

  constructor(deps: WorkflowSlotsDeps) {
    this.#deps = deps;
    this.#slots = new RecentSlots(deps.clock, deps.maxIdleSlots);
  }

  /** Workflow IDs in memory. */
  get size(): number {
    return this.#slots.size + this.#closedSlots.size;
  }

  /** The slot of a workflow ID if it is in memory. */
  peek(namespaceId: string, workflowId: string): WorkflowSlot | undefined {
    return this.#slots.peek(`${namespaceId}/${workflowId}`);
  }

  /** The slot of a workflow ID; it becomes the most recently used. */
  slot(namespaceId: string, workflowId: string): WorkflowSlot {
    const name = `${namespaceId}/${workflowId}`;
    const slot = this.#slots.peek(name) ?? this.#open(namespaceId, workflowId);
    slot.lastUsedMs = this.#deps.clock.nowMs();
    this.#slots.use(name, slot);
    return slot;
  }

  #open(namespaceId: string, workflowId: string): WorkflowSlot {
    const key: EntityKey = { kind: EntityKind.WORKFLOW, namespaceId, businessId: workflowId };
    return new WorkflowSlot(key, this.#deps.store);
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
      if (old.isIdle && old.isClosed && this.#slots.peek(oldName) === old) {
        this.#slots.delete(oldName);
      }
    }
  }
}
