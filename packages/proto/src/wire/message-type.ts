import { Reader } from "./reader.js";
import { Writer } from "./writer.js";

/**
 * The codec of one message. `T` is what decoding gives: every field present. `I` is what encoding
 * takes: every field optional, an absent one is the default.
 */
export interface MessageType<T, I> {
  /** Full name in the protocol, such as `temporal.api.common.v1.Payload`. */
  readonly typeName: string;

  /** Encodes a message. The result shares no memory with anything else. */
  encode(message: I): Uint8Array;

  /**
   * Decodes a message. `bytes` fields of the result are views of `bytes`: no copy.
   *
   * @throws {DecodeError} The bytes are not an encoding of this message.
   */
  decode(bytes: Uint8Array): T;

  /** Writes the fields of a message, for code that builds several messages in one buffer. */
  write(writer: Writer, message: I): void;

  /** Reads the fields of a message up to position `end`; `Reader.finish` completes it. */
  read(reader: Reader, end: number): T;
}

/** Encoding is synchronous and single-threaded: one buffer serves all. */
let shared: Writer | undefined;

/**
 * Encodes a message after `headBytes` bytes of any content, for a transport that puts its header
 * there, such as the five bytes of gRPC. Costs a fraction of `encode` plus a copy, because the
 * memory is a piece of a pool: for bytes that are sent and forgotten, never for a store or a
 * transfer list.
 */
export function encodeFrame<T, I>(
  type: MessageType<T, I>,
  message: I,
  headBytes: number,
): Uint8Array {
  shared ??= new Writer();
  return shared.captureFrame(type.write, message, headBytes);
}

/** Makes the codec of a message of its generated functions. */
export function messageType<T, I>(
  typeName: string,
  write: (writer: Writer, message: I) => void,
  read: (reader: Reader, end: number) => T,
): MessageType<T, I> {
  return {
    typeName,
    write,
    read,
    encode(message) {
      shared ??= new Writer();
      return shared.capture(write, message);
    },
    decode(bytes) {
      const reader = new Reader(bytes);
      const message = read(reader, reader.enterAll());
      reader.finish();
      return message;
    },
  };
}
