/** Items in the order of their keys, no two of them equal. Finds in O(log n). */
export class SortedList<T extends K, K = T> {
  readonly #items: T[] = [];
  readonly #compare: (left: K, right: K) => number;

  constructor(compare: (left: K, right: K) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Adds an item; false when an equal one is there, which then stays. */
  add(item: T): boolean {
    const index = this.#indexOf(item);
    const found = this.#items[index];
    if (found !== undefined && this.#compare(found, item) === 0) return false;
    this.#items.splice(index, 0, item);
    return true;
  }

  /** Removes the item of a key and returns it; `undefined` when there is none. */
  remove(key: K): T | undefined {
    const index = this.#indexOf(key);
    const found = this.#items[index];
    if (found === undefined || this.#compare(found, key) !== 0) return undefined;
    this.#items.splice(index, 1);
    return found;
  }

  /** Index of the first item for which `isReached` is true; it stays true for all that follow. */
  firstIndex(isReached: (item: T) => boolean): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item !== undefined && isReached(item)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** A copy of the items from index `start` up to, not including, `end`. */
  slice(start: number, end?: number): T[] {
    return this.#items.slice(start, end);
  }

  #indexOf(key: K): number {
    return this.firstIndex((item) => this.#compare(item, key) >= 0);
  }
}
