/**
 * The bytes are not a valid encoding of the message.
 *
 * Nothing else is thrown by `decode`, whatever the bytes are.
 */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}
