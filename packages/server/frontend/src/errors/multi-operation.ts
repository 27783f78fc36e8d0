import type { DomainError, MultiOperationError, OperationOutcome } from "@perdure/kernel";
import { MultiOperationExecutionFailure } from "@perdure/proto/temporal/api/errordetails/v1";
import { MultiOperationExecutionAborted } from "@perdure/proto/temporal/api/failure/v1";
import { type ErrorDetail, GrpcError } from "../grpc/grpc-error.js";
import { GrpcStatusCode } from "../grpc/status-codes.js";

const ABORTED_STATUS = new GrpcError(GrpcStatusCode.ABORTED, "Operation was aborted.", [
  {
    typeName: MultiOperationExecutionAborted.typeName,
    bytes: MultiOperationExecutionAborted.encode({}),
  },
]);
const OK_STATUS = { code: GrpcStatusCode.OK, message: "", details: [] as readonly ErrorDetail[] };

/**
 * Makes what a client is told of operations that failed together. The status as a whole is that of
 * the first operation that failed by itself.
 */
export function multiOperationGrpcError(
  error: MultiOperationError,
  toStatus: (error: DomainError) => GrpcError,
): GrpcError {
  const statuses = error.operations.map((operation) => statusOf(operation, toStatus));
  const failed = error.operations.findIndex(({ kind }) => kind === "failed");
  const code = statuses[failed]?.code ?? GrpcStatusCode.ABORTED;
  const bytes = MultiOperationExecutionFailure.encode({
    statuses: statuses.map((status) => ({
      code: status.code,
      message: status.message,
      details: status.details.map(({ typeName, bytes: value }) => ({
        typeUrl: `type.googleapis.com/${typeName}`,
        value,
      })),
    })),
  });
  const typeName = MultiOperationExecutionFailure.typeName;
  return new GrpcError(code, error.message, [{ typeName, bytes }]);
}

function statusOf(
  operation: OperationOutcome,
  toStatus: (error: DomainError) => GrpcError,
): Pick<GrpcError, "code" | "message" | "details"> {
  switch (operation.kind) {
    case "succeeded":
      return OK_STATUS;
    case "aborted":
      return ABORTED_STATUS;
    case "failed":
      return toStatus(operation.error);
  }
}
