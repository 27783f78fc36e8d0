import {
  CanceledError,
  DomainError,
  type DomainErrorCode,
  type ExhaustedCause,
  type Logger,
  MultiOperationError,
  NamespaceNotFoundError,
  QueryFailedError,
  ResourceExhaustedError,
  WorkflowAlreadyStartedError,
} from "@perdure/kernel";
import {
  ResourceExhaustedCause,
  ResourceExhaustedScope,
} from "@perdure/proto/temporal/api/enums/v1";
import {
  NamespaceAlreadyExistsFailure,
  NamespaceNotFoundFailure,
  NotFoundFailure,
  PermissionDeniedFailure,
  QueryFailedFailure,
  ResourceExhaustedFailure,
  WorkflowExecutionAlreadyStartedFailure,
  WorkflowNotReadyFailure,
} from "@perdure/proto/temporal/api/errordetails/v1";
import { Failure } from "@perdure/proto/temporal/api/failure/v1";
import type { MessageType } from "@perdure/proto/wire";
import type { CallContext } from "../grpc/call-context.js";
import { type ErrorDetail, GrpcError } from "../grpc/grpc-error.js";
import { GrpcStatusCode } from "../grpc/status-codes.js";
import { multiOperationGrpcError } from "./multi-operation.js";

/** The gRPC status of every expected error. */
const STATUS = {
  INVALID_ARGUMENT: GrpcStatusCode.INVALID_ARGUMENT,
  FAILED_PRECONDITION: GrpcStatusCode.FAILED_PRECONDITION,
  NOT_FOUND: GrpcStatusCode.NOT_FOUND,
  NAMESPACE_NOT_FOUND: GrpcStatusCode.NOT_FOUND,
  NAMESPACE_ALREADY_EXISTS: GrpcStatusCode.ALREADY_EXISTS,
  ALREADY_EXISTS: GrpcStatusCode.ALREADY_EXISTS,
  WORKFLOW_ALREADY_STARTED: GrpcStatusCode.ALREADY_EXISTS,
  WORKFLOW_NOT_READY: GrpcStatusCode.FAILED_PRECONDITION,
  QUERY_FAILED: GrpcStatusCode.INVALID_ARGUMENT,
  RESOURCE_EXHAUSTED: GrpcStatusCode.RESOURCE_EXHAUSTED,
  DEADLINE_EXCEEDED: GrpcStatusCode.DEADLINE_EXCEEDED,
  CANCELED: GrpcStatusCode.CANCELLED,
  ABORTED: GrpcStatusCode.ABORTED,
  PERMISSION_DENIED: GrpcStatusCode.PERMISSION_DENIED,
  // The status is that of the operation that failed.
  MULTI_OPERATION: GrpcStatusCode.ABORTED,
  UNIMPLEMENTED: GrpcStatusCode.UNIMPLEMENTED,
  STORE_UNAVAILABLE: GrpcStatusCode.UNAVAILABLE,
  SHUTTING_DOWN: GrpcStatusCode.UNAVAILABLE,
} as const satisfies Record<DomainErrorCode, GrpcStatusCode>;

const CAUSE = {
  RPS_LIMIT: ResourceExhaustedCause.RPS_LIMIT,
  CONCURRENT_LIMIT: ResourceExhaustedCause.CONCURRENT_LIMIT,
  SYSTEM_OVERLOADED: ResourceExhaustedCause.SYSTEM_OVERLOADED,
  BUSY_WORKFLOW: ResourceExhaustedCause.BUSY_WORKFLOW,
  PERSISTENCE_STORAGE_LIMIT: ResourceExhaustedCause.PERSISTENCE_STORAGE_LIMIT,
  WORKER_DEPLOYMENT_LIMITS: ResourceExhaustedCause.WORKER_DEPLOYMENT_LIMITS,
} as const satisfies Record<ExhaustedCause, ResourceExhaustedCause>;

/**
 * Makes what a client is told of anything that a handler threw. What no client can cause is
 * logged, and told without its details.
 */
export function toGrpcError(error: unknown, call: CallContext, logger: Logger): GrpcError {
  if (error instanceof GrpcError) return error;
  if (error instanceof MultiOperationError) return multiOperationGrpcError(error, domainStatus);
  if (error instanceof DomainError) return domainStatus(error);
  logger.log("error", "A call failed by a bug", { error, path: call.path });
  return new GrpcError(GrpcStatusCode.INTERNAL, "internal server error");
}

function domainStatus(error: DomainError): GrpcError {
  return new GrpcError(STATUS[error.code], error.message, detailsOf(error));
}

function detail<I>(type: MessageType<object, I>, message: I): readonly ErrorDetail[] {
  return [{ typeName: type.typeName, bytes: type.encode(message) }];
}

function detailsOf(error: DomainError): readonly ErrorDetail[] {
  if (error instanceof WorkflowAlreadyStartedError) {
    return detail(WorkflowExecutionAlreadyStartedFailure, error.existing);
  }
  if (error instanceof NamespaceNotFoundError) {
    return detail(NamespaceNotFoundFailure, { namespace: error.namespace });
  }
  if (error instanceof ResourceExhaustedError) {
    const { cause, scope } = error.exhausted;
    return detail(ResourceExhaustedFailure, {
      cause: CAUSE[cause],
      scope: scope === "SYSTEM" ? ResourceExhaustedScope.SYSTEM : ResourceExhaustedScope.NAMESPACE,
    });
  }
  if (error instanceof QueryFailedError) {
    const failure = error.failure === undefined ? undefined : Failure.decode(error.failure);
    return detail(QueryFailedFailure, { failure });
  }
  if (error instanceof CanceledError) return [];
  return simpleDetails(error.code);
}

function simpleDetails(code: DomainErrorCode): readonly ErrorDetail[] {
  switch (code) {
    case "NOT_FOUND":
      return detail(NotFoundFailure, {});
    case "NAMESPACE_ALREADY_EXISTS":
      return detail(NamespaceAlreadyExistsFailure, {});
    case "PERMISSION_DENIED":
      return detail(PermissionDeniedFailure, {});
    case "WORKFLOW_NOT_READY":
      return detail(WorkflowNotReadyFailure, {});
    default:
      return [];
  }
}
