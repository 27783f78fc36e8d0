import { isObject, type Plain, type PlainObject } from "./plain.js";
import {
  isEnum,
  messageType,
  type ReflectedField,
  type ReflectedType,
  UnknownNameError,
} from "./reflection.js";

/**
 * Encodes a plain object. A string for a bytes field is taken as UTF-8. A field or an enum value
 * that does not exist is an error: a scenario with a typing mistake would otherwise test something
 * else.
 */
export function encodeMessage(type: ReflectedType, plain: PlainObject): Uint8Array {
  return type.encode(type.fromObject(wireObject(type, plain))).finish();
}

function wireObject(type: ReflectedType, plain: PlainObject): object {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(plain)) {
    if (value === undefined) continue;
    const field = type.fields[name];
    if (field === undefined) throw new UnknownNameError(`${type.fullName} has no field "${name}"`);
    result[name] = wireField(field, value);
  }
  return result;
}

function wireField(field: ReflectedField, value: Plain): unknown {
  if (field.map && isObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      wireSingle(field, item ?? null),
    ]);
    return Object.fromEntries(entries);
  }
  if (field.repeated && Array.isArray(value)) {
    return (value as readonly Plain[]).map((item) => wireSingle(field, item));
  }
  return wireSingle(field, value);
}

function wireSingle(field: ReflectedField, value: Plain): unknown {
  const type = field.resolvedType;
  if (type === null) {
    return field.type === "bytes" && typeof value === "string" ? Buffer.from(value) : value;
  }
  if (isEnum(type)) return wireEnum(type.fullName, type.values, value);
  if (type.fullName === ".google.protobuf.Duration" && typeof value === "string") {
    return durationObject(value);
  }
  if (type.fullName === ".google.protobuf.Timestamp" && typeof value === "string") {
    return timestampObject(value);
  }
  if (!isObject(value)) throw new UnknownNameError(`"${field.name}" needs an object`);
  if (type.fullName === ".google.protobuf.Any") return wireAny(value);
  return wireObject(type, value);
}

function wireEnum(name: string, values: Readonly<Record<string, number>>, value: Plain): number {
  if (typeof value === "number") return value;
  const found = typeof value === "string" ? values[value] : undefined;
  if (found === undefined) throw new UnknownNameError(`${name} has no value "${String(value)}"`);
  return found;
}

/** A message of the type that `@type` names; with `value`, bytes of a type that none knows. */
function wireAny(any: PlainObject): object {
  const { "@type": typeName, ...fields } = any;
  if (typeof typeName !== "string") throw new UnknownNameError('An Any needs a "@type"');
  const { value: raw } = fields;
  const value = raw instanceof Uint8Array ? raw : encodeMessage(messageType(typeName), fields);
  return { type_url: typeName === "" ? "" : `type.googleapis.com/${typeName}`, value };
}

function timestampObject(text: string): { readonly seconds: number; readonly nanos: number } {
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) throw new UnknownNameError(`"${text}" is not a timestamp`);
  const seconds = Math.floor(epochMs / 1000);
  return { seconds, nanos: (epochMs - seconds * 1000) * 1_000_000 };
}

function durationObject(text: string): { readonly seconds: number; readonly nanos: number } {
  const parts = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text);
  if (parts === null) throw new UnknownNameError(`Not a duration: "${text}"; write "1.5s"`);
  const sign = parts[1] === "-" ? -1 : 1;
  const nanos = Number((parts[3] ?? "").padEnd(9, "0"));
  return { seconds: sign * Number(parts[2]), nanos: sign * nanos };
}
