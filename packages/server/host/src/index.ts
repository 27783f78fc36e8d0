export { type Logger, SILENT_LOGGER } from "@perdure/kernel";
export { type LogLevelSetting, pinoLogger, textLogger } from "./pino-logger.js";
export { type ReadLimits, readLimits, type ServerConfig } from "./server-config.js";
export { type RunningServer, startServer } from "./start-server.js";
export { SetupError, type TlsFiles } from "./tls-files.js";
