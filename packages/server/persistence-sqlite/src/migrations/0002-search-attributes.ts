/**
 * The values of runs' search attributes, for filters: a list has a row for each of its values, a
 * text is in its searchable form. Rows that were written before have none.
 */
export const SEARCH_ATTRIBUTES = `
CREATE TABLE visibility_attributes (
  namespace_no INTEGER NOT NULL,
  run_id NOT NULL,
  name TEXT NOT NULL,
  value NOT NULL,
  PRIMARY KEY (namespace_no, run_id, name, value)
) WITHOUT ROWID;
CREATE INDEX visibility_attributes_by_value
  ON visibility_attributes (namespace_no, name, value, run_id);
`;
