import type {
  CancelWorkflowExecutionCommandAttributesInit,
  CompleteWorkflowExecutionCommandAttributesInit,
  FailWorkflowExecutionCommandAttributesInit,
} from "@perdure/proto/temporal/api/command/v1";
import {
  RetryState,
  TimeoutType,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import { Failure, type FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import { BadCommandError } from "./bad-command-error.js";
import { nextRunAfterFailure, nextRunAfterSuccess, noNextRun, startNextRun } from "./run-chain.js";
import { executionTimeoutAtMs } from "./run-state.js";
import type { RunStep, Step } from "./step.js";
import { abandonWorkflowTask } from "./workflow-task.js";

/** What the command that closes a run has in common. */
export interface ClosingCommand {
  readonly completedEventId: number;
  readonly userMetadata: UserMetadataInit | undefined;
}

/** Closes the run as completed; its cron schedule may start the next. */
export function completeRun(
  step: Step,
  attributes: CompleteWorkflowExecutionCommandAttributesInit,
  command: ClosingCommand,
): RunStep | undefined {
  const { userMetadata } = command;
  const { result } = attributes;
  const next = nextRunAfterSuccess(step);
  const workflowTaskCompletedEventId = BigInt(command.completedEventId);
  const value = { result, workflowTaskCompletedEventId, newExecutionRunId: next.runId };
  step.record({ kind: "workflowExecutionCompletedEventAttributes", value }, { userMetadata });
  step.changeList();
  return startNextRun(step, next, { failure: undefined, lastCompletionResult: result });
}

/** Closes the run as failed; its retry policy or cron schedule may start the next. */
export function failRun(
  step: Step,
  attributes: FailWorkflowExecutionCommandAttributesInit,
  command: ClosingCommand,
): RunStep | undefined {
  const { userMetadata } = command;
  const { failure } = attributes;
  checkFailureSize(step, failure);
  const { lastCompletionResult } = step.draft.started;
  const next = nextRunAfterFailure(step, failure);
  const value = {
    failure,
    retryState: next.retryState,
    workflowTaskCompletedEventId: BigInt(command.completedEventId),
    newExecutionRunId: next.runId,
  };
  step.record({ kind: "workflowExecutionFailedEventAttributes", value }, { userMetadata });
  step.changeList();
  // A retried attempt does not learn the last result, the next run of a cron schedule does.
  const isRetry = next.retryState === RetryState.IN_PROGRESS;
  const carried = { failure, lastCompletionResult: isRetry ? undefined : lastCompletionResult };
  return startNextRun(step, next, carried);
}

/** @throws {BadCommandError} Fatal: a failure that is too large will be too large again. */
function checkFailureSize(step: Step, failure: FailureInit | undefined): void {
  if (failure === undefined) return;
  if (Failure.encode(failure).length <= step.environment.limits.blobSizeMaxBytes) return;
  throw new BadCommandError(
    WorkflowTaskFailedCause.BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES,
    "FailWorkflowExecutionCommandAttributes.Failure exceeds size limit.",
    true,
  );
}

/** Closes the run as canceled, which ends its chain. */
export function cancelRun(
  step: Step,
  attributes: CancelWorkflowExecutionCommandAttributesInit,
  command: ClosingCommand,
): void {
  const { userMetadata } = command;
  const workflowTaskCompletedEventId = BigInt(command.completedEventId);
  const value = { details: attributes.details, workflowTaskCompletedEventId };
  step.record({ kind: "workflowExecutionCanceledEventAttributes", value }, { userMetadata });
  step.changeList();
}

/** Closes the run because its time is over; its retry policy or cron schedule may go on. */
export function timeOutRun(step: Step): RunStep | undefined {
  abandonWorkflowTask(step);
  const failure: FailureInit = {
    message: "workflow timeout",
    source: "Server",
    failureInfo: {
      kind: "timeoutFailureInfo",
      value: { timeoutType: TimeoutType.START_TO_CLOSE },
    },
  };
  const { lastCompletionResult } = step.draft.started;
  const expiresAtMs = executionTimeoutAtMs(step.draft);
  const isExecutionOver = expiresAtMs > 0 && expiresAtMs <= step.nowMs;
  const next = isExecutionOver ? noNextRun(RetryState.TIMEOUT) : nextRunAfterFailure(step, failure);
  const value = { retryState: next.retryState, newExecutionRunId: next.runId };
  step.record({ kind: "workflowExecutionTimedOutEventAttributes", value });
  step.changeList();
  return startNextRun(step, next, { failure, lastCompletionResult });
}
