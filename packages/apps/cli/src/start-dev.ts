import { type RunningServer, type ServerConfig, startServer } from "@perdure/server";
import { makeLogger } from "./make-logger.js";
import { chooseHttpPort, type StartDevOptions } from "./start-dev-options.js";
import type { Terminal } from "./terminal.js";
import { tlsFilesOf } from "./tls-files.js";

/** Starts a development server and says where it listens. */
export async function startDev(
  options: StartDevOptions,
  terminal: Terminal,
): Promise<RunningServer> {
  const logger = await makeLogger(options, terminal);
  const host = addressOf(options.ip);
  const config: ServerConfig = {
    host,
    port: options.port,
    http: { host: addressOf(options.uiIp ?? options.ip), port: chooseHttpPort(options) },
    tls: tlsFilesOf(options),
    databasePath: options.dbFilename,
    pragmas: Object.fromEntries(options.sqlitePragma),
    namespaces: options.namespace,
    searchAttributes: options.searchAttribute,
    metrics: options.metricsPort === undefined ? undefined : { host, port: options.metricsPort },
    dynamicConfig: options.dynamicConfigValue,
    timeSkipping: options.timeSkipping === true ? "locked" : options.timeSkipping || undefined,
    logger,
  };
  const server = await startServer(config);
  terminal.out(`Perdure 0.1.0\n\nServer:   ${options.ip}:${server.port}\n`);
  terminal.out(`HTTP:     ${options.uiIp ?? options.ip}:${server.httpPort}\n`);
  if (server.metricsPort !== undefined) {
    terminal.out(`Metrics:  http://${options.ip}:${server.metricsPort}/metrics\n`);
  }
  terminal.out(`Store:    ${options.dbFilename ?? "memory (gone when the server stops)"}\n`);
  if (!options.headless) terminal.out("Web UI:   not in this version\n");
  return server;
}

function addressOf(ip: string): string {
  return ip === "localhost" ? "127.0.0.1" : ip;
}
