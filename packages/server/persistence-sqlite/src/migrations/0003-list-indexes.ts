/**
 * Rows of lists get most of their indexes some time after the commit that wrote them, so that
 * commits stay cheap: from then on `settled` is 1, and those indexes have the row. The few rows
 * that are not settled yet are found through `visibility_unsettled` and looked at one by one.
 *
 * Every index goes on in the order of lists, so that what an equality selects is in order already,
 * and what a range selects is put in order without reading the rows. The values of search
 * attributes carry the row's place in that order for the same reason. Parents and roots are
 * indexed for children alone, and counts and durations for closed runs.
 */
export const LIST_INDEXES = `
ALTER TABLE visibility ADD COLUMN settled INTEGER;
CREATE INDEX visibility_unsettled ON visibility (namespace_no) WHERE settled IS NULL;

DROP INDEX visibility_by_status;
DROP INDEX visibility_by_type;
CREATE INDEX visibility_by_status
  ON visibility (namespace_no, status, close_order, start_time_ms, run_id) WHERE settled = 1;
CREATE INDEX visibility_by_type
  ON visibility (namespace_no, workflow_type, close_order, start_time_ms, run_id)
  WHERE settled = 1;
CREATE INDEX visibility_by_queue
  ON visibility (namespace_no, task_queue, close_order, start_time_ms, run_id) WHERE settled = 1;
CREATE INDEX visibility_by_id
  ON visibility (namespace_no, workflow_id, close_order, start_time_ms, run_id)
  WHERE settled = 1;
CREATE INDEX visibility_by_start
  ON visibility (namespace_no, start_time_ms, close_order, run_id) WHERE settled = 1;
CREATE INDEX visibility_by_execution
  ON visibility (namespace_no, execution_time_ms, close_order, start_time_ms, run_id)
  WHERE settled = 1;
CREATE INDEX visibility_by_duration
  ON visibility (
    namespace_no, (close_time_ms - execution_time_ms), close_order, start_time_ms, run_id
  ) WHERE settled = 1 AND close_time_ms IS NOT NULL;
CREATE INDEX visibility_by_length
  ON visibility (namespace_no, (nullif(history_length, 0)), close_order, start_time_ms, run_id)
  WHERE settled = 1 AND close_time_ms IS NOT NULL;
CREATE INDEX visibility_by_size
  ON visibility (namespace_no, (nullif(history_size_bytes, 0)), close_order, start_time_ms, run_id)
  WHERE settled = 1 AND close_time_ms IS NOT NULL;
CREATE INDEX visibility_by_transitions
  ON visibility (
    namespace_no, (nullif(state_transition_count, 0)), close_order, start_time_ms, run_id
  ) WHERE settled = 1 AND close_time_ms IS NOT NULL;
CREATE INDEX visibility_by_parent
  ON visibility (namespace_no, parent_workflow_id, close_order, start_time_ms, run_id)
  WHERE settled = 1 AND parent_workflow_id IS NOT NULL;
CREATE INDEX visibility_by_parent_run
  ON visibility (namespace_no, parent_run_id, close_order, start_time_ms, run_id)
  WHERE settled = 1 AND parent_run_id IS NOT NULL;
CREATE INDEX visibility_by_root
  ON visibility (namespace_no, root_workflow_id, close_order, start_time_ms, run_id)
  WHERE settled = 1;
CREATE INDEX visibility_by_root_run
  ON visibility (namespace_no, root_run_id, close_order, start_time_ms, run_id)
  WHERE settled = 1;

CREATE TABLE placed_attributes (
  namespace_no INTEGER NOT NULL,
  run_id NOT NULL,
  name TEXT NOT NULL,
  value NOT NULL,
  close_order NOT NULL,
  start_time_ms INTEGER NOT NULL,
  PRIMARY KEY (namespace_no, run_id, name, value)
) WITHOUT ROWID;
INSERT INTO placed_attributes
SELECT namespace_no, run_id, name, value, close_order, start_time_ms
FROM visibility_attributes JOIN visibility USING (namespace_no, run_id);
DROP TABLE visibility_attributes;
ALTER TABLE placed_attributes RENAME TO visibility_attributes;
CREATE INDEX visibility_attributes_by_value
  ON visibility_attributes (namespace_no, name, value, close_order, start_time_ms, run_id);
`;
