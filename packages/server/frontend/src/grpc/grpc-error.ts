import { Status } from "@perdure/proto/google/rpc";
import type { GrpcStatusCode } from "./status-codes.js";

/** A message of `temporal.api.errordetails.v1` that goes with an error. */
export interface ErrorDetail {
  readonly typeName: string;
  readonly bytes: Uint8Array;
}

/** An error as a client sees it. */
export class GrpcError extends Error {
  override readonly name = "GrpcError";
  constructor(
    readonly code: GrpcStatusCode,
    message: string,
    readonly details: readonly ErrorDetail[] = [],
  ) {
    super(message);
  }

  /** Value of `grpc-status-details-bin`: a `google.rpc.Status`, in base64 without padding. */
  encodeDetails(): string | undefined {
    if (this.details.length === 0) return undefined;
    return Buffer.from(this.encodeStatus()).toString("base64").replace(/=+$/, "");
  }

  /** The error as a `google.rpc.Status`. */
  encodeStatus(): Uint8Array {
    const details = this.details.map(({ typeName, bytes }) => ({
      typeUrl: `type.googleapis.com/${typeName}`,
      value: bytes,
    }));
    return Status.encode({ code: this.code, message: this.message, details });
  }
}

/** Characters that `grpc-message` carries as they are: printable ASCII but the percent sign. */
const PLAIN_MESSAGE = /^[\x20-\x24\x26-\x7e]*$/;

/** Percent-encodes a message for `grpc-message`. Source: gRPC over HTTP/2, "Status-Message". */
export function encodeMessage(message: string): string {
  if (PLAIN_MESSAGE.test(message)) return message;
  let encoded = "";
  for (const byte of Buffer.from(message, "utf8")) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
