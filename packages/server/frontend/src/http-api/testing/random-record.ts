import { apiSchema } from "@perdure/proto/schema";
import type { FieldSchema, ScalarType, ValueType } from "@perdure/proto/wire";
import { isWrapper } from "../json/decode-message.js";
import { type MessageRecord, setProperty } from "../json/property.js";

const INTEGERS = { small: [0, 1, 7, 2147483647], wide: [0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n] };

/** A source of numbers in [0, 1). */
export type Fraction = () => number;

/** Makes the `Init` form of a message with about half of its fields. */
export function randomRecord(typeName: string, random: Fraction, depth = 4): MessageRecord {
  switch (typeName) {
    case "google.protobuf.Timestamp":
      return { seconds: 1_700_000_000n, nanos: pick([0, 5, 1_000_000, 123_456_000], random) };
    case "google.protobuf.Duration":
      return { seconds: pick([0n, 60n, 315_576_000_000n], random), nanos: pick([0, 999], random) };
    case "google.protobuf.FieldMask":
      return { paths: ["config.history_archival_uri", "id"] };
    case "google.protobuf.Any":
      return {};
    default:
      return isWrapper(typeName) ? { value: 1.5 } : randomFields(typeName, random, depth);
  }
}

function randomFields(typeName: string, random: Fraction, depth: number): MessageRecord {
  const record: MessageRecord = {};
  for (const field of apiSchema.message(typeName)?.fields ?? []) {
    if (random() < 0.5 || (depth === 0 && field.value.kind === "message")) continue;
    setProperty(record, field, randomField(field, random, depth));
  }
  return record;
}

function randomField(field: FieldSchema, random: Fraction, depth: number): unknown {
  const value = (): unknown => randomValue(field.value, random, depth);
  const { mapKey } = field;
  if (mapKey !== undefined) {
    return new Map([[randomValue({ kind: "scalar", type: mapKey }, random, depth), value()]]);
  }
  return field.isRepeated ? [value(), value()] : value();
}

function randomValue(value: ValueType, random: Fraction, depth: number): unknown {
  if (value.kind === "message") return randomRecord(value.type, random, depth - 1);
  if (value.kind === "scalar") return randomScalar(value.type, random);
  return pick([...(apiSchema.enum(value.type)?.numberOf.values() ?? [])], random);
}

function randomScalar(type: ScalarType, random: Fraction): unknown {
  if (type === "string") return pick(["", "text", 'ä"\\\n😀', "__proto__"], random);
  if (type === "bytes") return pick([new Uint8Array(0), Uint8Array.of(0, 255, 62, 63)], random);
  if (type === "bool") return random() < 0.5;
  if (type === "double" || type === "float") return pick([0, 1.5, Number.NaN, -Infinity], random);
  return type.endsWith("64") ? pick(INTEGERS.wide, random) : pick(INTEGERS.small, random);
}

function pick<T>(items: readonly T[], random: Fraction): T {
  return items[Math.floor(random() * items.length)] as T;
}
