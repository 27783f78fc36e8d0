import type { Logger, LogLevel } from "@perdure/kernel";
import { destination, pino } from "pino";

/** Levels that a server can be told to log, `never` for none. */
export type LogLevelSetting = LogLevel | "never";

/** Logs as JSON lines to standard error. */
export function pinoLogger(level: LogLevelSetting): Logger {
  const log = pino(
    {
      level: level === "never" ? "silent" : level,
      base: null,
      serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err },
    },
    destination({ fd: 2, sync: true }),
  );
  return { log: (at, message, fields) => log[at](fields ?? {}, message) };
}

/** Logs as plain lines to standard error. */
export function textLogger(level: LogLevelSetting, write: (line: string) => void): Logger {
  const order: readonly LogLevelSetting[] = ["debug", "info", "warn", "error", "never"];
  const least = order.indexOf(level);
  return {
    log: (at, message, fields) => {
      if (order.indexOf(at) < least) return;
      const parts = Object.entries(fields ?? {}).map(
        ([name, value]) => ` ${name}=${printable(value)}`,
      );
      write(`${at.toUpperCase()} ${message}${parts.join("")}\n`);
    },
  };
}

function printable(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.stack ?? value.message);
  return JSON.stringify(value) ?? "undefined";
}
