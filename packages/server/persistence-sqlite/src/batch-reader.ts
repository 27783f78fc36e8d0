import { InvariantError } from "@perdure/kernel";
import { ValueTag } from "./batch-writer.js";
import type { RunIdValue } from "./run-id-value.js";

/** Reads what `BatchWriter` packed, in the same order. Bytes are views of the block. */
export class BatchReader {
  readonly #bytes: Buffer<ArrayBuffer>;
  readonly #view: DataView;
  #end = 0;

  constructor(block: ArrayBuffer) {
    this.#bytes = Buffer.from(block);
    this.#view = new DataView(block);
  }

  byte(): number {
    return this.#view.getUint8(this.#end++);
  }

  number(): number {
    const value = this.#view.getFloat64(this.#end, true);
    this.#end += 8;
    return value;
  }

  text(): string {
    const start = this.#end + 4;
    this.#end = start + this.#view.getUint32(this.#end, true);
    return this.#bytes.toString("utf8", start, this.#end);
  }

  bytes(): Uint8Array {
    const start = this.#end + 4;
    this.#end = start + this.#view.getUint32(this.#end, true);
    return this.#bytes.subarray(start, this.#end);
  }

  runId(): RunIdValue {
    if (this.byte() === ValueTag.TEXT) return this.text();
    const start = this.#end;
    this.#end += 16;
    return this.#bytes.subarray(start, this.#end);
  }

  /** A value that may be absent, as a column takes it. */
  optional(): number | string | Uint8Array | null {
    const tag = this.byte();
    switch (tag) {
      case ValueTag.ABSENT:
        return null;
      case ValueTag.TRUE:
        return 1;
      case ValueTag.FALSE:
        return 0;
      case ValueTag.NUMBER:
        return this.number();
      case ValueTag.TEXT:
        return this.text();
      case ValueTag.BYTES:
        return this.bytes();
      case ValueTag.UUID:
        this.#end--;
        return this.runId();
      default:
        throw new InvariantError(`Unexpected tag ${tag} in a packed batch`);
    }
  }
}
