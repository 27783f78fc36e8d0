import { InvariantError } from "@perdure/kernel";
import type { ApiSchema, FieldSchema, ScalarType, ValueType } from "@perdure/proto/wire";
import { anyType, typeNameOf } from "./any-types.js";
import { isWrapper } from "./decode-message.js";
import {
  PAYLOAD,
  PAYLOADS,
  type Shorthand,
  writeShorthand,
  writeShorthands,
} from "./payload-shorthand.js";
import { type MessageRecord, propertyOf } from "./property.js";
import {
  type SecondsAndNanos,
  writeDuration,
  writeFieldMask,
  writeTimestamp,
} from "./well-known.js";

/** What encoding goes by. */
export interface EncodeOptions {
  readonly schema: ApiSchema;
  /** Whether payloads are written as what they hold. */
  readonly hasShorthand: boolean;
}

/**
 * Makes of a decoded message a value for `JSON.stringify`, by the rules of proto3 JSON: fields in
 * the order of the `.proto` file, defaults left out, enums by name, 64-bit integers as strings.
 * Every message has a JSON form here: a time that proto3 JSON can't tell becomes the nearest that
 * it can, so that one odd value does not make a whole list unreadable.
 */
export function encodeMessage(message: object, typeName: string, options: EncodeOptions): unknown {
  const record = message as MessageRecord;
  const known = wellKnown(record, typeName, options);
  if (known !== undefined) return known.value;
  const schema = options.schema.message(typeName);
  if (schema === undefined) throw new InvariantError(`No schema of ${typeName}`);
  const json: MessageRecord = {};
  for (const field of schema.fields) {
    const value = propertyOf(record, field);
    if (!isLeftOut(value, field)) json[field.jsonName] = encodeField(value, field, options);
  }
  return json;
}

function isLeftOut(value: unknown, field: FieldSchema): boolean {
  if (value === undefined) return true;
  if (field.oneof !== undefined || field.isOptional) return false;
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  return value === 0 || value === 0n || value === "" || value === false;
}

function encodeField(value: unknown, field: FieldSchema, options: EncodeOptions): unknown {
  if (value instanceof Map) {
    const entries = [...value].map(
      ([key, item]) => [String(key), encodeValue(item, field.value, options)] as const,
    );
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
  }
  if (Array.isArray(value)) return value.map((item) => encodeValue(item, field.value, options));
  return encodeValue(value, field.value, options);
}

function encodeValue(value: unknown, type: ValueType, options: EncodeOptions): unknown {
  if (type.kind === "message") return encodeMessage(value as object, type.type, options);
  if (type.kind === "scalar") return encodeScalar(value, type.type);
  return options.schema.enum(type.type)?.nameOf.get(Number(value)) ?? value;
}

function encodeScalar(value: unknown, type: ScalarType): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  const isFloat = type === "double" || type === "float";
  return isFloat && !Number.isFinite(value) ? String(value) : value;
}

function wellKnown(
  message: MessageRecord,
  typeName: string,
  options: EncodeOptions,
): Shorthand | undefined {
  switch (typeName) {
    case "google.protobuf.Duration":
      return { value: writeDuration(message as unknown as SecondsAndNanos) };
    case "google.protobuf.Timestamp":
      return { value: writeTimestamp(message as unknown as SecondsAndNanos) };
    case "google.protobuf.FieldMask":
      return { value: writeFieldMask(message.paths as readonly string[]) };
    case "google.protobuf.Any":
      return { value: encodeAny(message as unknown as AnyRecord, options) };
    case PAYLOAD:
      return options.hasShorthand ? writeShorthand(message as never) : undefined;
    case PAYLOADS:
      return options.hasShorthand ? writeShorthands(message as never) : undefined;
    default:
      return isWrapper(typeName) ? { value: wrapped(message.value) } : undefined;
  }
}

function wrapped(value: unknown): unknown {
  return encodeScalar(value, typeof value === "number" ? "double" : "string");
}

interface AnyRecord {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

function encodeAny({ typeUrl, value }: AnyRecord, options: EncodeOptions): unknown {
  if (typeUrl === "") return {};
  const type = anyType(typeNameOf(typeUrl));
  if (type === undefined) return { "@type": typeUrl, value: encodeScalar(value, "bytes") };
  const fields = encodeMessage(type.decode(value), type.typeName, options);
  return { "@type": typeUrl, ...(fields as object) };
}
