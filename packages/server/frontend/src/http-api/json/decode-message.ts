import { InvalidArgumentError } from "@perdure/kernel";
import type { ApiSchema, FieldSchema, MessageSchema, ValueType } from "@perdure/proto/wire";
import { decodeAny } from "./decode-any.js";
import { decodeEnum } from "./decode-enum.js";
import { decodeScalar, toInteger } from "./decode-scalar.js";
import { type JsonMember, type JsonNode, type JsonObject, positionOf } from "./json-node.js";
import type { ParsedJson } from "./parse-json.js";
import { PAYLOAD, PAYLOADS, readShorthand } from "./payload-shorthand.js";
import { isOneofSet, type MessageRecord, setProperty } from "./property.js";
import { type ReadTime, readDuration, readFieldMask, readTimestamp } from "./well-known.js";

/** How deep messages may nest; the binary form has the same limit. */
const DEPTH_MAX = 100;

/** What decoding goes by. */
export interface DecodeOptions {
  readonly schema: ApiSchema;
  /** Whether payloads may be written as what they hold. */
  readonly hasShorthand: boolean;
}

/**
 * Makes of JSON the `Init` form of a message, by the rules of proto3 JSON. Fields go by either
 * name, enums also by their short name (`RejectDuplicate`).
 *
 * @throws {InvalidArgumentError} In the words of the official server, with line and column.
 */
export function decodeMessage(
  { node, text }: ParsedJson,
  typeName: string,
  options: DecodeOptions,
): MessageRecord {
  return new MessageDecoder(text, options).message(node, typeName, { depth: 1 });
}

/** Where a message stands. */
interface Place {
  readonly depth: number;
  /** Whether it is the content of an `Any`, beside its type. */
  readonly hasTypeUrl?: boolean | undefined;
}

/** Decodes one text. */
export class MessageDecoder {
  readonly #text: string;
  readonly #options: DecodeOptions;

  constructor(text: string, options: DecodeOptions) {
    this.#text = text;
    this.#options = options;
  }

  message(node: JsonNode, typeName: string, { depth, hasTypeUrl }: Place): MessageRecord {
    if (depth > DEPTH_MAX) {
      throw new InvalidArgumentError("temporalproto: exceeded max recursion depth");
    }
    if (this.#options.hasShorthand) {
      if (typeName === PAYLOAD) return { ...readShorthand(node) };
      if (typeName === PAYLOADS && node.kind === "array") {
        return { payloads: node.items.map(readShorthand) };
      }
    }
    return (
      this.#wellKnown(node, typeName, depth) ?? this.#fields(node, typeName, { depth, hasTypeUrl })
    );
  }

