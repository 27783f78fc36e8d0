import { type HeaderField, STATIC_TABLE } from "./hpack-static-table.js";
import { Http2ConnectionError, Http2ErrorCode } from "./http2-error.js";
import { decodeHuffman } from "./huffman.js";

/** What RFC 7541, section 4.1 counts for an entry besides its bytes. */
const ENTRY_OVERHEAD_BYTES = 32;
/** Longest encoding of a number that is taken: enough for any 32-bit length. */
const INTEGER_BYTES_MAX = 5;

/** The headers of a request, or `undefined` where they are larger than allowed. */
export type DecodedHeaders = Map<string, string> | undefined;

/** Reads the header blocks of one connection (HPACK, RFC 7541), in the order in which they come. */
export class HpackDecoder {
  readonly #tableBytesMax: number;
  readonly #headerBytesMax: number;
  /** The youngest entry is the last one. */
  readonly #table: HeaderField[] = [];
  #tableBytes = 0;
  #limitBytes: number;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /**
   * @param limits - `tableBytes`: what the settings allow the peer's table; `headerBytes`: largest
   * list of headers, as RFC 9113 counts `SETTINGS_MAX_HEADER_LIST_SIZE`.
   */
  constructor(limits: { readonly tableBytes: number; readonly headerBytes: number }) {
    this.#tableBytesMax = limits.tableBytes;
    this.#limitBytes = limits.tableBytes;
    this.#headerBytesMax = limits.headerBytes;
  }

  /**
   * Decodes a block. Values of a name that comes several times are joined with ", ".
   *
   * @throws {Http2ConnectionError} The block is malformed; the connection's table is lost with it.
   */
  decode(block: Buffer): DecodedHeaders {
    this.#bytes = block;
    this.#at = 0;
    const headers = new Map<string, string>();
    let bytes = 0;
    while (this.#at < block.length) {
      const field = this.#next(block[this.#at] ?? 0, headers.size > 0);
      if (field === undefined) continue;
      const [name, value] = field;
      bytes += name.length + value.length + ENTRY_OVERHEAD_BYTES;
      if (bytes > this.#headerBytesMax) continue;
      const known = headers.get(name);
      headers.set(name, known === undefined ? value : `${known}, ${value}`);
    }
    return bytes > this.#headerBytesMax ? undefined : headers;
  }

  #next(first: number, hasFields: boolean): HeaderField | undefined {
    if (first >= 0x80) return this.#field(this.#integer(7));
    if (first >= 0x40) {
      const field = this.#literal(6);
      this.#add(field);
      return field;
    }
    if (first < 0x20) return this.#literal(4);
    const limitBytes = this.#integer(5);
    if (hasFields || limitBytes > this.#tableBytesMax) throw malformed("table size");
    this.#limitBytes = limitBytes;
    this.#evict(limitBytes);
    return undefined;
  }

  #literal(prefixBits: number): HeaderField {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#field(index)[0];
    return [name, this.#string()];
  }

  #field(index: number): HeaderField {
    const field =
      index <= STATIC_TABLE.length
        ? STATIC_TABLE[index - 1]
        : this.#table[this.#table.length - (index - STATIC_TABLE.length)];
    if (field === undefined) throw malformed("index");
    return field;
  }

  #add(field: HeaderField): void {
    const bytes = sizeOf(field);
    this.#evict(this.#limitBytes - bytes);
    // An entry larger than the table empties it and is no error.
    if (bytes > this.#limitBytes) return;
    this.#table.push(field);
    this.#tableBytes += bytes;
  }

  #evict(limitBytes: number): void {
    let count = 0;
    while (this.#tableBytes > limitBytes && count < this.#table.length) {
      this.#tableBytes -= sizeOf(this.#table[count] ?? ["", ""]);
      count += 1;
    }
    if (count > 0) this.#table.splice(0, count);
  }

  #string(): string {
    const isHuffman = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#bytes.length) throw malformed("string");
    this.#at = end;
    if (isHuffman) return decodeHuffman(this.#bytes, start, end);
    return this.#bytes.toString("latin1", start, end);
  }

  #integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    const prefix = (this.#bytes[this.#at++] ?? 0) & mask;
    if (prefix < mask) return this.#inBlock(prefix);
    let value = prefix;
    let factor = 1;
    for (let count = 0; count < INTEGER_BYTES_MAX; count++) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return this.#inBlock(value);
      factor *= 128;
    }
    throw malformed("number");
  }

  #inBlock(value: number): number {
    if (this.#at > this.#bytes.length) throw malformed("end");
    return value;
  }
}

function sizeOf([name, value]: HeaderField): number {
  return name.length + value.length + ENTRY_OVERHEAD_BYTES;
}

function malformed(what: string): Http2ConnectionError {
  return new Http2ConnectionError(
    Http2ErrorCode.COMPRESSION_ERROR,
    `Malformed header block: ${what}`,
  );
}
