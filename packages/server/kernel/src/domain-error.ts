/**
 * Every expected error of the server. `frontend` maps each to a gRPC status and a detail message.
 */
export type DomainErrorCode =
  | "INVALID_ARGUMENT"
  | "FAILED_PRECONDITION"
  | "NOT_FOUND"
  | "NAMESPACE_NOT_FOUND"
  | "NAMESPACE_ALREADY_EXISTS"
  | "ALREADY_EXISTS"
  | "WORKFLOW_ALREADY_STARTED"
  | "WORKFLOW_NOT_READY"
  | "QUERY_FAILED"
  | "RESOURCE_EXHAUSTED"
  | "DEADLINE_EXCEEDED"
  | "CANCELED"
  | "ABORTED"
  | "PERMISSION_DENIED"
  | "MULTI_OPERATION"
  | "UNIMPLEMENTED"
  | "STORE_UNAVAILABLE"
  | "SHUTTING_DOWN";

/** An expected error: something that a correct server tells its caller. */
export abstract class DomainError extends Error {
  abstract readonly code: DomainErrorCode;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The request can never succeed as it is. Nothing happened. */
export class InvalidArgumentError extends DomainError {
  readonly code = "INVALID_ARGUMENT";
}

/** The request does not fit the present state. Nothing happened. */
export class FailedPreconditionError extends DomainError {
  readonly code = "FAILED_PRECONDITION";
}

/** The run, task, timer or activity that the request names does not exist (any more). */
export class NotFoundError extends DomainError {
  readonly code = "NOT_FOUND";
}

/** There is something of this name already. Nothing happened. */
export class AlreadyExistsError extends DomainError {
  readonly code = "ALREADY_EXISTS";
}

/** The run closed before its workflow saw an update. */
export class UpdateAbortedByCloseError extends NotFoundError {}

/** The request met something that ended it half-way; as a whole it may be tried again. */
export class AbortedError extends DomainError {
  readonly code = "ABORTED";
}

/** The server is set up so that nobody may ask for this. */
export class PermissionDeniedError extends DomainError {
  readonly code = "PERMISSION_DENIED";
}

/** How one of several operations that were requested together came out. */
export type OperationOutcome =
  | { readonly kind: "succeeded" }
  /** It was not tried, or not kept, because of another one. */
  | { readonly kind: "aborted" }
  | { readonly kind: "failed"; readonly error: DomainError };

/** Operations that were requested together failed, as each of their outcomes tells. */
export class MultiOperationError extends DomainError {
  readonly code = "MULTI_OPERATION";
  constructor(readonly operations: readonly OperationOutcome[]) {
    super("Update-with-Start could not be executed.");
  }
}

/** No namespace has this name or ID. */
export class NamespaceNotFoundError extends DomainError {
  readonly code = "NAMESPACE_NOT_FOUND";
  constructor(readonly namespace: string) {
    super(`Namespace ${namespace} is not found.`);
  }
}

/** A namespace of this name exists. */
export class NamespaceAlreadyExistsError extends DomainError {
  readonly code = "NAMESPACE_ALREADY_EXISTS";
}

/** A start was refused because of a run that has the same workflow ID. Nothing happened. */
export class WorkflowAlreadyStartedError extends DomainError {
  readonly code = "WORKFLOW_ALREADY_STARTED";
  constructor(
    message: string,
    readonly existing: {
      readonly runId: string;
      readonly startRequestId: string;
      readonly firstExecutionRunId: string;
    },
  ) {
    super(message);
  }
}

/** The run has not come far enough for this request, a query before its first task for example. */
export class WorkflowNotReadyError extends DomainError {
  readonly code = "WORKFLOW_NOT_READY";
}

/**
 * The worker answered a query with an error. `failure` is an encoded
 * `temporal.api.failure.v1.Failure`.
 */
export class QueryFailedError extends DomainError {
  readonly code = "QUERY_FAILED";
  constructor(
    message: string,
    readonly failure: Uint8Array | undefined,
  ) {
    super(message);
  }
}

/** Why a request was turned away; names of `temporal.api.enums.v1.ResourceExhaustedCause`. */
export type ExhaustedCause =
  | "RPS_LIMIT"
  | "CONCURRENT_LIMIT"
  | "SYSTEM_OVERLOADED"
  | "BUSY_WORKFLOW"
  | "PERSISTENCE_STORAGE_LIMIT"
  | "WORKER_DEPLOYMENT_LIMITS";

/** A limit is reached. Nothing happened; the same request may succeed later. */
export class ResourceExhaustedError extends DomainError {
  readonly code = "RESOURCE_EXHAUSTED";
  constructor(
    message: string,
    readonly exhausted: {
      readonly cause: ExhaustedCause;
      readonly scope: "NAMESPACE" | "SYSTEM";
    },
  ) {
    super(message);
  }
}

/** The caller's deadline passed while the request waited. */
export class DeadlineExceededError extends DomainError {
  readonly code = "DEADLINE_EXCEEDED";
}

/** The caller went away while the request waited. */
export class CanceledError extends DomainError {
  readonly code = "CANCELED";
}

/** The server does not offer this. */
export class UnimplementedError extends DomainError {
  readonly code = "UNIMPLEMENTED";
}

/** The store did not answer as it should. Whether the write happened is unknown. */
export class StoreUnavailableError extends DomainError {
  readonly code = "STORE_UNAVAILABLE";
}

/** The server stops and takes no new work. Nothing happened. */
export class ShuttingDownError extends DomainError {
  readonly code = "SHUTTING_DOWN";
}
