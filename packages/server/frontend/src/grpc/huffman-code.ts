const BITS_MAX = 15;
/** Codes of up to so many bits are found by one look into a table. */
const FAST_BITS = 9;
const FAST_SIZE = 1 << FAST_BITS;

/** One canonical Huffman code of DEFLATE (RFC 1951, section 3.2.2), to be built again and again. */
export class HuffmanCode {
  static readonly BITS_MAX = BITS_MAX;
  /** What the lowest bits of the input mean: the symbol, and its length in the lowest four bits. */
  readonly #fast = new Uint16Array(FAST_SIZE);
  readonly #symbolsByCode: Uint16Array;
  readonly #counts = new Uint16Array(BITS_MAX + 1);
  readonly #nextCodes = new Uint16Array(BITS_MAX + 1);
  readonly #nextPlaces = new Uint16Array(BITS_MAX + 1);

  constructor(symbolsMax: number) {
    this.#symbolsByCode = new Uint16Array(symbolsMax);
  }

  /** Takes the lengths of the codes of all symbols, from `start` to `end`; 0: has none. */
  build(lengths: Uint8Array, start: number, end: number): void {
    this.#fast.fill(0);
    this.#countLengths(lengths, start, end);
    for (let at = start; at < end; at++) {
      const length = lengths[at] ?? 0;
      if (length === 0) continue;
      const symbol = at - start;
      const place = this.#nextPlaces[length] ?? 0;
      const code = this.#nextCodes[length] ?? 0;
      this.#nextPlaces[length] = place + 1;
      this.#nextCodes[length] = code + 1;
      this.#symbolsByCode[place] = symbol;
      if (length > FAST_BITS) continue;
      const entry = (symbol << 4) | length;
      const step = 1 << length;
      for (let i = reversed(code, length); i < FAST_SIZE; i += step) this.#fast[i] = entry;
    }
  }

  #countLengths(lengths: Uint8Array, start: number, end: number): void {
    this.#counts.fill(0);
    for (let at = start; at < end; at++) {
      const length = lengths[at] ?? 0;
      this.#counts[length] = (this.#counts[length] ?? 0) + 1;
    }
    this.#counts[0] = 0;
    let code = 0;
    let place = 0;
    for (let length = 1; length <= BITS_MAX; length++) {
      code = (code + (this.#counts[length - 1] ?? 0)) << 1;
      this.#nextCodes[length] = code;
      this.#nextPlaces[length] = place;
      place += this.#counts[length] ?? 0;
    }
  }

  /** The symbol that the next bits stand for, times 16, plus its length; 0: none. */
  find(bits: number): number {
    const fast = this.#fast[bits & (FAST_SIZE - 1)] ?? 0;
    return fast === 0 ? this.#findLong(bits) : fast;
  }

  #findLong(bits: number): number {
    let code = 0;
    let first = 0;
    let place = 0;
    for (let length = 1; length <= BITS_MAX; length++) {
      code = (code << 1) | ((bits >>> (length - 1)) & 1);
      first <<= 1;
      const count = this.#counts[length] ?? 0;
      if (code - first < count) {
        const symbol = this.#symbolsByCode[place + code - first] ?? 0;
        return (symbol << 4) | length;
      }
      place += count;
      first += count;
    }
    return 0;
  }
}

/** The bits of a code in the order in which they come. */
function reversed(code: number, length: number): number {
  let rest = code;
  let result = 0;
  for (let bit = 0; bit < length; bit++) {
    result = (result << 1) | (rest & 1);
    rest >>>= 1;
  }
  return result;
}
