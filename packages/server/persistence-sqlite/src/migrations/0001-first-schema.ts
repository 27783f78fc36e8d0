/**
 * The first schema.
 *
 * - `namespace_numbers` gives each namespace ID a small number, because other tables repeat it in
 *   every row and index entry.
 * - `run_id` columns hold 16 bytes for a UUID in lower case, else text (`run-id-value.ts`).
 * - `key_hash` is `hashKey()` of the entity. Two entities may share one: compare the key too.
 * - Snapshots are apart from `runs`, so that a change of a wake-up does not rewrite them.
 * - `log.format` tells how `delta` and `events` are stored: 0 is as they came. Formats that keep
 *   large payloads as references to `payload_chunks` get other numbers.
 * - A null sorts before all values in SQLite, but lists want it after: `close_order` has an empty
 *   blob for it, which sorts after all numbers and text. It is a column, because SQLite seeks by a
 *   comparison of rows only where every term is one.
 */
export const FIRST_SCHEMA = `
CREATE TABLE meta (
  name TEXT PRIMARY KEY NOT NULL,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE namespaces (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  data BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE namespace_numbers (
  namespace_no INTEGER PRIMARY KEY,
  namespace_id TEXT NOT NULL UNIQUE
);

CREATE TABLE runs (
  run_no INTEGER PRIMARY KEY,
  key_hash INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  namespace_no INTEGER NOT NULL,
  business_id TEXT NOT NULL,
  run_id NOT NULL,
  is_current INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  wake_at_ms INTEGER
);
CREATE UNIQUE INDEX runs_by_key ON runs (key_hash, run_id);
CREATE UNIQUE INDEX runs_current ON runs (key_hash, namespace_no, kind, business_id)
  WHERE is_current = 1;
CREATE INDEX runs_wake ON runs (wake_at_ms) WHERE wake_at_ms IS NOT NULL;

CREATE TABLE snapshots (
  run_no INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  format INTEGER NOT NULL,
  data BLOB NOT NULL
);

CREATE TABLE log (
  run_no INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  first_event_id INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  format INTEGER NOT NULL,
  delta BLOB NOT NULL,
  events BLOB NOT NULL,
  PRIMARY KEY (run_no, seq)
) WITHOUT ROWID;

CREATE TABLE payload_chunks (
  hash BLOB PRIMARY KEY NOT NULL,
  reference_count INTEGER NOT NULL,
  data BLOB NOT NULL
);

CREATE TABLE tasks (
  namespace_no INTEGER NOT NULL,
  queue_name TEXT NOT NULL,
  task_kind INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  task_id INTEGER NOT NULL,
  key_kind INTEGER NOT NULL,
  key_namespace_no INTEGER NOT NULL,
  business_id TEXT NOT NULL,
  run_id NOT NULL,
  scheduled_event_id INTEGER NOT NULL,
  stamp INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (namespace_no, queue_name, task_kind, priority, task_id)
) WITHOUT ROWID;

CREATE TABLE visibility (
  visibility_no INTEGER PRIMARY KEY,
  namespace_no INTEGER NOT NULL,
  run_id NOT NULL,
  workflow_id TEXT NOT NULL,
  workflow_type TEXT NOT NULL,
  task_queue TEXT NOT NULL,
  status INTEGER NOT NULL,
  start_time_ms INTEGER NOT NULL,
  execution_time_ms INTEGER NOT NULL,
  close_time_ms INTEGER,
  history_length INTEGER NOT NULL,
  history_size_bytes INTEGER NOT NULL,
  state_transition_count INTEGER NOT NULL,
  parent_workflow_id TEXT,
  parent_run_id,
  root_workflow_id TEXT NOT NULL,
  root_run_id NOT NULL,
  first_run_id NOT NULL,
  memo BLOB,
  search_attributes BLOB,
  close_order GENERATED ALWAYS AS (ifnull(close_time_ms, x'')) VIRTUAL
);
CREATE UNIQUE INDEX visibility_by_run ON visibility (namespace_no, run_id);
CREATE INDEX visibility_by_close
  ON visibility (namespace_no, close_order, start_time_ms, run_id);
CREATE INDEX visibility_by_status
  ON visibility (namespace_no, status, close_order, start_time_ms, run_id);
CREATE INDEX visibility_by_type
  ON visibility (namespace_no, workflow_type, close_order, start_time_ms, run_id);
CREATE INDEX visibility_by_workflow ON visibility (namespace_no, workflow_id);
`;
