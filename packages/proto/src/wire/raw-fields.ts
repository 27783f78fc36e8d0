import { varintSize, writeVarint } from "./varint.js";

/**
 * Adds encoded messages to an encoded message as elements of a repeated field, without decoding
 * anything: stored history events become a `GetWorkflowExecutionHistoryResponse` this way.
 *
 * ```ts
 * const head = GetWorkflowExecutionHistoryResponse.encode({ nextPageToken });
 * const response = encodeWithRaw(head, [1, 1], events); // history = 1, History.events = 1
 * ```
 *
 * @param message - The encoding of the other fields.
 * @param path - The number of the repeated field; before it the numbers of the message fields that
 *   it lies in, outermost first. Those are merged with what `message` has of them.
 * @param raws - The encoded elements.
 */
export function encodeWithRaw(
  message: Uint8Array,
  path: number | readonly number[],
  raws: readonly Uint8Array[],
): Uint8Array {
  const tags = (typeof path === "number" ? [path] : path).map((number) => number * 8 + 2);
  const itemTag = tags.pop();
  if (itemTag === undefined || raws.length === 0) return message;

  const itemTagSize = varintSize(itemTag);
  let size = 0;
  for (const raw of raws) size += itemTagSize + varintSize(raw.length) + raw.length;
  const prefixes: number[] = [];
  for (const tag of tags.reverse()) {
    prefixes.unshift(tag, size);
    size += varintSize(tag) + varintSize(size);
  }

  const result = new Uint8Array(message.length + size);
  result.set(message, 0);
  let at = message.length;
  for (const number of prefixes) at = writeVarint(result, at, number);
  for (const raw of raws) {
    at = writeVarint(result, at, itemTag);
    at = writeVarint(result, at, raw.length);
    result.set(raw, at);
    at += raw.length;
  }
  return result;
}
