import type {
  CompleteWorkflowExecutionCommandAttributesInit,
  ContinueAsNewWorkflowExecutionCommandAttributesInit,
  FailWorkflowExecutionCommandAttributesInit,
} from "@perdure/proto/temporal/api/command/v1";
import {
  ContinueAsNewInitiator,
  RetryState,
  TaskQueueKind,
  TimeoutType,
} from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { WorkflowExecutionStartedEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import { durationMs, timestampMs, toDuration } from "../wire-time.js";
import { decideRetry, type RetryAnswer } from "./retry.js";
import { executionTimeoutAtMs, taskQueueName } from "./run-state.js";
import { type SuccessorInput, startSuccessor } from "./start-run.js";
import type { RunStep, Step } from "./step.js";
import { abandonWorkflowTask } from "./workflow-task.js";

/** What the command that closes a run has in common. */
export interface ClosingCommand {
  readonly completedEventId: number;
  readonly userMetadata: UserMetadataInit | undefined;
}

export function completeRun(
  step: Step,
  attributes: CompleteWorkflowExecutionCommandAttributesInit,
  command: ClosingCommand,
): void {
  const { userMetadata } = command;
  const workflowTaskCompletedEventId = BigInt(command.completedEventId);
  const value = { result: attributes.result, workflowTaskCompletedEventId };
  step.record({ kind: "workflowExecutionCompletedEventAttributes", value }, { userMetadata });
  step.changeList();
}

/** Closes the run as failed; its retry policy may start it again. */
export function failRun(
  step: Step,
  attributes: FailWorkflowExecutionCommandAttributesInit,
  command: ClosingCommand,
): RunStep | undefined {
  const { userMetadata } = command;
  const retry = decideRunRetry(step, attributes.failure);
  const newExecutionRunId = retry.kind === "retry" ? step.environment.newId() : "";
  const value = {
    failure: attributes.failure,
    retryState: retry.kind === "retry" ? RetryState.IN_PROGRESS : retry.state,
    workflowTaskCompletedEventId: BigInt(command.completedEventId),
    newExecutionRunId,
  };
  step.record({ kind: "workflowExecutionFailedEventAttributes", value }, { userMetadata });
  step.changeList();
  return retrySuccessor(step, { retry, failure: attributes.failure, newExecutionRunId });
}

function decideRunRetry(step: Step, failure: FailureInit | undefined): RetryAnswer {
  return decideRetry({
    policy: step.draft.started.retryPolicy,
    attempt: step.draft.started.attempt ?? 1,
    failure,
    nowMs: step.nowMs,
    expiresAtMs: executionTimeoutAtMs(step.draft),
  });
}

function retrySuccessor(
  step: Step,
  retried: {
    readonly retry: RetryAnswer;
    readonly failure: FailureInit | undefined;
    readonly newExecutionRunId: string;
  },
): RunStep | undefined {
  if (retried.retry.kind !== "retry") return undefined;
  const { started } = step.draft;
  const attributes = {
    ...inheritedAttributes(step),
    workflowType: started.workflowType,
    input: started.input,
    workflowRunTimeout: started.workflowRunTimeout,
    workflowTaskTimeout: started.workflowTaskTimeout,
    retryPolicy: started.retryPolicy,
    header: started.header,
    memo: started.memo,
    searchAttributes: started.searchAttributes,
    continuedFailure: retried.failure,
    lastCompletionResult: started.lastCompletionResult,
    attempt: (started.attempt ?? 1) + 1,
  };
  return follow(step, retried.newExecutionRunId, {
    initiator: ContinueAsNewInitiator.RETRY,
    attributes,
    backoffMs: minimumBackoffMs(step, retried.retry.delayMs),
    resetPoints: undefined,
  });
}

/** What every run of a chain has from the one before. */
function inheritedAttributes(step: Step): WorkflowExecutionStartedEventAttributesInit {
  const { started } = step.draft;
  return {
    taskQueue: { name: taskQueueName(step.draft), kind: TaskQueueKind.NORMAL },
    workflowExecutionTimeout: started.workflowExecutionTimeout,
    workflowExecutionExpirationTime: started.workflowExecutionExpirationTime,
    firstExecutionRunId: started.firstExecutionRunId,
    continuedExecutionRunId: step.draft.runId,
    cronSchedule: started.cronSchedule,
    priority: started.priority,
    parentWorkflowExecution: started.parentWorkflowExecution,
    parentWorkflowNamespace: started.parentWorkflowNamespace,
    parentWorkflowNamespaceId: started.parentWorkflowNamespaceId,
    parentInitiatedEventId: started.parentInitiatedEventId,
    rootWorkflowExecution: started.rootWorkflowExecution,
    completionCallbacks: started.completionCallbacks,
  };
}

function follow(step: Step, runId: string, input: SuccessorInput): RunStep {
  const { namespaceId, workflowId } = step.draft;
  return startSuccessor({ namespaceId, workflowId, runId }, input, step.environment);
}

/** Lengthens a back-off so that runs of a chain don't follow each other in a tight loop. */
function minimumBackoffMs(step: Step, backoffMs: number): number {
  const bornAtMs = step.draft.startTimeMs + durationMs(step.draft.started.firstWorkflowTaskBackoff);
  const livedMs = step.nowMs - bornAtMs;
  const intervalMsMin = step.environment.limits.startIntervalMsMin;
  return livedMs + backoffMs < intervalMsMin ? intervalMsMin - livedMs : backoffMs;
}

/** Closes the run and starts the next of its chain as the workflow asks. */
export function continueRunAsNew(
  step: Step,
  attributes: ContinueAsNewWorkflowExecutionCommandAttributesInit,
  command: ClosingCommand,
): RunStep {
  const newExecutionRunId = step.environment.newId();
  const wanted = continuedAttributes(step, attributes);
  const initiator = attributes.initiator || ContinueAsNewInitiator.WORKFLOW;
  const backoffMs = minimumBackoffMs(step, durationMs(attributes.backoffStartInterval));
  const value = {
    newExecutionRunId,
    workflowType: wanted.workflowType,
    taskQueue: wanted.taskQueue,
    input: attributes.input,
    workflowRunTimeout: wanted.workflowRunTimeout,
    workflowTaskTimeout: wanted.workflowTaskTimeout,
    workflowTaskCompletedEventId: BigInt(command.completedEventId),
    backoffStartInterval: attributes.backoffStartInterval,
    initiator,
    failure: attributes.failure,
    lastCompletionResult: attributes.lastCompletionResult,
    header: attributes.header,
    memo: attributes.memo,
    searchAttributes: attributes.searchAttributes,
  };
  const { userMetadata } = command;
  step.record({ kind: "workflowExecutionContinuedAsNewEventAttributes", value }, { userMetadata });
  step.changeList();
  return follow(step, newExecutionRunId, {
    initiator,
    attributes: wanted,
    backoffMs,
    resetPoints: undefined,
  });
}

function continuedAttributes(
  step: Step,
  command: ContinueAsNewWorkflowExecutionCommandAttributesInit,
): WorkflowExecutionStartedEventAttributesInit {
  const { started } = step.draft;
  const typeName = command.workflowType?.name || started.workflowType?.name;
  const queueName = command.taskQueue?.name || taskQueueName(step.draft);
  const runTimeoutMs =
    durationMs(command.workflowRunTimeout) || durationMs(started.workflowRunTimeout);
  const executionTimeoutMs = durationMs(started.workflowExecutionTimeout);
  const isRetry = command.initiator === ContinueAsNewInitiator.RETRY;
  return {
    ...inheritedAttributes(step),
    workflowType: { name: typeName },
    taskQueue: { name: queueName, kind: TaskQueueKind.NORMAL },
    input: command.input,
    workflowRunTimeout: toDuration(capMs(runTimeoutMs, executionTimeoutMs)),
    workflowTaskTimeout: toDuration(
      durationMs(command.workflowTaskTimeout) || durationMs(started.workflowTaskTimeout),
    ),
    retryPolicy: command.retryPolicy,
    cronSchedule: command.cronSchedule,
    header: command.header,
    memo: command.memo,
    searchAttributes: command.searchAttributes,
    continuedFailure: command.failure,
    lastCompletionResult: command.lastCompletionResult,
    attempt: isRetry ? (started.attempt ?? 1) + 1 : 1,
  };
}

/** The shorter of two timeouts, of which 0 means none. */
function capMs(timeoutMs: number, limitMs: number): number {
  if (limitMs === 0) return timeoutMs;
  return timeoutMs === 0 ? limitMs : Math.min(timeoutMs, limitMs);
}

/** Closes the run because its time is over; its retry policy may start it again. */
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
  const expiresAtMs = timestampMs(step.draft.started.workflowExecutionExpirationTime);
  const isExecutionOver = expiresAtMs > 0 && expiresAtMs <= step.nowMs;
  const retry: RetryAnswer = isExecutionOver
    ? { kind: "stop", state: RetryState.TIMEOUT }
    : decideRunRetry(step, failure);
  const newExecutionRunId = retry.kind === "retry" ? step.environment.newId() : "";
  const retryState = retry.kind === "retry" ? RetryState.IN_PROGRESS : retry.state;
  const value = { retryState, newExecutionRunId };
  step.record({ kind: "workflowExecutionTimedOutEventAttributes", value });
  step.changeList();
  return retrySuccessor(step, { retry, failure, newExecutionRunId });
}
