import { StoreOpenError } from "./store-open-error.js";

/** SQLite settings by name; they override the store's own. */
export type Pragmas = Readonly<Record<string, string>>;

/**
 * The store's settings.
 *
 * - `wal_autocheckpoint`, pages: a checkpoint every 16 MB of log instead of every 4 MB writes pages
 *   that change often fewer times.
 * - `cache_size`, KiB when negative: holds the upper levels of all indexes of a large file.
 */
const DEFAULTS: Pragmas = {
  journal_mode: "wal",
  synchronous: "full",
  wal_autocheckpoint: "4000",
  cache_size: "-32768",
  temp_store: "memory",
};

/** What users may set. Others would break the store (or its lock on the file), or do nothing. */
const ALLOWED = new Set([
  "auto_vacuum",
  "automatic_index",
  "busy_timeout",
  "cache_size",
  "cache_spill",
  "checkpoint_fullfsync",
  "fullfsync",
  "hard_heap_limit",
  "journal_mode",
  "journal_size_limit",
  "max_page_count",
  "mmap_size",
  "page_size",
  "secure_delete",
  "soft_heap_limit",
  "synchronous",
  "temp_store",
  "threads",
  "wal_autocheckpoint",
]);

/** These decide the layout of a new file, so they come before anything that writes to it. */
const FIRST = ["page_size", "auto_vacuum", "journal_mode"];

const VALUE = /^[A-Za-z0-9_+.-]{1,32}$/;

/**
 * The statements that set up a connection, in their order: the store's own settings, overridden by
 * those of the user.
 *
 * @throws {StoreOpenError} A name is not allowed or a value is no plain word or number.
 */
export function pragmaStatements(pragmas: Pragmas): readonly string[] {
  const settings = new Map(Object.entries(DEFAULTS));
  for (const [givenName, value] of Object.entries(pragmas)) {
    const name = givenName.toLowerCase();
    checkPragma(name, value);
    settings.set(name, value);
  }
  const firstNames = FIRST.filter((name) => settings.has(name));
  const restNames = [...settings.keys()].filter((name) => !FIRST.includes(name));
  return [...firstNames, ...restNames].map((name) => `${name} = ${settings.get(name)}`);
}

function checkPragma(name: string, value: string): void {
  if (!ALLOWED.has(name)) {
    const allowed = [...ALLOWED].join(", ");
    const message = `Cannot set SQLite pragma "${name}": allowed are ${allowed}`;
    throw new StoreOpenError("BAD_PRAGMA", message);
  }
  if (!VALUE.test(value)) {
    const message = `Cannot set SQLite pragma "${name}": "${value}" is no plain word or number`;
    throw new StoreOpenError("BAD_PRAGMA", message);
  }
}
