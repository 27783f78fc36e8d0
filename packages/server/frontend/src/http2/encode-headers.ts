import { type HeaderField, STATIC_TABLE } from "./hpack-static-table.js";

/** First byte of a literal that enters no table, and the bits of it that hold an index. */
const LITERAL = 0x00;
const LITERAL_BITS = 4;
const INDEXED = 0x80;
const INDEXED_BITS = 7;
const STRING_BITS = 7;

const INDEX_OF_NAME = new Map<string, number>();
const INDEX_OF_FIELD = new Map<string, number>();
STATIC_TABLE.forEach(([name, value], position) => {
  if (!INDEX_OF_NAME.has(name)) INDEX_OF_NAME.set(name, position + 1);
  if (value !== "") INDEX_OF_FIELD.set(`${name}=${value}`, position + 1);
});

/**
 * Encodes a list of headers (HPACK) without a table of its own, so that the same list has the same
 * bytes on every connection and can be encoded once.
 *
 * @param fields - Names in lower case; both parts in latin1.
 */
export function encodeHeaders(fields: readonly HeaderField[]): Buffer {
  const bytes: number[] = [];
  for (const [name, value] of fields) {
    const fieldIndex = INDEX_OF_FIELD.get(`${name}=${value}`);
    if (fieldIndex !== undefined) {
      pushInteger(bytes, { first: INDEXED, bits: INDEXED_BITS, value: fieldIndex });
      continue;
    }
    const nameIndex = INDEX_OF_NAME.get(name) ?? 0;
    pushInteger(bytes, { first: LITERAL, bits: LITERAL_BITS, value: nameIndex });
    if (nameIndex === 0) pushString(bytes, name);
    pushString(bytes, value);
  }
  return Buffer.from(bytes);
}

function pushString(bytes: number[], text: string): void {
  pushInteger(bytes, { first: 0, bits: STRING_BITS, value: text.length });
  for (let index = 0; index < text.length; index++) bytes.push(text.charCodeAt(index) & 0xff);
}

function pushInteger(
  bytes: number[],
  number: { readonly first: number; readonly bits: number; readonly value: number },
): void {
  const mask = (1 << number.bits) - 1;
  if (number.value < mask) {
    bytes.push(number.first | number.value);
    return;
  }
  bytes.push(number.first | mask);
  let rest = number.value - mask;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
}
