import assert from "node:assert/strict";
import Database from "better-sqlite3";
import { decodeChunkList } from "../chunk-list.js";
import { chunkListsOf, type StoredValues } from "../stored-format.js";

const SELECT_LISTS = `
SELECT format, delta, events FROM log WHERE format <> 0
UNION ALL SELECT format, data, x'' FROM snapshots WHERE format <> 0`;
const SELECT_COUNTS = "SELECT chunk_no, reference_count FROM payload_chunks ORDER BY chunk_no";

/** What a closed file has in chunks. */
export interface ChunkTotals {
  readonly chunkCount: number;
  /** Bytes of the chunks as they are stored. */
  readonly dataBytes: number;
}

/**
 * Counts anew how often each chunk of a closed file is used, and checks that this is what the file
 * says, that each chunk has data, and that none is there for nothing.
 */
export function checkChunks(path: string): ChunkTotals {
  const database = new Database(path, { readonly: true });
  try {
    const counts = new Map<number, number>();
    const rows = database.prepare<[], StoredValues>(SELECT_LISTS).all();
    for (const { ranges } of rows.flatMap(chunkListsOf).map(decodeChunkList)) {
      for (const { firstNo, lastNo } of ranges) {
        for (let chunkNo = firstNo; chunkNo <= lastNo; chunkNo++) {
          counts.set(chunkNo, (counts.get(chunkNo) ?? 0) + 1);
        }
      }
    }
    const stored = database.prepare<[], [number, number]>(SELECT_COUNTS).raw().all();
    assert.deepEqual(
      stored,
      [...counts].sort(([left], [right]) => left - right),
    );
    const dataNos = database.prepare("SELECT chunk_no FROM chunk_data ORDER BY chunk_no").pluck();
    assert.deepEqual(
      dataNos.all(),
      stored.map(([chunkNo]) => chunkNo),
    );
    const sum = database.prepare("SELECT ifnull(sum(length(data)), 0) FROM chunk_data").pluck();
    return { chunkCount: stored.length, dataBytes: Number(sum.get()) };
  } finally {
    database.close();
  }
}
