import type { Clock, ScheduledCall } from "@perdure/kernel";

/** A wake-up that can be taken back. */
export interface WakeEntry {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  cancel(): void;
}

class Entry implements WakeEntry {
  constructor(
    readonly atMs: number,
    private wakeUp: (() => void) | undefined,
  ) {}

  cancel(): void {
    this.wakeUp = undefined;
  }

  wake(): void {
    this.wakeUp?.();
  }
}

/** Calls back at given times; thousands of entries share one timer. A binary heap. */
export class WakeQueue {
  readonly #clock: Clock;
  readonly #heap: Entry[] = [];
  #armed: { readonly atMs: number; readonly call: ScheduledCall } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `wake` once at `atMs` (milliseconds since the epoch) or soon after, never before. */
  add(atMs: number, wake: () => void): WakeEntry {
    const entry = new Entry(atMs, wake);
    this.#push(entry);
    this.#arm();
    return entry;
  }

  /** Forgets everything. */
  stop(): void {
    this.#heap.length = 0;
    this.#armed?.call.cancel();
    this.#armed = undefined;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined) return;
    if (this.#armed !== undefined && this.#armed.atMs <= first.atMs) return;
    this.#armed?.call.cancel();
    const delayMs = first.atMs - this.#clock.nowMs();
    this.#armed = { atMs: first.atMs, call: this.#clock.schedule(delayMs, () => this.#fire()) };
  }

  #fire(): void {
    this.#armed = undefined;
    const nowMs = this.#clock.nowMs();
    for (let first = this.#heap[0]; first && first.atMs <= nowMs; first = this.#heap[0]) {
      this.#pop();
      first.wake();
    }
    this.#arm();
  }

  #push(entry: Entry): void {
    let index = this.#heap.push(entry) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || parent.atMs <= entry.atMs) break;
      this.#heap[index] = parent;
      index = parentIndex;
    }
    this.#heap[index] = entry;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let index = 0;
    for (;;) {
      const child = this.#smallerChild(index);
      if (child === undefined || child.entry.atMs >= last.atMs) break;
      this.#heap[index] = child.entry;
      index = child.index;
    }
    this.#heap[index] = last;
  }

  #smallerChild(index: number): { readonly entry: Entry; readonly index: number } | undefined {
    const leftIndex = 2 * index + 1;
    const left = this.#heap[leftIndex];
    const right = this.#heap[leftIndex + 1];
    if (left === undefined) return undefined;
    if (right !== undefined && right.atMs < left.atMs)
      return { entry: right, index: leftIndex + 1 };
    return { entry: left, index: leftIndex };
  }
}
