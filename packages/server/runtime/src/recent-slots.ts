import type { Clock } from "@perdure/kernel";

/** A slot that may be dropped from memory while nothing happens to it. */
interface IdleSlot {
  readonly isIdle: boolean;
}

/** Slots by name, in the order of their last use; of too many, the longest idle are dropped. */
export class RecentSlots<T extends IdleSlot> {
  readonly #clock: Clock;
  readonly #countMax: number;
  readonly #slots = new Map<string, T>();
  #isEvictionPlanned = false;

  constructor(clock: Clock, countMax: number) {
    this.#clock = clock;
    this.#countMax = countMax;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** The slot of a name, which stays where it is in the order. */
  peek(name: string): T | undefined {
    return this.#slots.get(name);
  }

  /** Puts a slot, new or known, at the end of the order. */
  use(name: string, slot: T): void {
    this.#slots.delete(name);
    this.#slots.set(name, slot);
    if (this.#slots.size > this.#countMax) this.#evictSoon();
  }

  delete(name: string): void {
    this.#slots.delete(name);
  }

  /** Not at once: whoever was just given a slot may not have come to use it. */
  #evictSoon(): void {
    if (this.#isEvictionPlanned) return;
    this.#isEvictionPlanned = true;
    this.#clock.schedule(0, () => {
      this.#isEvictionPlanned = false;
      this.#evict();
    });
  }

  #evict(): void {
    let excess = this.#slots.size - this.#countMax;
    for (const [name, slot] of this.#slots) {
      if (excess <= 0) return;
      this.#slots.delete(name);
      excess -= 1;
      // What is in use comes back as the most recently used.
      if (!slot.isIdle) this.#slots.set(name, slot);
    }
  }
}
