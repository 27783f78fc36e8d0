import type { RequestMetadata } from "./call-context.js";
import { GrpcError } from "./grpc-error.js";
import { GrpcStatusCode } from "./status-codes.js";

/** Why a request is no gRPC call, and the HTTP status that says so too. */
export interface Refusal {
  readonly error: GrpcError;
  readonly httpStatus: number;
}

/** What is wrong with a request that is no gRPC call at all. */
export function refuseRequest(headers: RequestMetadata): Refusal | undefined {
  const method = headers.get(":method");
  if (method !== "POST") {
    const message = `Received a HEADERS frame with :method "${method}" which should be POST`;
    return { error: new GrpcError(GrpcStatusCode.INTERNAL, message), httpStatus: 405 };
  }
  const contentType = headers.get("content-type") ?? "";
  if (/^application\/grpc(?:[+;].*)?$/.test(contentType)) return undefined;
  const message = `invalid gRPC request content-type "${contentType}"`;
  return { error: new GrpcError(GrpcStatusCode.INVALID_ARGUMENT, message), httpStatus: 415 };
}
