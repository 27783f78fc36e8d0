import { DecodeError } from "./decode-error.js";
import { EMPTY_ARRAY, EMPTY_BYTES } from "./empty.js";
import { joinBytes, type Unknowns } from "./unknown-fields.js";
import { decodeUtf8 } from "./utf8.js";

/** How deep messages and groups may nest: what the other protobuf libraries allow. */
export const DEPTH_MAX = 100;

const scratch = /*#__PURE__*/ new DataView(/*#__PURE__*/ new ArrayBuffer(8));

/** Event IDs, attempts and seconds are mostly small: those bigints are made once. */
const SMALL_BIGINTS: readonly bigint[] = /*#__PURE__*/ Array.from({ length: 256 }, (_, i) =>
  BigInt(i),
);

/**
 * A cursor over the encoding of one message. Generated code drives it.
 *
 * Every read is checked against the end of the bytes; `leave` checks that a nested message ended
 * exactly where its length said. Invalid input throws `DecodeError`.
 */
export class Reader {
  readonly buf: Uint8Array;
  pos = 0;
  private depth = -1; // The outermost message doesn't count.
  private fieldStart = 0;
  private high = 0;
  private view: DataView | undefined = undefined;
  private unknowns: Map<Unknowns, Uint8Array[]> | undefined = undefined;

