import { HuffmanCode } from "./huffman-code.js";

/** Reads bits, the lowest of each byte first. Behind the end come zeros. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #heldBits = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether more was taken than there is. */
  get isOver(): boolean {
    return this.#at - (this.#heldBits >> 3) > this.#bytes.length;
  }

  /** The next bits as a number; at most 15. */
  take(count: number): number {
    const bits = this.#peek(count);
    this.#skip(count);
    return bits;
  }

  /** The next symbol of a code; -1 when it has none for what comes. */
  symbol(code: HuffmanCode): number {
    const entry = code.find(this.#peek(HuffmanCode.BITS_MAX));
    if (entry === 0) return -1;
    this.#skip(entry & 0xf);
    return entry >> 4;
  }

  /** The next whole bytes, behind the rest of the present one. */
  bytes(count: number): Uint8Array {
    const start = this.#at - (this.#heldBits >> 3);
    this.#held = 0;
    this.#heldBits = 0;
    this.#at = start + count;
    return this.#bytes.subarray(start, this.#at);
  }

  #peek(count: number): number {
    while (this.#heldBits < count) {
      this.#held |= (this.#bytes[this.#at++] ?? 0) << this.#heldBits;
      this.#heldBits += 8;
    }
    return this.#held & ((1 << count) - 1);
  }

  #skip(count: number): void {
    this.#held >>>= count;
    this.#heldBits -= count;
  }
}
