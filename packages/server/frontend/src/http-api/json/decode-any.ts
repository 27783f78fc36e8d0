import { anyType, typeNameOf } from "./any-types.js";
import type { MessageDecoder } from "./decode-message.js";
import type { JsonObject } from "./json-node.js";
import type { MessageRecord } from "./property.js";

/**
 * Reads a `google.protobuf.Any`: the fields of the message beside `@type`.
 *
 * @throws {InvalidArgumentError} The type is absent or unknown, or the message is malformed.
 */
export function decodeAny(decoder: MessageDecoder, node: JsonObject, depth: number): MessageRecord {
  if (node.members.length === 0) return {};
  const member = node.members.find(({ name }) => name === "@type");
  if (member === undefined) decoder.fail(node.at, 'missing "@type" field');
  const { value } = member;
  if (value.kind !== "string") {
    decoder.fail(value.at, `@type field value is not a string: ${value.raw}`);
  }
  const type = anyType(typeNameOf(value.value));
  if (type === undefined) decoder.fail(value.at, `unable to resolve ${value.raw}: "not found"`);
  const message = decoder.message(node, type.typeName, { depth: depth + 1, hasTypeUrl: true });
  return { typeUrl: value.value, value: type.encode(message) };
}
