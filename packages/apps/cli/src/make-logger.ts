import { type Logger, SILENT_LOGGER, textLogger } from "@perdure/server";
import type { LogFormat, LogLevelName } from "./start-dev-options.js";
import type { Terminal } from "./terminal.js";

/** Makes the server's log: JSON goes to stdout, text to stderr. */
export async function makeLogger(
  { logLevel, logFormat }: { readonly logLevel: LogLevelName; readonly logFormat: LogFormat },
  terminal: Terminal,
): Promise<Logger> {
  if (logLevel === "never") return SILENT_LOGGER;
  if (logFormat !== "json") return textLogger(logLevel, terminal.err);
  const { pinoLogger } = await import("@perdure/server");
  return pinoLogger(logLevel);
}
