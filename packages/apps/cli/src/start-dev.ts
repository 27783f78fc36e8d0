import {
  type Logger,
  type RunningServer,
  readLimits,
  type ServerConfig,
  SILENT_LOGGER,
  startServer,
  textLogger,
} from "@perdure/server";
import type { StartDevOptions } from "./start-dev-options.js";

/** What the command writes to and is told by. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Starts a development server and says where it listens. */
export async function startDev(
  options: StartDevOptions,
  terminal: Terminal,
): Promise<RunningServer> {
  const logger = await makeLogger(options, terminal);
  const { limits, callbackAddresses, unknownKeys } = readLimits(options.dynamicConfigValue);
  for (const key of unknownKeys) {
    terminal.err(
      `Warning: dynamic configuration key "${key}" has no meaning here and is ignored\n`,
    );
  }
  const host = options.ip === "localhost" ? "127.0.0.1" : options.ip;
  const config: ServerConfig = {
    host,
    port: options.port,
    databasePath: options.dbFilename,
    pragmas: Object.fromEntries(options.sqlitePragma),
    namespaces: options.namespace,
    searchAttributes: options.searchAttribute,
    limits,
    callbackAddresses,
    logger,
  };
  const server = await startServer(config);
  terminal.out(`Perdure 0.1.0\n\nServer:   ${options.ip}:${server.port}\n`);
  terminal.out(`Store:    ${options.dbFilename ?? "memory (gone when the server stops)"}\n`);
  if (!options.headless) terminal.out("Web UI:   not in this version\n");
  return server;
}

async function makeLogger(options: StartDevOptions, terminal: Terminal): Promise<Logger> {
  const { logLevel, logFormat } = options;
  if (logLevel === "never") return SILENT_LOGGER;
  if (logFormat !== "json") return textLogger(logLevel, terminal.err);
  const { pinoLogger } = await import("@perdure/server");
  return pinoLogger(logLevel);
}
