// One flat buffer for a batch: per row its kind, then each value with a tag of one byte.
import { WRITES } from "./workload.mjs";

const KINDS = Object.keys(WRITES);
const NULL = 0;
const NUMBER = 1;
const TEXT = 2;
const BLOB = 3;
let scratch = Buffer.allocUnsafe(1 << 18);

/** Packs the rows of a batch; the result owns its memory, so it can be transferred. */
export function packRows(batch) {
  let at = 0;
  KINDS.forEach((kind, index) => {
    for (const row of batch[kind]) {
      if (scratch.length - at < 65_536) scratch = grow(at);
      scratch[at++] = index;
      scratch[at++] = row.length;
      for (const value of row) at = packValue(value, at);
    }
  });
  const packed = new Uint8Array(at);
  packed.set(scratch.subarray(0, at));
  return packed;
}

/** Calls `take(kind, row)` for each row; blobs are views of `packed`. */
export function unpackRows(packed, take) {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  let at = 0;
  while (at < bytes.length) {
    const kind = KINDS[bytes[at++]];
    const row = new Array(bytes[at++]);
    for (let i = 0; i < row.length; i++) {
      const tag = bytes[at++];
      if (tag === NULL) row[i] = null;
      else if (tag === NUMBER) {
        row[i] = bytes.readDoubleLE(at);
        at += 8;
      } else {
        const size = bytes.readUInt32LE(at);
        at += 4;
        row[i] = tag === TEXT ? bytes.latin1Slice(at, at + size) : bytes.subarray(at, at + size);
        at += size;
      }
    }
    take(kind, row);
  }
}

function packValue(value, at) {
  if (value === null) {
    scratch[at] = NULL;
    return at + 1;
  }
  if (typeof value === "number") {
    scratch[at] = NUMBER;
    scratch.writeDoubleLE(value, at + 1);
    return at + 9;
  }
  const isText = typeof value === "string";
  scratch[at] = isText ? TEXT : BLOB;
  let size = value.length;
  if (isText) size = scratch.utf8Write(value, at + 5);
  else scratch.set(value, at + 5);
  scratch.writeUInt32LE(size, at + 1);
  return at + 5 + size;
}

function grow(used) {
  const next = Buffer.allocUnsafe(scratch.length * 2);
  scratch.copy(next, 0, 0, used);
  return next;
}
