import { timestampNanos } from "../wire/decode.js";
import type { Outcome, WireError } from "../wire/grpc-caller.js";
import { isObject, type Plain, type PlainObject } from "../wire/plain.js";
import {
  isEnum,
  messageType,
  type ReflectedField,
  type ReflectedType,
} from "../wire/reflection.js";
import { FIELD_RULES, type FieldRule } from "./normalisation-rules.js";

/** What is stored and compared: JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** Timestamps of a message and of those around it, by field name. */
type TimeScope = Readonly<Record<string, bigint>>;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const NANOS_PER_MS = 1_000_000n;

/**
 * Replaces what differs between any two runs of a scenario by stable text, and keeps the rest. One
 * normaliser serves one run: ids are numbered by first appearance, so that a reference to an
 * earlier run id reads `<run-1>` wherever it occurs.
 */
export class Normaliser {
  readonly #symbols = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** Makes every occurrence of `actual` read as `<symbol>`. */
  register(actual: string, symbol: string): void {
    this.#symbols.set(actual, `<${symbol}>`);
  }

  outcome(outcome: Outcome): JsonObject {
    if (outcome.kind === "error") return { error: this.#error(outcome.error) };
    return { response: this.message(outcome.type, outcome.response) };
  }

  message(type: ReflectedType, message: PlainObject, outer: TimeScope = {}): JsonObject {
    const scope = { ...timesBelow(type, message), ...outer, ...timesOf(type, message) };
    const result: Record<string, Json> = {};
    for (const [name, value] of Object.entries(message)) {
      const field = type.fields[name];
      if (value === undefined || field === undefined) continue;
      const rule = ruleFor(type, name);
      if (rule?.kind === "drop") continue;
      result[name] =
        rule?.kind === "mask" ? `<${rule.label}>` : this.#field(field, value, { rule, scope });
    }
    return result;
  }

  #error(error: WireError): JsonObject {
    const details = error.details.filter(isObject).map((detail): JsonObject => this.#any(detail));
    const head = { code: error.code, message: this.text(error.message, "uuid") };
    return details.length === 0 ? head : { ...head, details };
  }

  #any(any: PlainObject): JsonObject {
    const { "@type": typeName, ...fields } = any;
    const type = messageType(String(typeName));
    return { "@type": String(typeName), ...this.message(type, fields) };
  }

  #field(field: ReflectedField, value: Plain, context: FieldContext): Json {
    if (Array.isArray(value)) {
      const items = sorted(value as readonly Plain[], context.rule);
      return items.map((item) => this.#single(field, item, context));
    }
    if (field.map && isObject(value)) {
      const entries = Object.entries(value).map(([key, item]): [string, Json] => [
        this.text(key, "uuid"),
        ruleOfKey(key) ?? this.#single(field, item ?? null, context),
      ]);
      // The order of a map says nothing, and that of its real keys is chance where they are random.
      return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    }
    return this.#single(field, value, context);
  }

  #single(field: ReflectedField, value: Plain, { rule, scope }: FieldContext): Json {
    const type = field.resolvedType;
    if (value instanceof Uint8Array) return this.text(bytesText(value), "uuid");
    if (typeof value === "string" && type !== null && !isEnum(type)) {
      if (type.fullName === ".google.protobuf.Timestamp") return timeText(value, rule, scope);
      if (rule?.kind === "wholeSeconds") return value.includes(".") ? "<part>" : value;
      return rule?.kind === "round" ? roundedDuration(value, rule.toMs) : value;
    }
    if (typeof value === "string") return this.text(value, idKind(field.name));
    if (!isObject(value)) return value as Json;
    if ("@type" in value) return this.#any(value);
    if (type === null || isEnum(type)) return null;
    return this.message(type, value, scope);
  }

  /** Replaces names and UUIDs within a text; a new UUID is numbered as a `<kind-N>`. */
  text(text: string, kind: string): string {
    let result = text;
    for (const [actual, symbol] of this.#symbols) result = result.replaceAll(actual, symbol);
    return result.replace(UUID, (uuid) => this.#number(uuid, kind));
  }

  #number(uuid: string, kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    this.register(uuid, `${kind}-${count}`);
    return `<${kind}-${count}>`;
  }
}

function sorted(items: readonly Plain[], rule: FieldRule | undefined): readonly Plain[] {
  if (rule?.kind !== "sort") return items;
  const keyOf = (item: Plain): string => String(isObject(item) ? item[rule.by] : item);
  return [...items].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

interface FieldContext {
  readonly rule: FieldRule | undefined;
  readonly scope: TimeScope;
}

function ruleFor(type: ReflectedType, field: string): FieldRule | undefined {
  const shortName = type.fullName.slice(type.fullName.lastIndexOf(".") + 1);
  return FIELD_RULES[`${shortName}.${field}`] ?? FIELD_RULES[`*.${field}`];
}

/** What an entry of a map reads whose key is known to hold what is opaque. */
function ruleOfKey(key: string): string | undefined {
  const rule = FIELD_RULES[`*.${key}`];
  return rule?.kind === "mask" ? `<${rule.label}>` : undefined;
}

/** The kind of the IDs that a field holds. */
export function idKind(field: string): string {
  if (/runId$/i.test(field)) return "run";
  if (/requestId$/i.test(field)) return "request";
  return /namespaceId$/i.test(field) ? "namespace" : "uuid";
}

/** Times of the messages directly inside: some deadlines follow from a time of a neighbour. */
function timesBelow(type: ReflectedType, message: PlainObject): TimeScope {
  const times = Object.entries(message).map(([name, value]) => {
    const inner = type.fields[name]?.resolvedType ?? null;
    if (inner === null || isEnum(inner) || !isObject(value) || "@type" in value) return {};
    return type.fields[name]?.map ? {} : timesOf(inner, value);
  });
  return Object.assign({}, ...times) as TimeScope;
}

function timesOf(type: ReflectedType, message: PlainObject): TimeScope {
  const times: Record<string, bigint> = {};
  for (const [name, value] of Object.entries(message)) {
    const isTime = type.fields[name]?.resolvedType?.fullName === ".google.protobuf.Timestamp";
    if (isTime && typeof value === "string") times[name] = timestampNanos(value);
  }
  return times;
}

function timeText(text: string, rule: FieldRule | undefined, scope: TimeScope): string {
  if (text.startsWith("1970-01-01T00:00:00.0")) return "<time epoch>";
  if (text.startsWith("0001-01-01T00:00:00.0")) return "<time zero>";
  if (rule?.kind !== "relative" && rule?.kind !== "sameAs") return "<time>";
  const to = rule.kind === "relative" ? rule.to : rule.other;
  const base = scope[to];
  if (base === undefined) return "<time>";
  const offsetNanos = timestampNanos(text) - base;
  // Servers read the clock more than once for what is meant to be one moment, and may round.
  const tenths = Math.round(Number(offsetNanos / NANOS_PER_MS) / 100);
  if (tenths === 0) return `<${to}>`;
  return rule.kind === "sameAs" ? "<time>" : `<${to} + ${tenths * 100} ms>`;
}

function roundedDuration(text: string, toMs: number): string {
  const durationMs = Number(text.slice(0, -1)) * 1000;
  return `<about ${Math.round(durationMs / toMs) * toMs} ms>`;
}

function bytesText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString("utf8");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes that hold one are no text.
  const hasControl = /[\x00-\x08\x0e-\x1f]/.test(text);
  const isText = Buffer.from(text, "utf8").equals(buffer) && !hasControl;
  return isText ? text : `base64:${buffer.toString("base64")}`;
}
