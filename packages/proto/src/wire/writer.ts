import { encodeUtf8 } from "./utf8.js";
import { varintSize } from "./varint.js";

const FIRST_BYTES = 16 * 1024;

/** A larger buffer is given back after the message that needed it. */
const KEPT_BYTES = 1024 * 1024;

/** Up to this length a loop over the characters beats a call into the engine's native code. */
const SHORT_CHARS = 24;

const TAG_BYTES = 5;

/** The longest scalar, or the length of something. */
const VALUE_BYTES = 10;

// A browser and a workflow sandbox have no Buffer.
const pool = (globalThis as { Buffer?: { allocUnsafe(size: number): Uint8Array } }).Buffer;

/** Splits a 64-bit number into its halves: several times as fast as arithmetic with bigints. */
const wideScratch = /*#__PURE__*/ new BigInt64Array(1);
const halves = /*#__PURE__*/ new Uint32Array(wideScratch.buffer);
const LOW =
  /*#__PURE__*/ new Uint8Array(/*#__PURE__*/ new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;

/**
 * A growing buffer that generated code writes one message into, in one pass.
 *
 * The field methods take a tag (field number times 8 plus wire type) and a value, and write
 * nothing when the value is absent or the default; the `put` methods write a bare value.
 */
export class Writer {
  private buf = new Uint8Array(FIRST_BYTES);
  private view = new DataView(this.buf.buffer);
  private pos = 0;

  /** Runs `write` and returns a copy of what it wrote. May be called while another one runs. */
  capture<I>(write: (writer: Writer, message: I) => void, message: I): Uint8Array {
    const start = this.pos;
    try {
      write(this, message);
      return this.buf.slice(start, this.pos);
    } finally {
      this.rewind(start);
    }
  }

  /** Does the same into pooled memory, after `headBytes` bytes with any content. */
  captureFrame<I>(
    write: (writer: Writer, message: I) => void,
    message: I,
    headBytes: number,
  ): Uint8Array {
    const start = this.pos;
    try {
      write(this, message);
      const frame = allocatePooled(headBytes + this.pos - start);
      frame.set(this.buf.subarray(start, this.pos), headBytes);
      return frame;
    } finally {
      this.rewind(start);
    }
  }

  /** Starts a length-delimited field. Give the result to `end` after writing its content. */
  begin(tag: number): number {
    this.ensure(TAG_BYTES + 1);
    this.varint(tag);
    return ++this.pos;
  }

  /** Ends the field that `begin` started. */
  end(start: number): void {
    const { buf } = this;
    const length = this.pos - start;
    if (length < 128) {
      buf[start - 1] = length;
      return;
    }
    const extra = varintSize(length) - 1;
    this.ensure(extra);
    this.buf.copyWithin(start + extra, start, this.pos);
    this.pos = start - 1;
    this.varint(length);
    this.pos += length;
  }

  /** Writes a tag. Follow it with one `put` method: those write defaults too. */
  tag(tag: number): this {
    this.ensure(TAG_BYTES);
    this.varint(tag);
    return this;
  }

  bool(tag: number, value: boolean | undefined): void {
    if (value === true) this.tag(tag).putBool(value);
  }

  int32(tag: number, value: number | undefined): void {
    if (value) this.tag(tag).putInt32(value);
  }

  uint32(tag: number, value: number | undefined): void {
    if (value) this.tag(tag).putUint32(value);
  }

  sint32(tag: number, value: number | undefined): void {
    if (value) this.tag(tag).putSint32(value);
  }

  int64(tag: number, value: bigint | undefined): void {
    if (value) this.tag(tag).putInt64(value);
  }

  uint64(tag: number, value: bigint | undefined): void {
    if (value) this.tag(tag).putInt64(value);
  }

  sint64(tag: number, value: bigint | undefined): void {
    if (value) this.tag(tag).putSint64(value);
  }

  fixed32(tag: number, value: number | undefined): void {
    if (value) this.tag(tag).putFixed32(value);
  }

  sfixed32(tag: number, value: number | undefined): void {
    if (value) this.tag(tag).putFixed32(value);
  }

  fixed64(tag: number, value: bigint | undefined): void {
    if (value) this.tag(tag).putFixed64(value);
  }

  sfixed64(tag: number, value: bigint | undefined): void {
    if (value) this.tag(tag).putFixed64(value);
  }

  /** Negative zero is not the default. */
  float(tag: number, value: number | undefined): void {
    if (value !== undefined && !Object.is(value, 0)) this.tag(tag).putFloat(value);
  }

  /** Negative zero is not the default. */
  double(tag: number, value: number | undefined): void {
    if (value !== undefined && !Object.is(value, 0)) this.tag(tag).putDouble(value);
  }

  string(tag: number, value: string | undefined): void {
    if (value) this.tag(tag).putString(value);
  }

  bytes(tag: number, value: Uint8Array | undefined): void {
    if (value !== undefined && value.length > 0) this.tag(tag).putBytes(value);
  }

  /** Writes fields that are encoded already. */
  raw(value: Uint8Array): void {
    this.ensure(value.length);
    this.buf.set(value, this.pos);
    this.pos += value.length;
  }

  putBool(value: boolean): void {
    this.ensure(VALUE_BYTES);
    this.buf[this.pos++] = value ? 1 : 0;
  }

  putInt32(value: number): void {
    this.ensure(VALUE_BYTES);
    if (value >= 0) this.varint(value >>> 0);
    else this.wide(value >>> 0, 0xffffffff);
  }

  putUint32(value: number): void {
    this.ensure(VALUE_BYTES);
    this.varint(value >>> 0);
  }

  putSint32(value: number): void {
    this.putUint32((value << 1) ^ (value >> 31));
  }

  putInt64(value: bigint): void {
    this.ensure(VALUE_BYTES);
    wideScratch[0] = value;
    this.wide(halves[LOW] as number, halves[1 - LOW] as number);
  }

  putSint64(value: bigint): void {
    this.putInt64(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
  }

  putFixed32(value: number): void {
    this.ensure(VALUE_BYTES);
    this.view.setUint32(this.pos, value, true);
    this.pos += 4;
  }

  putFixed64(value: bigint): void {
    this.ensure(VALUE_BYTES);
    this.view.setBigInt64(this.pos, value, true);
    this.pos += 8;
  }

  putFloat(value: number): void {
    this.ensure(VALUE_BYTES);
    this.view.setFloat32(this.pos, value, true);
    this.pos += 4;
  }

  putDouble(value: number): void {
    this.ensure(VALUE_BYTES);
    this.view.setFloat64(this.pos, value, true);
    this.pos += 8;
  }

  putString(value: string): void {
    const { length } = value;
    this.ensure(VALUE_BYTES + length * 3);
    const start = this.pos;
    if (length <= SHORT_CHARS && this.shortAscii(value, length)) return;
    // Mostly ASCII: the length's own size is right at the first guess.
    const guess = varintSize(length);
    const written = encodeUtf8(this.buf, value, start + guess);
    const size = varintSize(written);
    if (size !== guess) this.buf.copyWithin(start + size, start + guess, start + guess + written);
    this.varint(written);
    this.pos += written;
  }

  putBytes(value: Uint8Array): void {
    this.ensure(VALUE_BYTES + value.length);
    this.varint(value.length);
    this.buf.set(value, this.pos);
    this.pos += value.length;
  }

  /** Writes an unsigned number below 2^32. */
  private varint(value: number): void {
    const { buf } = this;
    let rest = value;
    while (rest > 127) {
      buf[this.pos++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    buf[this.pos++] = rest;
  }

  /** Writes a 64-bit number of two unsigned halves. */
  private wide(low: number, high: number): void {
    const { buf } = this;
    let lowRest = low;
    let highRest = high;
    while (highRest > 0) {
      buf[this.pos++] = (lowRest & 127) | 128;
      lowRest = ((lowRest >>> 7) | (highRest << 25)) >>> 0;
      highRest >>>= 7;
    }
    this.varint(lowRest);
  }

  /** Writes length and characters, or nothing if a character is not ASCII. */
  private shortAscii(value: string, length: number): boolean {
    const { buf } = this;
    let at = this.pos;
    buf[at++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      buf[at++] = code;
    }
    this.pos = at;
    return true;
  }

  private rewind(start: number): void {
    this.pos = start;
    if (start === 0 && this.buf.length > KEPT_BYTES) this.resize(FIRST_BYTES);
  }

  private ensure(size: number): void {
    const needed = this.pos + size;
    if (needed > this.buf.length) this.resize(Math.max(needed, this.buf.length * 2));
  }

  private resize(size: number): void {
    const buf = new Uint8Array(size);
    buf.set(this.buf.subarray(0, this.pos));
    this.buf = buf;
    this.view = new DataView(buf.buffer);
  }
}

function allocatePooled(size: number): Uint8Array {
  return pool === undefined ? new Uint8Array(size) : pool.allocUnsafe(size);
}
