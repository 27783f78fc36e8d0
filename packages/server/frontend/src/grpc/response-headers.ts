import { encodeHeaders } from "../http2/encode-headers.js";
import type { HeaderField } from "../http2/hpack-static-table.js";
import { GrpcStatusCode } from "./status-codes.js";

/** How a call ended. */
export interface CallStatus {
  readonly code: GrpcStatusCode;
  /** Percent-encoded. */
  readonly message: string;
  readonly details: string | undefined;
}

/** Trailers of a call that went well. */
export const OK_TRAILERS = encodeHeaders([["grpc-status", String(GrpcStatusCode.OK)]]);

/** Content types whose headers are kept: clients use two or three. */
const KEPT_HEADS_MAX = 16;
const heads = new Map<string, Buffer>();

/** Encoded headers of a response. */
export function responseHead(contentType: string): Buffer {
  const known = heads.get(contentType);
  if (known !== undefined) return known;
  const block = encodeHeaders([
    [":status", "200"],
    ["content-type", contentType],
    ["grpc-accept-encoding", "gzip"],
  ]);
  if (heads.size < KEPT_HEADS_MAX) heads.set(contentType, block);
  return block;
}

/** Encoded trailers of a call that failed after it had sent headers. */
export function trailersBlock(status: CallStatus): Buffer {
  return encodeHeaders(statusFields(status));
}

/** The only headers of a call that failed before it had sent any. */
export function trailersOnlyBlock(
  status: CallStatus & { readonly httpStatus: number; readonly contentType: string },
): Buffer {
  return encodeHeaders([
    [":status", String(status.httpStatus)],
    ["content-type", status.contentType],
    ...statusFields(status),
  ]);
}

function statusFields({ code, message, details }: CallStatus): readonly HeaderField[] {
  const fields: HeaderField[] = [
    ["grpc-status", String(code)],
    ["grpc-message", message],
  ];
  if (details !== undefined) fields.push(["grpc-status-details-bin", details]);
  return fields;
}