  constructor(bytes: Uint8Array) {
    // One hidden class keeps the element loads below monomorphic.
    const isPlain = bytes.constructor === Uint8Array;
    this.buf = isPlain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Reads a field's tag: field number times 8 plus wire type. */
  tag(): number {
    this.fieldStart = this.pos;
    return this.nextTag();
  }

  /** Reads a length and steps into a nested message. Returns the position of its end. */
  enter(): number {
    const end = this.length();
    if (++this.depth > DEPTH_MAX) {
      throw this.error(`messages nest deeper than ${DEPTH_MAX} levels`);
    }
    return end;
  }

  /** Steps out of a message that was to end at `end`. */
  leave(end: number): void {
    if (this.pos !== end) throw this.error(`a field crosses the end of its message at ${end}`);
    this.depth--;
  }

  /** Steps into the outermost message, which is all the bytes. Returns the position of its end. */
  enterAll(): number {
    this.depth++;
    return this.buf.length;
  }

  /** Gives a nested message of which no field is present. */
  absent<T>(read: (reader: Reader, end: number) => T): T {
    this.depth++;
    return read(this, this.pos);
  }

  bool(): boolean {
    const byte = this.buf[this.pos] as number;
    if (byte < 2) {
      this.pos++;
      return byte === 1;
    }
    const low = this.varint();
    return low !== 0 || this.high !== 0;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  uint32(): number {
    const byte = this.buf[this.pos] as number;
    if (byte < 128) {
      this.pos++;
      return byte;
    }
    return this.varint();
  }

  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  int64(): bigint {
    const byte = this.buf[this.pos] as number;
    if (byte < 128) {
      this.pos++;
      return SMALL_BIGINTS[byte] as bigint;
    }
    const low = this.varint();
    return this.high < 0x200000 ? BigInt(this.high * 4294967296 + low) : this.wide(low, true);
  }

  uint64(): bigint {
    const low = this.varint();
    return this.high < 0x200000 ? BigInt(this.high * 4294967296 + low) : this.wide(low, false);
  }

  sint64(): bigint {
    const value = this.uint64();
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }

  fixed32(): number {
    return this.fixed(4).getUint32(this.pos - 4, true);
  }

  sfixed32(): number {
    return this.fixed(4).getInt32(this.pos - 4, true);
  }

  float(): number {
    return this.fixed(4).getFloat32(this.pos - 4, true);
  }

  fixed64(): bigint {
    return this.fixed(8).getBigUint64(this.pos - 8, true);
  }

  sfixed64(): bigint {
    return this.fixed(8).getBigInt64(this.pos - 8, true);
  }

  double(): number {
    return this.fixed(8).getFloat64(this.pos - 8, true);
  }

  string(): string {
    const end = this.length();
    const start = this.pos;
    this.pos = end;
    const text = decodeUtf8(this.buf, start, end);
    if (text === undefined) throw this.error("a string is not valid UTF-8");
    return text;
  }

  /** Returns a view of the input: no copy. */
  bytes(): Uint8Array {
    const end = this.length();
    const start = this.pos;
    this.pos = end;
    if (start === end) return EMPTY_BYTES;
    return this.buf.subarray(start, end);
  }

  /** Reads a packed list of scalars and adds them to `list`. */
  packed<T>(list: readonly T[], read: (this: Reader) => T): readonly T[] {
    const end = this.length();
    if (this.pos === end) return list;
    const items = list === EMPTY_ARRAY ? [] : (list as T[]);
    while (this.pos < end) items.push(read.call(this));
    if (this.pos !== end) throw this.error(`a packed field crosses its end at ${end}`);
    return items;
  }

  /** Keeps the field of `tag` in `message.$unknown`, which `finish` sets. */
  unknown(message: Unknowns, tag: number): void {
    const start = this.fieldStart;
    this.skip(tag);
    this.unknowns ??= new Map();
    let chunks = this.unknowns.get(message);
    if (chunks === undefined) {
      // A message field that occurs again goes on with what it had.
      chunks = message.$unknown === undefined ? [] : [message.$unknown];
      this.unknowns.set(message, chunks);
    }
    chunks.push(this.buf.subarray(start, this.pos));
  }

  /** Sets `$unknown` of the messages that had unknown fields. */
  finish(): void {
    if (this.unknowns === undefined) return;
    for (const [message, chunks] of this.unknowns) message.$unknown = joinBytes(chunks);
  }

  /** Skips the value of the field of `tag`. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.varint();
        return;
      case 1:
        this.fixed(8);
        return;
      case 2:
        this.pos = this.length();
        return;
      case 3:
        this.skipGroup(tag);
        return;
      case 5:
        this.fixed(4);
        return;
      default:
        throw this.error(`tag ${tag} has invalid wire type ${tag & 7}`);
    }
  }

  private skipGroup(tag: number): void {
    if (++this.depth > DEPTH_MAX) throw this.error(`groups nest deeper than ${DEPTH_MAX} levels`);
    const end = tag + 1; // Wire type 4 after 3.
    for (;;) {
      const inner = this.nextTag();
      if (inner === end) break;
      this.skip(inner);
    }
    this.depth--;
  }

  private nextTag(): number {
    const tag = this.strict("a tag");
    if (tag < 8) throw this.error("field number 0 is invalid");
    return tag;
  }

  /** Reads a length; returns the end of what has it. */
  private length(): number {
    const length = this.strict("a length");
    const end = this.pos + length;
    if (end > this.buf.length) throw this.truncated(length);
    return end;
  }

  private fixed(size: number): DataView {
    if (this.pos + size > this.buf.length) throw this.truncated(size);
    this.pos += size;
    const { buffer, byteOffset, length } = this.buf;
    this.view ??= new DataView(buffer, byteOffset, length);
    return this.view;
  }

  /** Reads a varint that must have no more than 32 bits. */
  private strict(what: string): number {
    const byte = this.buf[this.pos] as number;
    if (byte < 128) {
      this.pos++;
      return byte;
    }
    const value = this.varint();
    if (this.high !== 0) throw this.error(`${what} is longer than 32 bits`);
    return value;
  }

  /** Reads a varint: returns its low 32 bits and leaves the others in `high`. */
  private varint(): number {
    const { buf } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= buf.length) throw this.truncated(1);
      const byte = buf[this.pos++] as number;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else if (byte > 1) break;
      else high |= bits << 31;
      if (byte < 128) {
        this.high = high >>> 0;
        return low >>> 0;
      }
    }
    throw this.error("a varint is longer than 64 bits");
  }

  private wide(low: number, signed: boolean): bigint {
    scratch.setUint32(0, low, true);
    scratch.setUint32(4, this.high, true);
    return signed ? scratch.getBigInt64(0, true) : scratch.getBigUint64(0, true);
  }

  private truncated(size: number): DecodeError {
    return this.error(`${size} bytes are needed, ${this.buf.length - this.pos} are left`);
  }

  private error(reason: string): DecodeError {
    return new DecodeError(`Cannot decode message: ${reason} (at byte ${this.pos})`);
  }
}
