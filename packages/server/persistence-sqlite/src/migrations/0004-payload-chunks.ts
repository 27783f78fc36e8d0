/**
 * Large values as lists of chunks; nothing was stored in the table of the first schema.
 *
 * - `log.format` and `snapshots.format` tell which values are lists: `StoredFormat`.
 * - Counts are apart from data, so that a value which is stored again rewrites a few small rows.
 * - `runs.saved_bytes` tells how much less than its size the history of a run takes; null is none.
 */
export const PAYLOAD_CHUNKS = `
DROP TABLE payload_chunks;
CREATE TABLE payload_chunks (
  chunk_no INTEGER PRIMARY KEY,
  reference_count INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE
);
CREATE TABLE chunk_data (
  chunk_no INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
ALTER TABLE runs ADD COLUMN saved_bytes INTEGER;
`;
