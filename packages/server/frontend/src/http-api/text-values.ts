import { InvalidArgumentError } from "@perdure/kernel";
import type { ApiSchema, ValueType } from "@perdure/proto/wire";
import { isWrapper } from "./json/decode-message.js";
import { decodeBase64, integerWidth, toInteger } from "./json/decode-scalar.js";
import type { MessageRecord } from "./json/property.js";
import { readTimestamp } from "./json/well-known.js";

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false] as const),
]);

/**
 * Reads a scalar or enum as it stands in a URL.
 *
 * @throws {InvalidArgumentError} In the words of the official server.
 */
export function parseTextValue(text: string, value: ValueType, schema: ApiSchema): unknown {
  if (value.kind === "enum") return parseEnum(text, value.type, schema);
  if (value.kind === "message") throw unsupported(value.type);
  switch (value.type) {
    case "string":
      return text;
    case "bool":
      return BOOLEANS.get(text) ?? malformed("ParseBool", text);
    case "bytes":
      return parseBytes(text);
    case "float":
    case "double":
      return parseFloatText(text);
    default: {
      const isSigned = integerWidth(value.type)?.isSigned ?? true;
      const parser = isSigned ? "ParseInt" : "ParseUint";
      const pattern = isSigned ? /^[-+]?\d+$/ : /^\d+$/;
      if (!pattern.test(text)) malformed(parser, text);
      return toInteger(BigInt(text.replace(/^\+/, "")), value.type) ?? outOfRange(parser, text);
    }
  }
}

/** Base64 with its padding, of either alphabet. */
function parseBytes(text: string): Uint8Array {
  const bytes = text.length % 4 === 0 ? decodeBase64(text) : undefined;
  if (bytes !== undefined) return bytes;
  const illegal = text.search(/[^A-Za-z0-9_-]/);
  const at = illegal < 0 ? text.length - (text.length % 4) : illegal;
  return fail(`illegal base64 data at input byte ${at}`);
}

function parseEnum(text: string, typeName: string, schema: ApiSchema): number {
  const { numberOf, nameOf } = schema.enum(typeName) ?? {};
  const byName = numberOf?.get(text);
  if (byName !== undefined) return byName;
  const number = /^[-+]?\d{1,10}$/.test(text) ? Number(text) : undefined;
  if (number !== undefined && nameOf?.has(number) === true) return number;
  return fail(`${JSON.stringify(text)} is not a valid value`);
}

function parseFloatText(text: string): number {
  const word = /^([-+]?)(inf|infinity)$/i.exec(text);
  if (word !== null) return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) malformed("ParseFloat", text);
  const value = Number(text);
  return Number.isFinite(value) ? value : outOfRange("ParseFloat", text);
}

/**
 * Reads a message that a URL can tell: a time, a duration such as `1h30m`, a mask, a wrapper.
 *
 * @throws {InvalidArgumentError} In the words of the official server.
 */
export function parseTextMessage(text: string, typeName: string): MessageRecord {
  switch (typeName) {
    case "google.protobuf.Timestamp": {
      const found = readTimestamp(text);
      if (found.kind === "time") return { ...found.time };
      const quoted = JSON.stringify(text);
      const layout = '"2006-01-02T15:04:05.999999999Z07:00"';
      return fail(`parsing time ${quoted} as ${layout}: cannot parse ${quoted} as "2006"`);
    }
    case "google.protobuf.Duration":
      return parseDuration(text);
    case "google.protobuf.FieldMask":
      return { paths: text.split(",") };
    default:
      if (!isWrapper(typeName)) throw unsupported(typeName);
      return { value: parseWrapped(text, typeName) };
  }
}

function parseWrapped(text: string, typeName: string): unknown {
  const name = typeName.slice("google.protobuf.".length, -"Value".length).toLowerCase();
  return parseTextValue(text, { kind: "scalar", type: name as "string" }, NO_SCHEMA);
}

const NO_SCHEMA: ApiSchema = { message: () => undefined, enum: () => undefined };

const UNIT_NANOS: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

/** Reads a duration as Go writes it. */
function parseDuration(text: string): MessageRecord {
  const [, sign, parts = ""] =
    /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+|0)$/.exec(text) ?? [];
  if (sign === undefined) return fail(`time: invalid duration ${JSON.stringify(text)}`);
  let nanos = 0;
  for (const [, count, unit] of parts.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) {
    nanos += Number(count) * (UNIT_NANOS.get(unit ?? "") ?? 0);
  }
  const total = BigInt(Math.round(sign === "-" ? -nanos : nanos));
  return { seconds: total / 1_000_000_000n, nanos: Number(total % 1_000_000_000n) };
}

function unsupported(typeName: string): InvalidArgumentError {
  return new InvalidArgumentError(`unsupported message type: ${JSON.stringify(typeName)}`);
}

function malformed(parser: string, text: string): never {
  return fail(`strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function outOfRange(parser: string, text: string): never {
  return fail(`strconv.${parser}: parsing ${JSON.stringify(text)}: value out of range`);
}

function fail(problem: string): never {
  throw new InvalidArgumentError(problem);
}
