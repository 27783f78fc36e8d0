export { type CancelSignal, CancelSource } from "./cancel-signal.js";
export { type Clock, type ScheduledCall, systemClock } from "./clock.js";
export { DeadlineWheel } from "./deadline-wheel.js";
export {
  AbortedError,
  AlreadyExistsError,
  CanceledError,
  DeadlineExceededError,
  DomainError,
  type DomainErrorCode,
  type ExhaustedCause,
  FailedPreconditionError,
  InvalidArgumentError,
  MultiOperationError,
  NamespaceAlreadyExistsError,
  NamespaceNotFoundError,
  NotFoundError,
  type OperationOutcome,
  PermissionDeniedError,
  QueryFailedError,
  ResourceExhaustedError,
  ShuttingDownError,
  StoreUnavailableError,
  UnimplementedError,
  UpdateAbortedByCloseError,
  WorkflowAlreadyStartedError,
  WorkflowNotReadyError,
} from "./domain-error.js";
export { hashKey } from "./hash-key.js";
export { InvariantError, invariant, present, unreachable } from "./invariant.js";
export { type Logger, type LogLevel, SILENT_LOGGER } from "./logger.js";
export { type Random, seededRandom, systemRandom } from "./random.js";
export { type DeadlineSource, SkippingClock, type TimeSkipping } from "./skipping-clock.js";
export { type Stopwatch, systemStopwatch } from "./stopwatch.js";
export { formatUuid, isUuid, parseUuid, uuidV7 } from "./uuid.js";
export { VirtualClock } from "./virtual-clock.js";
