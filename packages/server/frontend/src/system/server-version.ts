/** The version of the official server whose API this one speaks; clients compare against it. */
export const SERVER_VERSION = "1.32.0";

/** Client versions that this server gets on with, by the name that a client sends. */
export const SUPPORTED_CLIENTS: ReadonlyMap<string, string> = new Map([
  ["Nexus-go-sdk", "<2.0.0"],
  ["temporal-cli", "<2.0.0"],
  ["temporal-go", "<2.0.0"],
  ["temporal-java", "<2.0.0"],
  ["temporal-php", "<2.0.0"],
  ["temporal-server", "<2.0.0"],
  ["temporal-typescript", "<2.0.0"],
  ["temporal-ui", "<3.0.0"],
]);
