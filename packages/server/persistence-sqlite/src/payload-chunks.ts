import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { InvariantError, invariant } from "@perdure/kernel";
import type { Database, Statement } from "better-sqlite3";
import { chunkEnds } from "./chunk-ends.js";
import { decodeChunkList, encodeChunkList, toChunkRanges } from "./chunk-list.js";

/** Longer values are kept as chunks: a chunk or two would save nothing. */
export const CHUNKED_BYTES_MIN = 16 * 1024;

/** How the data of a chunk begins. */
const ChunkCodec = { PLAIN: 0, DEFLATE: 1 } as const;
/** Text of a chunk's length gains nothing from more effort or a larger window. */
const DEFLATE_OPTIONS = { level: 1, windowBits: 14, memLevel: 7 };

const FIND = "SELECT chunk_no FROM payload_chunks WHERE hash = ?";
const INSERT = "INSERT INTO payload_chunks (reference_count, hash) VALUES (0, ?)";
const INSERT_DATA = "INSERT INTO chunk_data (chunk_no, data) VALUES (?, ?)";
const COUNT = `
UPDATE payload_chunks SET reference_count = reference_count + ? WHERE chunk_no BETWEEN ? AND ?`;
const SELECT_UNUSED = `
SELECT chunk_no FROM payload_chunks WHERE chunk_no BETWEEN ? AND ? AND reference_count = 0`;
const DELETE = "DELETE FROM payload_chunks WHERE chunk_no = ?";
const DELETE_DATA = "DELETE FROM chunk_data WHERE chunk_no = ?";
const SELECT_DATA = `
SELECT data FROM chunk_data WHERE chunk_no BETWEEN ? AND ? ORDER BY chunk_no`;

/** A value that is stored as chunks. */
export interface ChunkedValue {
  /** To be stored in the value's place. */
  readonly list: Uint8Array;
  /** How much more the file has: the list, and the chunks that it did not have before. */
  readonly storedBytes: number;
}

/**
 * Keeps large values in chunks that equal values, and values with equal parts, share. Each chunk
 * counts the places that use it, and goes with the last; all in the transaction of the caller.
 */
export class PayloadChunks {
  readonly #find: Statement<[Uint8Array], number>;
  readonly #insert: Statement;
  readonly #insertData: Statement;
  readonly #count: Statement;
  readonly #selectUnused: Statement<[number, number], number>;
  readonly #delete: Statement;
  readonly #deleteData: Statement;
  readonly #selectData: Statement<[number, number], Uint8Array>;

  constructor(database: Database) {
    this.#find = database.prepare<[Uint8Array], number>(FIND).pluck();
    this.#insert = database.prepare(INSERT);
    this.#insertData = database.prepare(INSERT_DATA);
    this.#count = database.prepare(COUNT);
    this.#selectUnused = database.prepare<[number, number], number>(SELECT_UNUSED).pluck();
    this.#delete = database.prepare(DELETE);
    this.#deleteData = database.prepare(DELETE_DATA);
    this.#selectData = database.prepare<[number, number], Uint8Array>(SELECT_DATA).pluck();
  }

  /** Stores a value for one place. */
  store(value: Uint8Array): ChunkedValue {
    const chunkNos: number[] = [];
    let storedBytes = 0;
    let start = 0;
    for (const end of chunkEnds(value)) {
      const chunk = value.subarray(start, end);
      start = end;
      const hash = createHash("sha256").update(chunk).digest();
      const known = this.#find.get(hash);
      if (known !== undefined) {
        chunkNos.push(known);
        continue;
      }
      const chunkNo = Number(this.#insert.run(hash).lastInsertRowid);
      const data = pack(chunk);
      this.#insertData.run(chunkNo, data);
      storedBytes += data.length + hash.length;
      chunkNos.push(chunkNo);
    }
    const ranges = toChunkRanges(chunkNos);
    for (const { firstNo, lastNo } of ranges) this.#count.run(1, firstNo, lastNo);
    const list = encodeChunkList({ byteCount: value.length, ranges });
    return { list, storedBytes: storedBytes + list.length };
  }

  /**
   * The value of a list that `store()` gave.
   *
   * @throws {InvariantError} The list or a chunk is damaged.
   */
  load(list: Uint8Array): Uint8Array {
    const { byteCount, ranges } = decodeChunkList(list);
    const value = new Uint8Array(byteCount);
    let end = 0;
    for (const { firstNo, lastNo } of ranges) {
      for (const data of this.#selectData.iterate(firstNo, lastNo)) {
        const chunk = unpack(data);
        invariant(end + chunk.length <= byteCount, "Chunks are as long as the value");
        value.set(chunk, end);
        end += chunk.length;
      }
    }
    invariant(end === byteCount, `${byteCount - end} bytes of a value are not stored`);
    return value;
  }

  /** Gives up the places of values; chunks that no other place uses are deleted. */
  release(lists: readonly Uint8Array[]): void {
    for (const list of lists) {
      for (const { firstNo, lastNo } of decodeChunkList(list).ranges) {
        this.#count.run(-1, firstNo, lastNo);
        for (const chunkNo of this.#selectUnused.all(firstNo, lastNo)) {
          this.#delete.run(chunkNo);
          this.#deleteData.run(chunkNo);
        }
      }
    }
  }
}

function pack(chunk: Uint8Array): Uint8Array {
  const deflated = deflateRawSync(chunk, DEFLATE_OPTIONS);
  const isSmaller = deflated.length < chunk.length;
  const body = isSmaller ? deflated : chunk;
  const data = new Uint8Array(1 + body.length);
  data[0] = isSmaller ? ChunkCodec.DEFLATE : ChunkCodec.PLAIN;
  data.set(body, 1);
  return data;
}

function unpack(data: Uint8Array): Uint8Array {
  const body = data.subarray(1);
  switch (data[0]) {
    case ChunkCodec.PLAIN:
      return body;
    case ChunkCodec.DEFLATE:
      return inflateRawSync(body);
    default:
      throw new InvariantError(`Unexpected codec ${data[0]} of a chunk`);
  }
}
