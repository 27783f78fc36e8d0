export { type Logger, SILENT_LOGGER } from "@perdure/kernel";
export { type LogLevelSetting, pinoLogger, textLogger } from "./pino-logger.js";
export type { ServerConfig } from "./server-config.js";
export { SetupError } from "./setup/setup-error.js";
export { type RunningServer, startServer } from "./start-server.js";
export type { TlsFiles } from "./tls-files.js";
