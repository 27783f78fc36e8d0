import type { Database } from "better-sqlite3";
import { FIRST_SCHEMA } from "./migrations/0001-first-schema.js";
import { SEARCH_ATTRIBUTES } from "./migrations/0002-search-attributes.js";
import { LIST_INDEXES } from "./migrations/0003-list-indexes.js";
import { PAYLOAD_CHUNKS } from "./migrations/0004-payload-chunks.js";
import { StoreOpenError } from "./store-open-error.js";

/** Marks a file as ours in its header: "Perd" in ASCII. */
const APPLICATION_ID = 0x50657264;

/** The step to version N is at index N - 1. Steps that were released never change. */
const MIGRATIONS: readonly string[] = [
  FIRST_SCHEMA,
  SEARCH_ATTRIBUTES,
  LIST_INDEXES,
  PAYLOAD_CHUNKS,
];

/** Version of the schema that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Version of the file's schema; 0 when it is empty. Changes nothing.
 *
 * @throws {StoreOpenError} The file is of another program, or of a newer version of this one.
 */
export function checkSchemaVersion(database: Database, path: string): number {
  const version = Number(database.pragma("user_version", { simple: true }));
  const applicationId = Number(database.pragma("application_id", { simple: true }));
  const tableCount = Number(database.prepare("SELECT count(*) FROM sqlite_master").pluck().get());
  if (version === 0 && applicationId === 0 && tableCount === 0) return 0;
  if (applicationId !== APPLICATION_ID) {
    const message = `Cannot use "${path}": it is a database of another program; give another file`;
    throw new StoreOpenError("FOREIGN_DATABASE", message);
  }
  if (version > SCHEMA_VERSION) {
    const versions = `its schema version is ${version}, this program knows ${SCHEMA_VERSION}`;
    const reason = `a newer version of Perdure wrote it (${versions})`;
    const message = `Cannot use "${path}": ${reason}; run the newer program, or give another file`;
    throw new StoreOpenError("NEWER_SCHEMA", message);
  }
  return version;
}

/** Brings the schema to `SCHEMA_VERSION`; the caller has begun the transaction. */
export function migrate(database: Database, options: { fromVersion: number; clusterId: string }) {
  if (options.fromVersion === SCHEMA_VERSION) return;
  for (const migration of MIGRATIONS.slice(options.fromVersion)) database.exec(migration);
  if (options.fromVersion === 0) {
    const insert = database.prepare("INSERT INTO meta (name, value) VALUES (?, ?)");
    insert.run("cluster_id", options.clusterId);
    insert.run("task_ids_reserved_through", 0);
    database.pragma(`application_id = ${APPLICATION_ID}`);
  }
  database.pragma(`user_version = ${SCHEMA_VERSION}`);
}
