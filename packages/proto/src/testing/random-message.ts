import type { ReferenceField, ReferenceType } from "./reference.js";

/** A source of numbers in [0, 1) that gives the same ones for the same seed. */
export type Random = () => number;

/** Mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const I64 = [0n, 1n, -1n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n];
const INT64 = [...I64, -(2n ** 63n), 2n ** 63n - 1n, -(2n ** 32n), 4294967295n, 9007199254740991n];
const UINT64 = [...I64.filter((n) => n >= 0n), 2n ** 63n, 2n ** 64n - 1n];
const INT32 = [0, 1, -1, 127, 128, 16383, 16384, 2147483647, -2147483648];
const UINT32 = [0, 1, 127, 128, 300, 4294967295];
const TEXTS = ["", "a", "workflow", "ä", "日本語", "😀", "__proto__", "x".repeat(127)];
const LONG_TEXTS = ["x".repeat(128), "é".repeat(100), "日".repeat(6000), "\ufffd", "a\u0000b"];

const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  double: [0, 1, -1.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY],
  float: [0, 1, -1.5, 0.25, Number.NaN, Number.NEGATIVE_INFINITY],
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
  bool: [false, true],
  string: [...TEXTS, ...LONG_TEXTS],
  bytes: [0, 1, 127, 128, 20000].map((size) => new Uint8Array(size).fill(200)),
};

/** Makes what `encode` takes, with about half of the fields set. */
export function randomMessage(type: ReferenceType, random: Random, depth = 3): object {
  const message: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const isDeep = field.resolvedType !== null && "fieldsArray" in field.resolvedType;
    if (random() < 0.5 || (isDeep && depth === 0)) continue;
    const name = camel(field.name);
    const value = () => randomValue(field, random, depth);
    const isOneof = field.partOf !== null && field.options?.proto3_optional !== true;
    if (isOneof) message[camel(field.partOf.name)] = { kind: name, value: value() };
    else if (field.repeated) message[name] = times(random, value);
    else if (field.map)
      message[name] = new Map(times(random, () => [mapKey(field, random), value()]));
    else message[name] = value();
  }
  return message;
}

function camel(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function times<T>(random: Random, make: () => T): T[] {
  return Array.from({ length: Math.floor(random() * 4) }, make);
}

function mapKey({ keyType = "string" }: ReferenceField, random: Random): unknown {
  return pick(SCALARS[keyType] ?? [], random);
}

function randomValue(field: ReferenceField, random: Random, depth: number): unknown {
  const type = field.resolvedType;
  if (type === null) return pick(SCALARS[field.type] ?? [], random);
  if ("fieldsArray" in type) return randomMessage(type, random, depth - 1);
  return pick(Object.values(type.values), random);
}

function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items[Math.floor(random() * items.length)];
}
