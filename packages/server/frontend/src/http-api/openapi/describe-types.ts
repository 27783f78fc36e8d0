import type { ApiSchema, FieldSchema, ScalarType, ValueType } from "@perdure/proto/wire";
import { isWrapper } from "../json/decode-message.js";
import { PAYLOAD, PAYLOADS } from "../json/payload-shorthand.js";

/** A JSON Schema, as both versions of OpenAPI have it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const INT32: JsonSchema = { type: "integer", format: "int32" };
const UINT32: JsonSchema = { type: "integer", format: "int64" };
/** JavaScript's numbers are too small for them. */
const INT64: JsonSchema = { type: "string", format: "int64" };
const UINT64: JsonSchema = { type: "string", format: "uint64" };

const SCALARS: Readonly<Record<ScalarType, JsonSchema>> = {
  bool: { type: "boolean" },
  bytes: { type: "string", format: "byte" },
  double: { type: "number", format: "double" },
  float: { type: "number", format: "float" },
  string: { type: "string" },
  int32: INT32,
  sint32: INT32,
  sfixed32: INT32,
  uint32: UINT32,
  fixed32: UINT32,
  int64: INT64,
  sint64: INT64,
  sfixed64: INT64,
  uint64: UINT64,
  fixed64: UINT64,
};

const SPECIAL: ReadonlyMap<string, JsonSchema> = new Map([
  ["google.protobuf.Timestamp", { type: "string", format: "date-time" }],
  ["google.protobuf.Duration", { type: "string", example: "1.5s" }],
  ["google.protobuf.FieldMask", { type: "string", example: "a,b.c" }],
  ["google.protobuf.Empty", { type: "object" }],
  [
    "google.protobuf.Any",
    {
      type: "object",
      properties: { "@type": { type: "string" } },
      additionalProperties: true,
    },
  ],
]);

/** What a message is in JSON when it is no object with its fields. */
export function specialSchema(typeName: string, schema: ApiSchema): JsonSchema | undefined {
  const special = SPECIAL.get(typeName);
  if (special !== undefined || !isWrapper(typeName)) return special;
  const value = schema.message(typeName)?.fields[0]?.value;
  return value?.kind === "scalar" ? SCALARS[value.type] : undefined;
}

/** Describes types, and remembers those that it has named so that they can be defined. */
export class TypeDescriber {
  readonly #schema: ApiSchema;
  /** Where definitions are, such as `#/definitions/`. */
  readonly #base: string;
  readonly #named = new Set<string>();

  constructor(schema: ApiSchema, base: string) {
    this.#schema = schema;
    this.#base = base;
  }

  /** A reference to a message, or what it is when it is no object. */
  message(typeName: string): JsonSchema {
    const special = specialSchema(typeName, this.#schema);
    if (special !== undefined) return special;
    this.#named.add(typeName);
    return { $ref: `${this.#base}${shortName(typeName)}` };
  }

  field(field: FieldSchema): JsonSchema {
    const value = this.value(field.value);
    if (field.mapKey !== undefined) return { type: "object", additionalProperties: value };
    return field.isRepeated ? { type: "array", items: value } : value;
  }

  value(value: ValueType): JsonSchema {
    if (value.kind === "scalar") return SCALARS[value.type];
    if (value.kind === "message") return this.message(value.type);
    const names = [...(this.#schema.enum(value.type)?.numberOf.keys() ?? [])];
    return { type: "string", enum: names };
  }

  /** Everything that was named, and what that names in turn. */
  definitions(): Readonly<Record<string, JsonSchema>> {
    const definitions = new Map<string, JsonSchema>();
    // What is added while this goes on is visited, too.
    for (const typeName of this.#named)
      definitions.set(shortName(typeName), this.#define(typeName));
    return Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #define(typeName: string): JsonSchema {
    const fields = this.#schema.message(typeName)?.fields ?? [];
    const properties = fields.map((field) => [field.jsonName, this.field(field)] as const);
    const whole = { type: "object", properties: Object.fromEntries(properties) };
    if (typeName === PAYLOAD) {
      return { ...whole, type: undefined, description: "A payload, or the JSON that it holds." };
    }
    if (typeName === PAYLOADS) {
      return { ...whole, type: undefined, description: "Payloads, or the array of their values." };
    }
    return whole;
  }
}

/** `temporal.api.common.v1.Link.BatchJob` → `common.v1.Link.BatchJob` */
export function shortName(typeName: string): string {
  return typeName.replace(/^temporal\.api\./, "");
}
