/** Levels in rising order of weight. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Structured log of the server. `fields` never hold payloads of users. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A logger that drops everything. */
export const SILENT_LOGGER: Logger = { log: () => undefined };
