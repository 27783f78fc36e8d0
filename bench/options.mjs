/** The command line of `npm run bench`. */
import { parseArgs } from "node:util";
import { ROWS } from "./rows.mjs";

/** A wrong command line; the message says what is wrong. */
export class UsageError extends Error {
  name = "UsageError";
}

/**
 * @typedef {object} BenchOptions
 * @property {boolean} isQuick - One short round, the official server in memory only.
 * @property {readonly import("./rows.mjs").Row[]} rows
 * @property {number} rounds
 * @property {number} seconds - Length of a measured window.
 * @property {number} idleCount - Workflows of the idle rows.
 * @property {readonly string[]} servers
 * @property {string} [out] - File of the table.
 */

/** Our server comes first: ratios are of the first to the second. */
export const SERVERS = ["perdure", "memory", "file", "tuned"];

/**
 * Reads the command line.
 *
 * @param {readonly string[]} args
 * @returns {BenchOptions}
 * @throws {UsageError}
 */
export function readOptions(args) {
  const { values } = parse(args);
  const isQuick = values.quick;
  const number = (name, full, quick) => readNumber(name, values[name], isQuick ? quick : full);
  return {
    isQuick,
    rows: readRows(values.only),
    rounds: number("rounds", 3, 1),
    seconds: number("seconds", 8, 4),
    idleCount: number("idle", 100_000, 20_000),
    servers: readServers(values.servers ?? (isQuick ? "perdure,memory" : SERVERS.join(","))),
    out: values.out,
  };
}

function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        rounds: { type: "string" },
        seconds: { type: "string" },
        idle: { type: "string" },
        servers: { type: "string" },
        out: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function readNumber(name, text, fallback) {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`Cannot use --${name} "${text}": it must be a whole number above 0`);
}

function readRows(wanted) {
  const names = wanted.flatMap((text) => text.split(","));
  for (const name of names) {
    if (ROWS.some((row) => row.name === name)) continue;
    const known = ROWS.map((row) => row.name).join(", ");
    throw new UsageError(`Cannot run row "${name}": it must be one of ${known}`);
  }
  return names.length === 0 ? ROWS : ROWS.filter((row) => names.includes(row.name));
}

function readServers(text) {
  const names = text.split(",");
  for (const name of names) {
    if (SERVERS.includes(name)) continue;
    throw new UsageError(`Cannot use server "${name}": it must be one of ${SERVERS.join(", ")}`);
  }
  return SERVERS.filter((name) => names.includes(name));
}
