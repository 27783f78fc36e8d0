/** The scalar types of protobuf, by their name in a `.proto` file. */
export type ScalarType =
  | "bool"
  | "bytes"
  | "double"
  | "fixed32"
  | "fixed64"
  | "float"
  | "int32"
  | "int64"
  | "sfixed32"
  | "sfixed64"
  | "sint32"
  | "sint64"
  | "string"
  | "uint32"
  | "uint64";

/** What one value of a field is: a scalar, or a type by its full name. */
export type ValueType =
  | { readonly kind: "scalar"; readonly type: ScalarType }
  | { readonly kind: "enum"; readonly type: string }
  | { readonly kind: "message"; readonly type: string };

/** One field of a message. */
export interface FieldSchema {
  /** Name in the protocol, such as `workflow_id`. */
  readonly name: string;
  /** Name in JSON and of the property in TypeScript, such as `workflowId`. */
  readonly jsonName: string;
  readonly value: ValueType;
  /** Type of the keys; absent unless the field is a map. */
  readonly mapKey: ScalarType | undefined;
  readonly isRepeated: boolean;
  /** Whether a default value differs from an absent one. */
  readonly isOptional: boolean;
  /** Name in the protocol of the group of fields of which only one is set. */
  readonly oneof: string | undefined;
}

/** One message with its fields in the order of the `.proto` file. */
export interface MessageSchema {
  readonly typeName: string;
  readonly fields: readonly FieldSchema[];
  /** Fields by their name in JSON and by their name in the protocol. */
  readonly byName: ReadonlyMap<string, FieldSchema>;
}

/** The values of one enum. */
export interface EnumSchema {
  readonly typeName: string;
  readonly numberOf: ReadonlyMap<string, number>;
  /** The first name of each number. */
  readonly nameOf: ReadonlyMap<number, string>;
}

/** Messages and enums by full name. Each is made when it is first asked for. */
export interface ApiSchema {
  message(typeName: string): MessageSchema | undefined;
  enum(typeName: string): EnumSchema | undefined;
}

/** One way to call a method over HTTP. Source: `google/api/http.proto`. */
export interface HttpRoute {
  /** Full name of the service. */
  readonly service: string;
  readonly method: string;
  readonly verb: "GET" | "PUT" | "POST" | "DELETE" | "PATCH";
  /** Such as `/namespaces/{namespace}/workflows/{execution.workflow_id}`. */
  readonly path: string;
  /** Field that the body holds; `*`: the request itself; absent: there is none. */
  readonly body?: string;
}

/** Makes a schema of its generated parts; a field is a line, as `emit-schema.mjs` writes it. */
export function schemaOf(
  fieldLines: Readonly<Record<string, readonly string[]>>,
  enumValues: Readonly<Record<string, Readonly<Record<string, number>>>>,
): ApiSchema {
  return {
    message: memoized(fieldLines, readMessage),
    enum: memoized(enumValues, readEnum),
  };
}

function memoized<S, T>(
  sources: Readonly<Record<string, S>>,
  read: (typeName: string, source: S) => T,
): (typeName: string) => T | undefined {
  const known = new Map<string, T>();
  return (typeName) => {
    const found = known.get(typeName);
    if (found !== undefined) return found;
    const source = Object.hasOwn(sources, typeName) ? sources[typeName] : undefined;
    if (source === undefined) return undefined;
    const made = read(typeName, source);
    known.set(typeName, made);
    return made;
  };
}

function readMessage(typeName: string, lines: readonly string[]): MessageSchema {
  const fields = lines.map(readField);
  const byName = new Map<string, FieldSchema>();
  for (const field of fields) byName.set(field.name, field);
  for (const field of fields) byName.set(field.jsonName, field);
  return { typeName, fields, byName };
}

function readField(line: string): FieldSchema {
  const [name = "", types = "", ...words] = line.split(" ");
  const [first = "", second] = types.split(",");
  const type = second ?? first;
  const oneof = words.find((word) => word.startsWith("oneof="));
  return {
    name,
    jsonName: name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    value: readType(type, words),
    mapKey: second === undefined ? undefined : (first as ScalarType),
    isRepeated: words.includes("repeated"),
    isOptional: words.includes("optional"),
    oneof: oneof?.slice("oneof=".length),
  };
}

function readType(type: string, words: readonly string[]): ValueType {
  if (words.includes("message")) return { kind: "message", type };
  if (words.includes("enum")) return { kind: "enum", type };
  return { kind: "scalar", type: type as ScalarType };
}

function readEnum(typeName: string, values: Readonly<Record<string, number>>): EnumSchema {
  const numberOf = new Map(Object.entries(values));
  const nameOf = new Map<number, string>();
  for (const [name, number] of numberOf) if (!nameOf.has(number)) nameOf.set(number, name);
  return { typeName, numberOf, nameOf };
}
