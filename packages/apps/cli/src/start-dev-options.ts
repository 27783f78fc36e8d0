import { InvalidArgumentError, Option } from "commander";

/** What `perdure server start-dev` is told, as commander hands it over. */
export interface StartDevOptions {
  readonly ip: string;
  readonly port: number;
  readonly httpPort?: number;
  readonly uiPort?: number;
  readonly uiIp?: string;
  readonly metricsPort?: number;
  readonly tlsCertPath?: string;
  readonly tlsKeyPath?: string;
  readonly tlsClientCaPath?: string;
  readonly headless: boolean;
  readonly dbFilename?: string;
  readonly namespace: readonly string[];
  readonly searchAttribute: ReadonlyMap<string, string>;
  readonly dynamicConfigValue: ReadonlyMap<string, unknown>;
  readonly logLevel: LogLevelName;
  readonly logFormat: LogFormat;
  readonly timeSkipping?: boolean | "locked" | "unlocked";
  readonly sqlitePragma: ReadonlyMap<string, string>;
}

/** Levels of the official command line, and `never` for none. */
export type LogLevelName = "debug" | "info" | "warn" | "error" | "never";
export type LogFormat = "text" | "json" | "pretty";

const PORT_MAX = 65_535;

function parsePort(text: string): number {
  const port = Number(text);
  const isPort = /^\d+$/.test(text) && port <= PORT_MAX;
  if (!isPort) throw new InvalidArgumentError(`It must be a number from 0 to ${PORT_MAX}.`);
  return port;
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function splitPair(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new InvalidArgumentError('It must have the form "KEY=VALUE".');
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function collectPair(
  text: string,
  previous: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...previous, splitPair(text)]);
}

function collectJson(
  text: string,
  previous: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, unknown> {
  const [key, json] = splitPair(text);
  try {
    return new Map([...previous, [key, JSON.parse(json) as unknown]]);
  } catch {
    throw new InvalidArgumentError(`The value of "${key}" must be JSON.`);
  }
}

function collectSearchAttribute(
  text: string,
  previous: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const [name, type] = splitPair(text);
  const types = ["Text", "Keyword", "Int", "Double", "Bool", "Datetime", "KeywordList"];
  if (types.includes(type)) return new Map([...previous, [name, type]]);
  throw new InvalidArgumentError(`The type must be one of ${types.join(", ")}.`);
}

/** The options of `perdure server start-dev`, with the official names, defaults and meanings. */
export function startDevOptions(): readonly Option[] {
  return [
    new Option("--ip <string>", "IP address bound to the front-end service.").default("localhost"),
    new Option("-p, --port <int>", "Port for the front-end gRPC service.")
      .default(7233)
      .argParser(parsePort),
    ...httpOptions(),
    ...tlsOptions(),
    new Option("--headless", "Disable the web UI.").default(false),
    new Option("-f, --db-filename <path>", "SQLite file; without it everything is kept in memory."),
    new Option("-n, --namespace <name>", "Namespace to create at launch. Repeatable.")
      .default([])
      .argParser(collect),
    new Option("--search-attribute <KEY=TYPE>", "Search attribute to register. Repeatable.")
      .default(new Map())
      .argParser(collectSearchAttribute),
    new Option("--dynamic-config-value <KEY=VALUE>", "Dynamic configuration, JSON. Repeatable.")
      .default(new Map())
      .argParser(collectJson),
    new Option("--log-level <level>", "Log level.")
      .choices(["debug", "info", "warn", "error", "never"])
      .default("warn"),
    new Option("--log-format <format>", "Log format.")
      .choices(["text", "json", "pretty"])
      .default("text"),
    new Option(
      "--time-skipping [state]",
      "Skip time while nothing but timers is pending. Tests unlock and lock it; it begins locked.",
    ).choices(["locked", "unlocked"]),
    new Option("--sqlite-pragma <PRAGMA=VALUE>", "SQLite setting. Repeatable.")
      .default(new Map())
      .argParser(collectPair),
  ];
}

/**
 * The arguments of a time-skipping server for those of the official test server, `PORT
 * [--enable-time-skipping]`: SDKs start a test server so. Other arguments stay as they are.
 */
export function expandTestServerArguments(args: readonly string[]): readonly string[] {
  const [port = "", ...flags] = args;
  if (!/^\d+$/.test(port)) return args;
  const isUnlocked = flags.includes("--enable-time-skipping");
  const state = isUnlocked ? "unlocked" : "locked";
  return ["server", "start-dev", "--headless", "--port", port, "--time-skipping", state];
}

/** Port of HTTP beside the default port of gRPC, by the official convention. */
const UI_PORT_OFFSET = 1000;

/** The port for HTTP; 0: any free one. */
export function chooseHttpPort(
  options: Pick<StartDevOptions, "port" | "httpPort" | "uiPort" | "headless">,
): number {
  const { port, httpPort, uiPort, headless } = options;
  if (httpPort !== undefined) return httpPort;
  if (uiPort !== undefined) return uiPort;
  const derived = port + UI_PORT_OFFSET;
  return headless || port === 0 || derived > PORT_MAX ? 0 : derived;
}

function httpOptions(): readonly Option[] {
  return [
    new Option(
      "--http-port <int>",
      "Port for HTTP: API and web UI. Defaults to --ui-port, with --headless to a free port.",
    ).argParser(parsePort),
    new Option(
      "--ui-port <int>",
      "Port for HTTP if --http-port is absent. Defaults to --port + 1000.",
    ).argParser(parsePort),
    new Option(
      "--metrics-port <int>",
      "Port for /metrics; 0: any free one. Without it nothing is counted.",
    ).argParser(parsePort),
    new Option("--ui-ip <string>", "IP address bound to HTTP. Defaults to --ip."),
  ];
}

function tlsOptions(): readonly Option[] {
  return [
    new Option("--tls-cert-path <path>", "Certificate of the server, PEM. Turns TLS on."),
    new Option("--tls-key-path <path>", "Private key of the certificate, PEM."),
    new Option(
      "--tls-client-ca-path <path>",
      "Authorities of client certificates, PEM. Clients must have one then.",
    ),
  ];
}
