import type { ScalarType } from "@perdure/proto/wire";
import { fitsInto, type IntegerWidth, integerOf } from "./json-integer.js";
import type { JsonNode } from "./json-node.js";

const INTEGERS: ReadonlyMap<ScalarType, IntegerWidth> = new Map([
  ["int32", { bits: 32, isSigned: true }],
  ["sint32", { bits: 32, isSigned: true }],
  ["sfixed32", { bits: 32, isSigned: true }],
  ["uint32", { bits: 32, isSigned: false }],
  ["fixed32", { bits: 32, isSigned: false }],
  ["int64", { bits: 64, isSigned: true }],
  ["sint64", { bits: 64, isSigned: true }],
  ["sfixed64", { bits: 64, isSigned: true }],
  ["uint64", { bits: 64, isSigned: false }],
  ["fixed64", { bits: 64, isSigned: false }],
]);

/** The width of an integer type; `undefined`: it is not one. */
export function integerWidth(type: ScalarType): IntegerWidth | undefined {
  return INTEGERS.get(type);
}

/** Reads a scalar as proto3 JSON has it. `undefined`: it is not of this type. */
export function decodeScalar(node: JsonNode, type: ScalarType): unknown {
  switch (type) {
    case "bool":
      return node.kind === "boolean" ? node.value : undefined;
    case "string":
      return node.kind === "string" ? node.value : undefined;
    case "bytes":
      return node.kind === "string" ? decodeBase64(node.value) : undefined;
    case "float":
    case "double":
      return decodeFloat(node, type);
    default:
      return decodeInteger(node, type);
  }
}

function decodeInteger(node: JsonNode, type: ScalarType): number | bigint | undefined {
  if (node.kind !== "number" && node.kind !== "string") return undefined;
  return toInteger(integerOf(node.kind === "number" ? node.raw : node.value), type);
}

/** An integer as its type holds it; `undefined` when it has no place there. */
export function toInteger(
  value: bigint | undefined,
  type: ScalarType,
): number | bigint | undefined {
  const width = INTEGERS.get(type);
  if (value === undefined || width === undefined || !fitsInto(value, width)) return undefined;
  return width.bits === 32 ? Number(value) : value;
}

const WORDS: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

const FLOAT = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const FLOAT_MAX = 3.4028234663852886e38;

function decodeFloat(node: JsonNode, type: "float" | "double"): number | undefined {
  if (node.kind !== "number" && node.kind !== "string") return undefined;
  const text = node.kind === "number" ? node.raw : node.value;
  const word = node.kind === "string" ? WORDS.get(text) : undefined;
  if (word !== undefined) return word;
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text);
  const max = type === "float" ? FLOAT_MAX : Number.MAX_VALUE;
  return Math.abs(value) <= max ? value : undefined;
}

/** Reads base64 of either alphabet, padded or not. `undefined`: it is malformed. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const isUrlSafe = /[-_]/.test(text);
  const alphabet = isUrlSafe ? /^[A-Za-z0-9_-]*={0,2}$/ : /^[A-Za-z0-9+/]*={0,2}$/;
  if (!alphabet.test(text)) return undefined;
  const padded = text.length % 4 === 0;
  if (!padded && (text.includes("=") || text.length % 4 === 1)) return undefined;
  return new Uint8Array(Buffer.from(text, isUrlSafe ? "base64url" : "base64"));
}
