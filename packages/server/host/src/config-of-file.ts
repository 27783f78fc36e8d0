import type { Logger } from "@perdure/kernel";
import type { AuthorizationConfig } from "./authorization/authorization-config.js";
import type { ConfigFile } from "./config-file.js";
import type { ServerConfig } from "./server-config.js";

/** Makes of a configuration file what a server is started with. */
export function configOfFile(file: ConfigFile, logger: Logger): ServerConfig {
  const { listen, store, tls } = file;
  return {
    ...listen.grpc,
    http: listen.http === false ? undefined : listen.http,
    tls,
    ...(store.kind === "sqlite" ? { databasePath: store.path, pragmas: store.pragmas } : {}),
    namespaces: file.namespaces,
    searchAttributes: new Map(Object.entries(file.searchAttributes)),
    authorization: authorizationOf(file),
    metrics: file.metrics,
    dynamicConfig: new Map(Object.entries(file.dynamicConfig)),
    dynamicConfigPath: file.dynamicConfigFile,
    logger,
  };
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
