import Database from "better-sqlite3";
import { type Pragmas, pragmaStatements } from "./pragmas.js";
import { checkSchemaVersion, migrate } from "./schema-version.js";
import { toStoreOpenError } from "./store-open-error.js";

/** How long opening waits for another process that is just about to let the file go. */
const LOCK_WAIT_MS = 500;

/** What to open. */
export interface DatabaseOptions {
  readonly path: string;
  readonly pragmas: Pragmas;
  /** ID of the store if it is to be made. */
  readonly newClusterId: string;
}

/**
 * Opens the file for this process alone, makes it if it is not there, and brings its schema up to
 * date.
 *
 * @throws {StoreOpenError} The file can't be served; it was not changed.
 */
export function openDatabase(options: DatabaseOptions): Database.Database {
  let database: Database.Database | undefined;
  try {
    const statements = pragmaStatements(options.pragmas);
    database = new Database(options.path, { timeout: LOCK_WAIT_MS });
    // Two servers on one file would each believe to be its only owner. The lock is taken by the
    // first access and kept until the file is closed or the process is gone.
    database.pragma("locking_mode = exclusive");
    const fromVersion = checkSchemaVersion(database, options.path);
    for (const statement of statements) database.pragma(statement);
    database.exec("BEGIN EXCLUSIVE");
    migrate(database, { fromVersion, clusterId: options.newClusterId });
    // Writes, so that a read-only file is found out now and not by the first request.
    database.exec("UPDATE meta SET value = value WHERE name = 'cluster_id'; COMMIT");
    return database;
  } catch (error) {
    database?.close();
    throw toStoreOpenError(options.path, error);
  }
}
