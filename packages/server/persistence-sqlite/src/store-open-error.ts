/** Why a file can't be served. */
export type StoreOpenErrorCode =
  | "BAD_PRAGMA"
  | "FOREIGN_DATABASE"
  | "IN_USE"
  | "NEWER_SCHEMA"
  | "NOT_A_DATABASE"
  | "READ_ONLY"
  | "UNUSABLE";

/** The file can't be served. Nothing in it was changed. The message says what to do. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";

  constructor(
    readonly code: StoreOpenErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Turns what the driver threw while the file `path` was opened into a sentence for an operator. */
export function toStoreOpenError(path: string, cause: unknown): StoreOpenError {
  if (cause instanceof StoreOpenError) return cause;
  const driverCode = String((cause as { readonly code?: unknown } | undefined)?.code ?? "");
  const refuse = (code: StoreOpenErrorCode, reason: string): StoreOpenError =>
    new StoreOpenError(code, `Cannot use "${path}": ${reason}`, { cause });

  if (driverCode.startsWith("SQLITE_BUSY") || driverCode.startsWith("SQLITE_LOCKED")) {
    return refuse(
      "IN_USE",
      "another process uses the file; stop that server, or give another file",
    );
  }
  if (driverCode.startsWith("SQLITE_NOTADB") || driverCode.startsWith("SQLITE_CORRUPT")) {
    return refuse("NOT_A_DATABASE", "it is no SQLite database, or is damaged; give another file");
  }
  if (driverCode.startsWith("SQLITE_READONLY")) {
    return refuse("READ_ONLY", "it cannot be written; change the permissions of file and folder");
  }
  if (driverCode.startsWith("SQLITE_FULL")) return refuse("UNUSABLE", "the disk is full");
  const detail = cause instanceof Error ? cause.message : String(cause);
  return refuse("UNUSABLE", `it cannot be opened (${detail}); check that its folder exists`);
}
