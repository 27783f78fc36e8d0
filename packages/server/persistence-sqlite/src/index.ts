export type { Pragmas } from "./pragmas.js";
export { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from "./sqlite-store.js";
export { StoreOpenError, type StoreOpenErrorCode } from "./store-open-error.js";
