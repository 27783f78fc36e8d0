import { InvalidArgumentError } from "@perdure/kernel";
import type { Payload, PayloadInit, Payloads } from "@perdure/proto/temporal/api/common/v1";
import { decodeBase64 } from "./decode-scalar.js";
import { fitsInto, integerOf } from "./json-integer.js";
import type { JsonNode, JsonObject } from "./json-node.js";

/** Full names of the messages that have a shorthand. */
export const PAYLOAD = "temporal.api.common.v1.Payload";
export const PAYLOADS = "temporal.api.common.v1.Payloads";

const MESSAGE_TYPE_KEY = "_protoMessageType";
const BINARY_NULL = "binary/null";
const JSON_PLAIN = "json/plain";
const JSON_PROTOBUF = "json/protobuf";

/**
 * Reads a payload that is written as what it holds: any JSON is a `json/plain` payload, an object
 * with `_protoMessageType` is a `json/protobuf` one, null is a `binary/null` one. An object that
 * can be read as a whole `Payload` is taken for it.
 *
 * @throws {InvalidArgumentError} `_protoMessageType` is no string.
 */
export function readShorthand(node: JsonNode): PayloadInit {
  if (node.kind === "null") return { metadata: encoding(BINARY_NULL) };
  if (node.kind !== "object") return jsonPayload(encoding(JSON_PLAIN), node);
  const whole = wholePayload(node);
  if (whole !== undefined) return whole;
  const messageType = node.members.findLast(({ name }) => name === MESSAGE_TYPE_KEY)?.value;
  if (messageType === undefined) return jsonPayload(encoding(JSON_PLAIN), node);
  if (messageType.kind !== "string") {
    throw new InvalidArgumentError(`internal key "${MESSAGE_TYPE_KEY}" should have type string`);
  }
  const members = node.members.filter(({ name }) => name !== MESSAGE_TYPE_KEY);
  const metadata = encoding(JSON_PROTOBUF);
  metadata.set("messageType", Buffer.from(messageType.value));
  return jsonPayload(metadata, { ...node, members });
}

function encoding(name: string): Map<string, Uint8Array> {
  return new Map([["encoding", Buffer.from(name)]]);
}

function jsonPayload(metadata: ReadonlyMap<string, Uint8Array>, node: JsonNode): PayloadInit {
  return { metadata, data: Buffer.from(canonicalJson(node)) };
}

function wholePayload(node: JsonObject): PayloadInit | undefined {
  const members = new Map(node.members.map(({ name, value }) => [name, value]));
  const metadata = readMetadata(members.get("metadata"));
  const kind = metadata?.get("encoding");
  if (metadata === undefined || kind === undefined) return undefined;
  const data = members.get("data");
  if (data === undefined) {
    const isNull = Buffer.from(kind).toString("latin1") === BINARY_NULL;
    return isNull ? { metadata: encoding(BINARY_NULL) } : undefined;
  }
  const bytes = data.kind === "string" ? decodeBase64(data.value) : undefined;
  return bytes === undefined || members.size !== 2 ? undefined : { metadata, data: bytes };
}

function readMetadata(node: JsonNode | undefined): Map<string, Uint8Array> | undefined {
  if (node?.kind !== "object") return undefined;
  const metadata = new Map<string, Uint8Array>();
  for (const { name, value } of node.members) {
    const bytes = value.kind === "string" ? decodeBase64(value.value) : undefined;
    if (bytes === undefined) return undefined;
    metadata.set(name, bytes);
  }
  return metadata;
}

/** The text of a value as the official server stores it: no white space, members by name. */
function canonicalJson(node: JsonNode): string {
  switch (node.kind) {
    case "array":
      return `[${node.items.map(canonicalJson).join(",")}]`;
    case "object": {
      const members = new Map(node.members.map(({ name, value }) => [name, value]));
      const entries = [...members].sort(([left], [right]) => (left < right ? -1 : 1));
      const texts = entries.map(([name, value]) => `${quote(name)}:${canonicalJson(value)}`);
      return `{${texts.join(",")}}`;
    }
    case "string":
      return quote(node.value);
    case "number":
      return canonicalNumber(node.raw);
    default:
      return node.raw;
  }
}

function canonicalNumber(raw: string): string {
  const integer = integerOf(raw);
  const fits = integer !== undefined && fitsInto(integer, { bits: 64, isSigned: true });
  if (fits) return String(integer);
  const value = Number(raw);
  if (Number.isFinite(value)) return String(value);
  throw new InvalidArgumentError("unable to unmarshal payload: unable to parse number from number");
}

/** A JSON string that may also stand in HTML, as Go writes it. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What a message becomes in shorthand; `undefined`: it has none and is written as a whole. */
export interface Shorthand {
  readonly value: unknown;
}

/** Writes a payload as what it holds, when that is JSON and nothing else would be lost. */
export function writeShorthand(payload: Payload): Shorthand | undefined {
  const { metadata, data } = payload;
  switch (text(metadata.get("encoding"))) {
    case BINARY_NULL:
      return NULL_PAYLOAD;
    case JSON_PLAIN:
      return metadata.size === 1 ? parsed(data) : undefined;
    case JSON_PROTOBUF: {
      const messageType = text(metadata.get("messageType"));
      const found = messageType === "" || metadata.size !== 2 ? undefined : parsed(data);
      if (found === undefined || !isObject(found.value)) return undefined;
      return { value: { ...found.value, [MESSAGE_TYPE_KEY]: messageType } };
    }
    default:
      return undefined;
  }
}

/** Writes a list of payloads as an array, when each of them has a shorthand. */
export function writeShorthands({ payloads }: Payloads): Shorthand | undefined {
  const values: unknown[] = [];
  for (const payload of payloads) {
    const shorthand = writeShorthand(payload);
    if (shorthand === undefined) return undefined;
    values.push(shorthand.value);
  }
  return { value: values };
}

/** Null alone could not be told from an absent field. */
const NULL_PAYLOAD: Shorthand = {
  value: { metadata: { encoding: Buffer.from(BINARY_NULL).toString("base64") } },
};

function parsed(data: Uint8Array): Shorthand | undefined {
  try {
    const value: unknown = JSON.parse(text(data));
    return value === null ? NULL_PAYLOAD : { value };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined
    ? ""
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
