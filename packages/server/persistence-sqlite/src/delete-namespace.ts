import type { Database } from "better-sqlite3";
import type { LogWriter } from "./log-writer.js";

/** A namespace has its own number and one for each of its lists, whose IDs begin with its ID. */
const NUMBERS = `
SELECT namespace_no FROM namespace_numbers
WHERE namespace_id = :id OR (namespace_id > :id || '#' AND namespace_id < :id || '$')`;
const RUNS = "SELECT run_no FROM runs WHERE namespace_no IN (SELECT namespace_no FROM gone)";

const STATEMENTS = ["runs", "tasks", "visibility_attributes", "visibility"].map(
  (table) => `DELETE FROM ${table} WHERE namespace_no IN (SELECT namespace_no FROM gone)`,
);

/** Deletes a namespace with whatever is left of it, in the transaction under way. */
export function deleteNamespace(database: Database, log: LogWriter, namespaceId: string): void {
  database.exec("CREATE TEMP TABLE IF NOT EXISTS gone (namespace_no INTEGER PRIMARY KEY)");
  database.exec("DELETE FROM gone");
  database.prepare(`INSERT INTO gone ${NUMBERS}`).run({ id: namespaceId });
  for (const runNo of database.prepare<[], number>(RUNS).pluck().all()) log.delete(runNo);
  for (const statement of STATEMENTS) database.exec(statement);
  database.exec("DELETE FROM gone");
  database.prepare("DELETE FROM namespaces WHERE id = ?").run(namespaceId);
}
