import type { Clock, ScheduledCall } from "./clock.js";

/** Width of a bucket, and so how late a deadline may be noticed. */
const BUCKET_MS = 250;

/** Notices when waiting things have waited long enough: thousands of them share one timer. */
export class DeadlineWheel<T> {
  readonly #clock: Clock;
  readonly #expire: (item: T) => void;
  readonly #buckets = new Map<number, Set<T>>();
  #armed: { readonly bucket: number; readonly call: ScheduledCall } | undefined;

  /** @param expire - Called once for each item whose time is over. */
  constructor(clock: Clock, expire: (item: T) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** Adds an item; the result takes it out again. */
  add(item: T, timeoutMs: number): () => void {
    const bucket = Math.ceil((this.#clock.nowMs() + timeoutMs) / BUCKET_MS);
    let items = this.#buckets.get(bucket);
    if (items === undefined) {
      items = new Set();
      this.#buckets.set(bucket, items);
    }
    items.add(item);
    this.#arm(bucket);
    return () => this.#remove(bucket, item);
  }

  stop(): void {
    this.#armed?.call.cancel();
    this.#armed = undefined;
    this.#buckets.clear();
  }

  #remove(bucket: number, item: T): void {
    const items = this.#buckets.get(bucket);
    if (items === undefined) return;
    items.delete(item);
    if (items.size === 0) this.#buckets.delete(bucket);
  }

  #arm(bucket: number): void {
    if (this.#armed !== undefined && this.#armed.bucket <= bucket) return;
    this.#armed?.call.cancel();
    const delayMs = bucket * BUCKET_MS - this.#clock.nowMs();
    this.#armed = { bucket, call: this.#clock.schedule(delayMs, () => this.#fire()) };
  }

  #fire(): void {
    this.#armed = undefined;
    const now = this.#clock.nowMs() / BUCKET_MS;
    let next = Infinity;
    const due: T[] = [];
    for (const [bucket, items] of this.#buckets) {
      if (bucket > now) {
        next = Math.min(next, bucket);
        continue;
      }
      this.#buckets.delete(bucket);
      due.push(...items);
    }
    if (next !== Infinity) this.#arm(next);
    for (const item of due) this.#expire(item);
  }
}
