import type { Logger } from "@perdure/kernel";
import type { AuthorizationConfig } from "./authorization/authorization-config.js";
import type { ConfigFile } from "./config-file.js";
import { readLimits, type ServerConfig } from "./server-config.js";

/** What a configuration file comes to, and what of it means nothing here. */
export interface ReadConfig {
  readonly config: ServerConfig;
  readonly unknownKeys: readonly string[];
}

/** Makes of a configuration file what a server is started with. */
export function configOfFile(file: ConfigFile, logger: Logger): ReadConfig {
  const { listen, store, tls } = file;
  const dynamicConfig = new Map(Object.entries(file.dynamicConfig));
  const { limits, callbackAddresses, unknownKeys } = readLimits(dynamicConfig);
  const config: ServerConfig = {
    ...listen.grpc,
    http: listen.http === false ? undefined : listen.http,
    tls,
    ...(store.kind === "sqlite" ? { databasePath: store.path, pragmas: store.pragmas } : {}),
    namespaces: file.namespaces,
    searchAttributes: new Map(Object.entries(file.searchAttributes)),
    authorization: authorizationOf(file),
    limits,
    callbackAddresses,
    logger,
  };
  return { config, unknownKeys };
}

function authorizationOf({ authorization }: ConfigFile): AuthorizationConfig | undefined {
  if (authorization === undefined) return undefined;
  const { jwt, apiKeys, clientCertificates } = authorization;
  if (jwt === undefined) return { apiKeys, clientCertificates };
  const { refreshSeconds, ...rest } = jwt;
  return {
    jwt: { ...rest, refreshIntervalMs: refreshSeconds * 1000 },
    apiKeys,
    clientCertificates,
  };
}
