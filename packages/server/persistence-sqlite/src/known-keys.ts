import { hashKey } from "@perdure/kernel";
import type { EntityKey } from "@perdure/persistence";

/**
 * Hashes that are kept at most. At 8 to 16 bytes each that is 16 MB; a store with more entities is
 * asked about each of them.
 */
export const KNOWN_HASHES_MAX = 1_000_000;
const FIRST_CAPACITY = 4096;

/**
 * Knows which entities a store certainly does not have, so that it need not be asked for them: most
 * starts of workflows name a new ID, and would wait for the storage thread to say so. It keeps the
 * hash of every key that was ever stored. A key is added before it is sent to the store; whether
 * that succeeds makes no difference, since what is known may be missing but not the reverse.
 */
export class KnownKeys {
  /** Open addressing; 0 is an empty place. At most half of the places are taken. */
  #hashes = new Uint32Array(FIRST_CAPACITY);
  #count = 0;
  #isComplete = false;
  #isFull = false;

  /** Whether the store certainly has no run with this key. */
  isNew(key: EntityKey): boolean {
    if (!this.#isComplete || this.#isFull) return false;
    return this.#hashes[this.#placeOf(hashOf(key))] === 0;
  }

  add(key: EntityKey): void {
    this.addHash(hashOf(key));
  }

  /** Adds the hash of a stored key. */
  addHash(hash: number): void {
    if (this.#isFull) return;
    // Two hashes share a place where one would be the mark of an empty place.
    const stored = hash || 1;
    const place = this.#placeOf(stored);
    if (this.#hashes[place] !== 0) return;
    this.#hashes[place] = stored;
    this.#count += 1;
    if (this.#count > KNOWN_HASHES_MAX) this.#giveUp();
    else if (this.#count * 2 > this.#hashes.length) this.#grow();
  }

  /** Everything that was stored before has been added. */
  complete(): void {
    this.#isComplete = true;
  }

  /** Whether there are too many keys to know them. */
  get isFull(): boolean {
    return this.#isFull;
  }

  #placeOf(hash: number): number {
    const mask = this.#hashes.length - 1;
    let place = hash & mask;
    while (this.#hashes[place] !== 0 && this.#hashes[place] !== hash) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const old = this.#hashes;
    this.#hashes = new Uint32Array(old.length * 2);
    for (const hash of old) if (hash !== 0) this.#hashes[this.#placeOf(hash)] = hash;
  }

  #giveUp(): void {
    this.#isFull = true;
    this.#hashes = new Uint32Array(0);
  }
}

function hashOf({ namespaceId, businessId }: EntityKey): number {
  return hashKey(namespaceId, businessId) || 1;
}
