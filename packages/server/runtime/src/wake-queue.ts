import type { Clock, DeadlineSource, ScheduledCall } from "@perdure/kernel";

/** A wake-up that can be taken back. */
export interface WakeEntry {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  cancel(): void;
}

/** Cancelled entries that may stay in the heap however few others there are. */
const CANCELLED_MAX = 1000;

class Entry implements WakeEntry {
  constructor(
    readonly atMs: number,
    private wakeUp: (() => void) | undefined,
    private readonly onCancel: () => void,
  ) {}

  get isCancelled(): boolean {
    return this.wakeUp === undefined;
  }

  cancel(): void {
    if (this.wakeUp === undefined) return;
    this.wakeUp = undefined;
    this.onCancel();
  }

  /** Takes the callback out: from now on cancelling changes nothing. */
  take(): (() => void) | undefined {
    const { wakeUp } = this;
    this.wakeUp = undefined;
    return wakeUp;
  }
}

/**
 * Calls back at given times; thousands of entries share one timer. A binary heap, in which
 * cancelled entries stay until their time, or until most entries are cancelled.
 */
export class WakeQueue implements DeadlineSource {
  readonly #clock: Clock;
  #heap: Entry[] = [];
  #cancelledCount = 0;
  readonly #onCancel = (): void => {
    this.#cancelledCount += 1;
    const isMost = this.#cancelledCount > this.#heap.length / 2;
    if (isMost && this.#cancelledCount > CANCELLED_MAX) this.#compact();
  };
  #armed: { readonly atMs: number; readonly call: ScheduledCall } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    clock.skipping?.addSource(this);
  }

  /** Calls `wake` once at `atMs` (milliseconds since the epoch) or soon after, never before. */
  add(atMs: number, wake: () => void): WakeEntry {
    const entry = new Entry(atMs, wake, this.#onCancel);
    this.#push(entry);
    this.#arm();
    this.#clock.skipping?.consider();
    return entry;
  }

  /** Entries in memory, cancelled ones included. */
  get size(): number {
    return this.#heap.length;
  }

  get nextAtMs(): number | undefined {
    while (this.#heap[0]?.isCancelled === true) {
      this.#pop();
      this.#cancelledCount -= 1;
    }
    return this.#heap[0]?.atMs;
  }

  /** Forgets everything. */
  stop(): void {
    // Entries outlive the queue; none of them may count once it is empty.
    for (const entry of this.#heap) entry.take();
    this.#heap = [];
    this.#cancelledCount = 0;
    this.#armed?.call.cancel();
    this.#armed = undefined;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined) return;
    if (this.#armed !== undefined && this.#armed.atMs <= first.atMs) return;
    this.#armed?.call.cancel();
    const delayMs = first.atMs - this.#clock.nowMs();
    this.#armed = { atMs: first.atMs, call: this.#clock.schedule(delayMs, () => this.fire()) };
  }

  /** Calls back whoever is due. */
  fire(): void {
    this.#armed?.call.cancel();
    this.#armed = undefined;
    const nowMs = this.#clock.nowMs();
    for (let first = this.#heap[0]; first && first.atMs <= nowMs; first = this.#heap[0]) {
      this.#pop();
      const wake = first.take();
      if (wake === undefined) this.#cancelledCount -= 1;
      else wake();
    }
    this.#arm();
  }

  /** Drops the cancelled entries: most of the heap, so that this costs little for each of them. */
  #compact(): void {
    // A sorted array is a heap.
    this.#heap = this.#heap
      .filter((entry) => !entry.isCancelled)
      .sort((left, right) => left.atMs - right.atMs);
    this.#cancelledCount = 0;
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
