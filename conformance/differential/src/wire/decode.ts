import type { Plain, PlainObject } from "./plain.js";
import {
  isEnum,
  messageType,
  type ReflectedField,
  type ReflectedType,
  UnknownNameError,
} from "./reflection.js";

/** Decodes wire bytes into a plain object; see {@link Plain}. */
export function decodeMessage(type: ReflectedType, bytes: Uint8Array): PlainObject {
  return plainMessage(type, type.decode(bytes));
}

function plainMessage(type: ReflectedType, message: object): PlainObject {
  const plain: Record<string, Plain> = {};
  for (const field of [...type.fieldsArray].sort((a, b) => a.id - b.id)) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value: unknown = Reflect.get(message, field.name);
    const converted = plainField(field, value);
    if (converted !== undefined) plain[field.name] = converted;
  }
  return plain;
}

function plainField(field: ReflectedField, value: unknown): Plain | undefined {
  if (value === null || value === undefined) return undefined;
  if (field.map) return plainMap(field, value);
  if (field.repeated) {
    const items = (value as readonly unknown[]).map((item) => plainSingle(field, item));
    return items.length > 0 ? items : undefined;
  }
  const single = plainSingle(field, value);
  const hasPresence = field.partOf !== null || isMessage(field);
  return hasPresence || !isDefault(field, value) ? single : undefined;
}

function plainMap(field: ReflectedField, value: unknown): Plain | undefined {
  const entries = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([key, item]) => [key, plainSingle(field, item)]));
}

function plainSingle(field: ReflectedField, value: unknown): Plain {
  const type = field.resolvedType;
  if (type === null) return plainScalar(value);
  if (isEnum(type)) return type.valuesById[Number(value)] ?? Number(value);
  const message = value as object;
  switch (type.fullName) {
    case ".google.protobuf.Timestamp":
      return timestampText(readSeconds(message));
    case ".google.protobuf.Duration":
      return durationText(readSeconds(message));
    case ".google.protobuf.Any":
      return plainAny(message as { readonly type_url?: string; readonly value?: Uint8Array });
    default:
      return plainMessage(type, message);
  }
}

function plainScalar(value: unknown): Plain {
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Uint8Array) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) || typeof value === "number" ? number : String(value);
}

function plainAny(any: { readonly type_url?: string; readonly value?: Uint8Array }): PlainObject {
  const typeName = (any.type_url ?? "").replace(/^.*\//, "");
  const value = any.value ?? new Uint8Array();
  try {
    return { "@type": typeName, ...decodeMessage(messageType(typeName), value) };
  } catch {
    return { "@type": typeName, value }; // A type that the descriptors do not have.
  }
}

interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

function readSeconds(message: object): Instant {
  const { seconds, nanos } = message as { readonly seconds?: unknown; readonly nanos?: number };
  return { seconds: Number(seconds ?? 0), nanos: nanos ?? 0 };
}

function timestampText({ seconds, nanos }: Instant): string {
  const wholeSeconds = new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "");
  return `${wholeSeconds}.${String(nanos).padStart(9, "0")}Z`;
}

function durationText({ seconds, nanos }: Instant): string {
  const sign = seconds < 0 || nanos < 0 ? "-" : "";
  const fraction = String(Math.abs(nanos)).padStart(9, "0").replace(/0+$/, "");
  return `${sign}${Math.abs(seconds)}${fraction === "" ? "" : `.${fraction}`}s`;
}

function isMessage(field: ReflectedField): boolean {
  return field.resolvedType !== null && !isEnum(field.resolvedType);
}

function isDefault(field: ReflectedField, value: unknown): boolean {
  if (isMessage(field)) return false;
  if (value instanceof Uint8Array) return value.length === 0;
  if (typeof value === "string") return value === "";
  return Number(value) === 0;
}

/** Nanoseconds since the epoch of a timestamp's text; see {@link Plain}. */
export function timestampNanos(text: string): bigint {
  const parts = /^(.*)\.(\d{9})Z$/.exec(text);
  if (parts === null) throw new UnknownNameError(`Not a timestamp: "${text}"`);
  return BigInt(Date.parse(`${parts[1]}Z`)) * 1_000_000n + BigInt(parts[2] ?? 0);
}
