import { type RunningServer, startServer } from "@perdure/server";
import { makeLogger } from "./make-logger.js";
import type { Terminal } from "./terminal.js";

/** What `perdure server start` is told. */
export interface StartOptions {
  /** Path of the configuration file. */
  readonly config: string;
}

/**
 * Starts a server as its configuration file says, and tells where it listens.
 *
 * @throws {SetupError} The file has something wrong in it; the message names the key.
 */
export async function start(options: StartOptions, terminal: Terminal): Promise<RunningServer> {
  const { readConfigFile, configOfFile } = await import("@perdure/server/config");
  const file = await readConfigFile(options.config);
  const { level: logLevel, format: logFormat } = file.log;
  const logger = await makeLogger({ logLevel, logFormat }, terminal);
  const config = configOfFile(file, logger);
  const server = await startServer(config);
  const store = config.databasePath ?? "memory (gone when the server stops)";
  terminal.out(`Server:   ${config.host}:${server.port}\n`);
  if (config.http !== undefined) terminal.out(`HTTP:     ${config.http.host}:${server.httpPort}\n`);
  terminal.out(`Store:    ${store}\n`);
  return server;
}
