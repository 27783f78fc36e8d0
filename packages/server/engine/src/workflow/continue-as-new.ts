import { InvalidArgumentError } from "@perdure/kernel";
import type { ContinueAsNewWorkflowExecutionCommandAttributesInit } from "@perdure/proto/temporal/api/command/v1";
import {
  Memo,
  type MemoInit,
  type SearchAttributesInit,
} from "@perdure/proto/temporal/api/common/v1";
import {
  ContinueAsNewInitiator,
  ContinueAsNewVersioningBehavior,
  TaskQueueKind,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import type { WorkflowExecutionContinuedAsNewEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import { durationMs, toDuration } from "../wire-time.js";
import { BadCommandError } from "./bad-command-error.js";
import { checkAttributesFit } from "./checked-attributes.js";
import type { ClosingCommand } from "./close.js";
import { type InheritedVersion, versionOfContinued } from "./inherited-version.js";
import { withoutUnsetMemo, withoutUnsetSearchAttributes } from "./payload-fields.js";
import { checkDurationSign, checkRetryPolicy, withRetryDefaults } from "./retry-policy.js";
import { callbacksOf, followRun, inheritedAttributes } from "./run-chain.js";
import { taskQueueName } from "./run-state.js";
import { checkPayloadSize } from "./schedule-activity.js";
import { checkAttributeNames, typedSearchAttributes } from "./search-attributes.js";
import type { RunStep, Step } from "./step.js";
import { checkUserQueueName, taskQueueText } from "./task-queue-name.js";
import { runTimeoutMs, taskTimeoutMs } from "./workflow-timeouts.js";

const CAUSE: WorkflowTaskFailedCause = WorkflowTaskFailedCause.BAD_CONTINUE_AS_NEW_ATTRIBUTES;

type Command = ContinueAsNewWorkflowExecutionCommandAttributesInit;

/** A command of which everything is known that the next run needs. */
interface Continuation {
  readonly typeName: string;
  readonly queueName: string;
  readonly runTimeout: Command["workflowRunTimeout"];
  readonly taskTimeout: Command["workflowTaskTimeout"];
  readonly retryPolicy: Command["retryPolicy"];
  readonly memo: MemoInit | undefined;
  readonly searchAttributes: SearchAttributesInit | undefined;
}

/**
 * Closes the run and starts the next of its chain as the workflow asks.
 *
 * @throws {BadCommandError} The command is illegal.
 */
export function continueRunAsNew(step: Step, command: Command, closing: ClosingCommand): RunStep {
  const continuation = checkContinuation(step, command);
  const newExecutionRunId = step.environment.newId();
  const shared = {
    workflowType: { name: continuation.typeName },
    taskQueue: { name: continuation.queueName, kind: TaskQueueKind.NORMAL },
    input: command.input,
    workflowRunTimeout: continuation.runTimeout,
    workflowTaskTimeout: continuation.taskTimeout,
    header: command.header,
    memo: continuation.memo,
    searchAttributes: continuation.searchAttributes,
    lastCompletionResult: command.lastCompletionResult,
  };
  const value = {
    ...shared,
    newExecutionRunId,
    workflowTaskCompletedEventId: BigInt(closing.completedEventId),
    backoffStartInterval: command.backoffStartInterval,
    initiator: command.initiator,
    failure: command.failure,
  };
  recordContinued(step, value, closing);
  const initiator = command.initiator || ContinueAsNewInitiator.WORKFLOW;
  return followRun(step, {
    runId: newExecutionRunId,
    initiator,
    backoff: command.backoffStartInterval,
    attributes: {
      ...inheritedAttributes(step.draft),
      ...shared,
      ...inheritedVersion(step, command, continuation.queueName),
      retryPolicy: continuation.retryPolicy,
      cronSchedule: command.cronSchedule,
      continuedFailure: command.failure,
      completionCallbacks: callbacksOf(step.draft),
      attempt: nextAttempt(step, initiator),
    },
  });
}

function nextAttempt(step: Step, initiator: ContinueAsNewInitiator): number {
  const isRetry = initiator === ContinueAsNewInitiator.RETRY;
  return isRetry ? (step.draft.started.attempt ?? 1) + 1 : 1;
}

function inheritedVersion(step: Step, command: Command, queueName: string): InheritedVersion {
  const { UNSPECIFIED } = ContinueAsNewVersioningBehavior;
  return versionOfContinued(step.draft, {
    queueName,
    initialBehavior: command.initialVersioningBehavior ?? UNSPECIFIED,
    isQueueOfVersion: step.environment.isQueueOfVersion ?? noQueue,
  });
}

function noQueue(): boolean {
  return false;
}

function recordContinued(
  step: Step,
  value: WorkflowExecutionContinuedAsNewEventAttributesInit,
  closing: ClosingCommand,
): void {
  const { userMetadata } = closing;
  step.record({ kind: "workflowExecutionContinuedAsNewEventAttributes", value }, { userMetadata });
  step.changeList();
}

function checkContinuation(step: Step, command: Command): Continuation {
  const { limits } = step.environment;
  const { started } = step.draft;
  const typeName = command.workflowType?.name || started.workflowType?.name || "";
  if (typeName.length > limits.idLengthMax) {
    throw new BadCommandError(
      CAUSE,
      `WorkflowType on ContinueAsNewWorkflowExecutionCommand exceeds length limit. WorkflowType=${typeName} Length=${typeName.length} Limit=${limits.idLengthMax}`,
    );
  }
  const queueName = command.taskQueue?.name || taskQueueName(step.draft);
  const place = `WorkflowType=${typeName} TaskQueue=${taskQueueText(queueName)}`;
  checkQueue(step, queueName, place);
  checkTimeouts(command, place);
  const runMs = runTimeoutMs(
    durationMs(command.workflowRunTimeout) || durationMs(started.workflowRunTimeout),
    durationMs(started.workflowExecutionTimeout),
  );
  const taskMs = durationMs(command.workflowTaskTimeout) || durationMs(started.workflowTaskTimeout);
  const retryPolicy = filledRetryPolicy(step, command, place);
  const searchAttributes = checkedSearchAttributes(step, command, place);
  const memo = checkedMemo(step, command);
  checkAttributesFit(step, searchAttributes, CAUSE);
  return {
    typeName,
    queueName,
    runTimeout: toDuration(runMs),
    taskTimeout: toDuration(taskTimeoutMs(taskMs, runMs, limits)),
    retryPolicy,
    memo,
    searchAttributes,
  };
}

function checkedMemo(step: Step, command: Command): MemoInit | undefined {
  const { limits } = step.environment;
  const { memo } = command;
  checkPayloadSize(step, command.input, {
    cause: CAUSE,
    message: "ContinueAsNewWorkflowExecutionCommandAttributes. Input exceeds size limit.",
  });
  if (memo !== undefined && Memo.encode(memo).length > limits.memoSizeMaxBytes) {
    const message = "ContinueAsNewWorkflowExecutionCommandAttributes. Memo exceeds size limit.";
    throw new BadCommandError(CAUSE, message, true);
  }
  return withoutUnsetMemo(memo);
}

function checkedSearchAttributes(
  step: Step,
  command: Command,
  place: string,
): SearchAttributesInit | undefined {
  const { searchAttributes } = command;
  const { limits, rules } = step.environment;
  const schema = rules?.attributeSchemaOf(step.draft.namespaceId);
  if (searchAttributes === undefined || schema === undefined) return searchAttributes;
  const cause = WorkflowTaskFailedCause.BAD_SEARCH_ATTRIBUTES;
  illegalWhen(
    () => checkAttributeNames(searchAttributes, schema),
    (message) => message,
    cause,
  );
  const typed = illegalWhen(
    () => typedSearchAttributes(searchAttributes, schema, limits),
    (message) =>
      `invalid SearchAttributes on ContinueAsNewWorkflowExecutionCommand: ${message}. ${place}`,
    cause,
  );
  return withoutUnsetSearchAttributes(typed);
}

function checkQueue(step: Step, queueName: string, place: string): void {
  const { idLengthMax } = step.environment.limits;
  const parentQueueName = taskQueueName(step.draft);
  illegalWhen(
    () => checkUserQueueName(queueName, { idLengthMax, parentQueueName }),
    (message) =>
      `error validating ContinueAsNewWorkflowExecutionCommand TaskQueue: ${message}. ${place}`,
  );
}

function checkTimeouts(command: Command, place: string): void {
  const durations = [
    ["WorkflowRunTimeout", command.workflowRunTimeout],
    ["WorkflowTaskTimeout", command.workflowTaskTimeout],
    ["BackoffStartInterval", command.backoffStartInterval],
  ] as const;
  for (const [name, duration] of durations) {
    illegalWhen(
      () => checkDurationSign(duration),
      (message) => `Invalid ${name} on ContinueAsNewWorkflowExecutionCommand: ${message}. ${place}`,
    );
  }
}

function filledRetryPolicy(step: Step, command: Command, place: string): Command["retryPolicy"] {
  if (command.retryPolicy === undefined) return undefined;
  const filled = withRetryDefaults(command.retryPolicy, step.environment.limits.defaultRetry);
  illegalWhen(
    () => checkRetryPolicy(filled),
    (message) =>
      `invalid WorkflowRetryPolicy on ContinueAsNewWorkflowExecutionCommand: ${message}. ${place}`,
  );
  return filled;
}

/** Turns what a check says into the refusal of the command. */
function illegalWhen<T>(check: () => T, message: (reason: string) => string, cause = CAUSE): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new BadCommandError(cause, message(error.message));
  }
}
