// Ways to write one batch.
import { WRITES } from "./workload.mjs";

/** Returns a function that writes one batch in one transaction, `widths` rows per statement. */
export function makeWriter(db, { widths = [1], bulk } = {}) {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const writers = Object.entries(WRITES).map(([kind, write]) => ({
    kind,
    write: pickWriter(db, write, { widths, bulk }),
  }));
  return (batch) => {
    begin.run([]);
    for (const { kind, write } of writers) write(batch[kind]);
    commit.run([]);
  };
}

function pickWriter(db, write, { widths, bulk }) {
  if (write.whole !== undefined) return rowWriter(db, write.whole);
  return bulk === "json" ? jsonWriter(db, write) : rowsWriter(db, write, widths);
}

/** One statement per table: a JSON array of rows, and one blob that blob values are cut from. */
function jsonWriter(db, { head, tail = "", width }) {
  const columns = Array.from(
    { length: width },
    (_, i) => `CASE json_type(value, '$[${i}]')
    WHEN 'array' THEN substr(input.blobs, value ->> '$[${i}][0]', value ->> '$[${i}][1]')
    ELSE value ->> '$[${i}]' END`,
  );
  const from = `WITH input (blobs, rows) AS (SELECT ?, ?)
    SELECT ${columns.join(", ")} FROM input, json_each(input.rows) WHERE true`;
  const statement = db.prepare(head.replace("VALUES", from) + tail);
  return (rows) => {
    if (rows.length === 0) return;
    const blobs = [];
    let at = 1;
    const cut = (value) => {
      if (!(value instanceof Uint8Array)) return value;
      blobs.push(value);
      at += value.length;
      return [at - value.length, value.length];
    };
    const json = JSON.stringify(rows.map((row) => row.map(cut)));
    statement.run([Buffer.concat(blobs), json]);
  };
}

function rowWriter(db, sql) {
  const statement = db.prepare(sql);
  return (rows) => {
    for (const row of rows) statement.run(row);
  };
}

function rowsWriter(db, { head, tail = "", width }, widths) {
  const marks = `(${Array(width).fill("?").join(",")})`;
  const statements = [...widths]
    .sort((a, b) => b - a)
    .map((n) => ({ n, statement: db.prepare(head + Array(n).fill(marks).join(",") + tail) }));
  return (rows) => {
    let at = 0;
    for (const { n, statement } of statements) {
      for (; rows.length - at >= n; at += n) {
        statement.run(n === 1 ? rows[at] : rows.slice(at, at + n).flat());
      }
    }
  };
}