  /** @throws {InvalidArgumentError} Always. */
  fail(at: number, problem: string): never {
    const position = positionOf(this.#text, at);
    throw new InvalidArgumentError(`temporalproto: (line ${position}): ${problem}`);
  }

  /** @throws {InvalidArgumentError} Always. */
  unexpected({ at, raw }: JsonNode): never {
    const position = positionOf(this.#text, at);
    throw new InvalidArgumentError(
      `temporalproto: syntax error (line ${position}): unexpected token ${raw}`,
    );
  }

  #fields(node: JsonNode, typeName: string, { depth, hasTypeUrl }: Place): MessageRecord {
    if (node.kind !== "object") this.unexpected(node);
    const schema = this.#schema(typeName);
    const message: MessageRecord = {};
    const seen = new Set<FieldSchema>();
    for (const member of node.members) {
      if (hasTypeUrl && member.name === "@type") continue;
      const field = schema.byName.get(member.name);
      if (field === undefined) this.fail(member.at, `unknown field ${member.raw}`);
      if (seen.has(field)) this.fail(member.at, `duplicate field ${member.raw}`);
      seen.add(field);
      if (member.value.kind === "null") continue;
      if (field.oneof !== undefined && isOneofSet(message, field.oneof)) {
        const oneof = `${typeName}.${field.oneof}`;
        this.fail(member.at, `error parsing ${member.raw}, oneof ${oneof} is already set`);
      }
      setProperty(message, field, this.#field(member.value, field, depth));
    }
    return message;
  }

  #field(node: JsonNode, field: FieldSchema, depth: number): unknown {
    if (field.mapKey !== undefined) return this.#map(node, field, depth);
    if (!field.isRepeated) return this.#value(node, field.value, depth);
    if (node.kind !== "array") this.unexpected(node);
    return node.items.map((item) => this.#value(item, field.value, depth));
  }

  #map(node: JsonNode, field: FieldSchema, depth: number): ReadonlyMap<unknown, unknown> {
    if (node.kind !== "object") this.unexpected(node);
    const map = new Map<unknown, unknown>();
    for (const member of node.members) {
      const key = this.#key(member, field);
      if (map.has(key)) this.fail(member.at, `duplicate map key ${member.raw}`);
      map.set(key, this.#value(member.value, field.value, depth));
    }
    return map;
  }

  #key({ name, raw, at }: JsonMember, { mapKey = "string" }: FieldSchema): unknown {
    if (mapKey === "string") return name;
    const integer = /^[-+]?\d+$/.test(name) ? toInteger(BigInt(name), mapKey) : undefined;
    const key = mapKey === "bool" ? { true: true, false: false }[name] : integer;
    return key ?? this.fail(at, `invalid value for ${mapKey} key: ${raw}`);
  }

  #value(node: JsonNode, value: ValueType, depth: number): unknown {
    if (value.kind === "message") return this.message(node, value.type, { depth: depth + 1 });
    if (value.kind === "scalar") return this.#scalar(node, value.type);
    const schema = this.#options.schema.enum(value.type);
    const number = schema === undefined ? undefined : decodeEnum(node, schema);
    return number ?? this.fail(node.at, `invalid value for enum type: ${node.raw}`);
  }

  #scalar(node: JsonNode, type: Parameters<typeof decodeScalar>[1]): unknown {
    const decoded = decodeScalar(node, type);
    return decoded ?? this.fail(node.at, `invalid value for ${type} type: ${node.raw}`);
  }

  #wellKnown(node: JsonNode, typeName: string, depth: number): MessageRecord | undefined {
    switch (typeName) {
      case "google.protobuf.Duration":
        return this.#time(node, typeName, readDuration);
      case "google.protobuf.Timestamp":
        return this.#time(node, typeName, readTimestamp);
      case "google.protobuf.FieldMask":
        return this.#mask(node, typeName);
      case "google.protobuf.Any":
        if (node.kind !== "object") this.unexpected(node);
        return decodeAny(this, node as JsonObject, depth);
      default:
        return isWrapper(typeName) ? this.#wrapper(node, typeName) : undefined;
    }
  }

  #time(node: JsonNode, typeName: string, read: (text: string) => ReadTime): MessageRecord {
    if (node.kind !== "string") this.unexpected(node);
    const found = read(node.value);
    if (found.kind === "time") return { ...found.time };
    if (found.kind === "malformed") this.fail(node.at, `invalid ${typeName} value ${node.raw}`);
    this.fail(node.at, `${typeName} value out of range: ${node.raw}`);
  }

  #mask(node: JsonNode, typeName: string): MessageRecord {
    if (node.kind !== "string") this.unexpected(node);
    const found = readFieldMask(node.value);
    if ("paths" in found) return { paths: found.paths };
    const path = JSON.stringify(found.invalid);
    this.fail(node.at, `${typeName}.paths contains invalid path: ${path}`);
  }

  #wrapper(node: JsonNode, typeName: string): MessageRecord {
    const [field] = this.#schema(typeName).fields;
    const type = field?.value.kind === "scalar" ? field.value.type : "string";
    return { value: this.#scalar(node, type) };
  }

  #schema(typeName: string): MessageSchema {
    return this.#options.schema.message(typeName) ?? this.fail(0, `unknown type ${typeName}`);
  }
}

/** Whether a message stands for a scalar that may be absent, such as `DoubleValue`. */
export function isWrapper(typeName: string): boolean {
  return (
    /^google\.protobuf\.[A-Z][A-Za-z0-9]+Value$/.test(typeName) && !typeName.endsWith(".ListValue")
  );
}
