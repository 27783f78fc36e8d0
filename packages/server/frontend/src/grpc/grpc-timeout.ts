import { GrpcError } from "./grpc-error.js";
import { GrpcStatusCode } from "./status-codes.js";

/** Milliseconds of each unit of `grpc-timeout`. */
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["H", 3_600_000],
  ["M", 60_000],
  ["S", 1000],
  ["m", 1],
  ["u", 1e-3],
  ["n", 1e-6],
]);

/** Longest value: eight digits and a unit. */
const LENGTH_MAX = 9;

/**
 * Reads a `grpc-timeout` header, milliseconds.
 *
 * @throws {GrpcError} It is malformed.
 */
export function parseGrpcTimeout(text: string): number {
  if (text.length < 2) throw malformed(`transport: timeout string is too short: "${text}"`);
  if (text.length > LENGTH_MAX) throw malformed(`transport: timeout string is too long: "${text}"`);
  const unitMs = UNIT_MS.get(text.slice(-1));
  if (unitMs === undefined) throw malformed(`transport: timeout unit is not recognized: "${text}"`);
  const digits = text.slice(0, -1);
  if (!/^\d+$/.test(digits)) {
    throw malformed(`strconv.ParseUint: parsing "${digits}": invalid syntax`);
  }
  return Number(digits) * unitMs;
}

function malformed(reason: string): GrpcError {
  return new GrpcError(GrpcStatusCode.INTERNAL, `malformed grpc-timeout: ${reason}`);
}
