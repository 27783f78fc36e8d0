import { GrpcStatusCode } from "../grpc/status-codes.js";

/** The HTTP status of each status of gRPC. Source: `google/rpc/code.proto`. */
const HTTP_STATUS: Readonly<Record<GrpcStatusCode, number>> = {
  [GrpcStatusCode.OK]: 200,
  [GrpcStatusCode.CANCELLED]: 499,
  [GrpcStatusCode.UNKNOWN]: 500,
  [GrpcStatusCode.INVALID_ARGUMENT]: 400,
  [GrpcStatusCode.DEADLINE_EXCEEDED]: 504,
  [GrpcStatusCode.NOT_FOUND]: 404,
  [GrpcStatusCode.ALREADY_EXISTS]: 409,
  [GrpcStatusCode.PERMISSION_DENIED]: 403,
  [GrpcStatusCode.RESOURCE_EXHAUSTED]: 429,
  [GrpcStatusCode.FAILED_PRECONDITION]: 400,
  [GrpcStatusCode.ABORTED]: 409,
  [GrpcStatusCode.OUT_OF_RANGE]: 400,
  [GrpcStatusCode.UNIMPLEMENTED]: 501,
  [GrpcStatusCode.INTERNAL]: 500,
  [GrpcStatusCode.UNAVAILABLE]: 503,
  [GrpcStatusCode.DATA_LOSS]: 500,
  [GrpcStatusCode.UNAUTHENTICATED]: 401,
};

/** The HTTP status that tells an error. */
export function httpStatusOf(code: GrpcStatusCode): number {
  return HTTP_STATUS[code];
}
