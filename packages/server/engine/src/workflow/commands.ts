import { InvalidArgumentError, InvariantError } from "@perdure/kernel";
import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { CommandType, WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { recordCanceled } from "./activity.js";
import { BadCommandError } from "./bad-command-error.js";
import { initiateChild } from "./child-commands.js";
import { type ClosingCommand, cancelRun, completeRun, failRun } from "./close.js";
import { commandKind, isClosingCommand, missingAttributes } from "./command-kinds.js";
import { continueRunAsNew } from "./continue-as-new.js";
import { initiateCancel, initiateSignal } from "./external-commands.js";
import { requestCancelNexusOperation, scheduleNexusOperation } from "./nexus-commands.js";
import { modifyProperties, upsertSearchAttributes } from "./properties.js";
import { checkDuration } from "./retry-policy.js";
import { checkPayloadSize, scheduleActivity } from "./schedule-activity.js";
import type { RunStep, Step } from "./step.js";
import { handleMessageCommand, type MessageList } from "./update-messages.js";
import { textPayloads } from "./workflow-task.js";

/** What the commands of one completion made, besides events. */
export interface CommandContext {
  readonly step: Step;
  readonly completedEventId: number;
  readonly identity: string;
  /** Activities that the worker wants to run at once, by the ID of their scheduled event. */
  readonly eagerActivities: number[];
  successor: RunStep | undefined;
  /** Whether news for the workflow came up by the commands themselves. */
  isTaskWanted: boolean;
  /** What the worker says about updates. */
  readonly messages: MessageList;
  /** Workflow IDs of children that these commands start. */
  initiatedChildren?: Set<string>;
}

/**
 * Carries out one command of a worker.
 *
 * @throws {BadCommandError} When it is illegal.
 */
export function handleCommand(context: CommandContext, command: CommandInit): void {
  const attributes = command.attributes;
  const type = command.commandType ?? CommandType.UNSPECIFIED;
  if (attributes === undefined || attributes.kind !== commandKind(type)) {
    throw missingAttributes(type);
  }
  if (isClosingCommand(type)) {
    handleClosing(context, command);
    return;
  }
  switch (attributes.kind) {
    case "scheduleActivityTaskCommandAttributes":
      return scheduleActivity(context, attributes.value, command.userMetadata);
    case "requestCancelActivityTaskCommandAttributes":
      return requestCancelActivity(context, Number(attributes.value.scheduledEventId ?? 0n));
    case "startTimerCommandAttributes":
      return startTimer(context, command);
    case "cancelTimerCommandAttributes":
      return cancelTimer(context, attributes.value.timerId ?? "");
    case "recordMarkerCommandAttributes":
      return recordMarker(context, command);
    case "upsertWorkflowSearchAttributesCommandAttributes":
    case "modifyWorkflowPropertiesCommandAttributes":
      return changeProperties(context, command);
    case "protocolMessageCommandAttributes":
      return handleMessageCommand(context, attributes.value.messageId ?? "");
    case "startChildWorkflowExecutionCommandAttributes":
      return initiateChild(context, attributes.value, command.userMetadata);
    case "signalExternalWorkflowExecutionCommandAttributes":
      return initiateSignal(context, attributes.value, command.userMetadata);
    case "requestCancelExternalWorkflowExecutionCommandAttributes":
      return initiateCancel(context, attributes.value, command.userMetadata);
    case "scheduleNexusOperationCommandAttributes":
      return scheduleNexusOperation(context, attributes.value, command.userMetadata);
    case "requestCancelNexusOperationCommandAttributes":
      return requestCancelNexusOperation(context, attributes.value, command.userMetadata);
    default:
      throw missingAttributes(type);
  }
}

function handleClosing(context: CommandContext, command: CommandInit): void {
  const { step, completedEventId } = context;
  if (!step.draft.buffered.isEmpty()) {
    throw new BadCommandError(WorkflowTaskFailedCause.UNHANDLED_COMMAND, "UnhandledCommand");
  }
  const closing: ClosingCommand = { completedEventId, userMetadata: command.userMetadata };
  const attributes = command.attributes;
  switch (attributes?.kind) {
    case "completeWorkflowExecutionCommandAttributes":
      checkPayloadSize(step, attributes.value.result, {
        cause: WorkflowTaskFailedCause.BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
        message: "CompleteWorkflowExecutionCommandAttributes.Result exceeds size limit.",
      });
      context.successor = completeRun(step, attributes.value, closing);
      return;
    case "failWorkflowExecutionCommandAttributes":
      if (attributes.value.failure === undefined) {
        const cause = WorkflowTaskFailedCause.BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES;
        throw new BadCommandError(cause, "Failure is not set on FailWorkflowExecutionCommand.");
      }
      context.successor = failRun(step, attributes.value, closing);
      return;
    case "cancelWorkflowExecutionCommandAttributes":
      return cancelRun(step, attributes.value, closing);
    case "continueAsNewWorkflowExecutionCommandAttributes":
      context.successor = continueRunAsNew(step, attributes.value, closing);
      return;
    default:
      throw new InvariantError("Only commands of CLOSING_COMMANDS close a run");
  }
}

function requestCancelActivity(context: CommandContext, scheduledEventId: number): void {
  const { step, completedEventId } = context;
  const cause = WorkflowTaskFailedCause.BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES;
  if (scheduledEventId <= 0) {
    throw new BadCommandError(
      cause,
      "ScheduledEventId is not set on RequestCancelActivityTaskCommand.",
    );
  }
  const activity = step.draft.activities.get(scheduledEventId);
  const isUnknown = activity === undefined && !hasBufferedEnd(step, scheduledEventId);
  if (isUnknown || activity?.progress.cancelRequested === true) {
    throw new BadCommandError(
      cause,
      `invalid history builder state for action: add-activitytask-cancel-requested-event, ScheduledEventID: ${scheduledEventId}`,
    );
  }
  const value = {
    scheduledEventId: BigInt(scheduledEventId),
    workflowTaskCompletedEventId: BigInt(completedEventId),
  };
  step.record({ kind: "activityTaskCancelRequestedEventAttributes", value });
  const requested = step.draft.activities.get(scheduledEventId);
  if (requested === undefined || requested.progress.startedAtMs !== 0) return;
  recordUnstartedCanceled(context, scheduledEventId);
}

/**
 * An activity that nobody runs is cancelled at once, and the workflow gets another task to learn
 * it.
 */
function recordUnstartedCanceled(context: CommandContext, scheduledEventId: number): void {
  const { step } = context;
  const activity = step.draft.activities.get(scheduledEventId);
  if (activity === undefined) return;
  const details = textPayloads("ACTIVITY_ID_NOT_STARTED");
  recordCanceled(step, activity, { details, identity: context.identity });
  context.isTaskWanted = true;
}

function hasBufferedEnd(step: Step, scheduledEventId: number): boolean {
  return step.draft.buffered.some((event) => {
    const attributes = event.attributes;
    if (attributes === undefined || !("scheduledEventId" in attributes.value)) return false;
    return Number(attributes.value.scheduledEventId ?? 0n) === scheduledEventId;
  });
}

function startTimer(context: CommandContext, command: CommandInit): void {
  const { step, completedEventId } = context;
  if (command.attributes?.kind !== "startTimerCommandAttributes") return;
  const { timerId = "", startToFireTimeout } = command.attributes.value;
  const cause = WorkflowTaskFailedCause.BAD_START_TIMER_ATTRIBUTES;
  checkId(step, { id: timerId, name: "TimerId", command: "StartTimerCommand", cause });
  try {
    checkDuration(startToFireTimeout, "An invalid StartToFireTimeout is set on StartTimerCommand");
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new BadCommandError(cause, `${error.message}. TimerId=${timerId}`);
  }
  if (step.draft.timers.has(timerId)) {
    throw new BadCommandError(
      WorkflowTaskFailedCause.START_TIMER_DUPLICATE_ID,
      `invalid history builder state for action: add-timer-started-event, TimerID: ${timerId}`,
    );
  }
  const value = {
    timerId,
    startToFireTimeout,
    workflowTaskCompletedEventId: BigInt(completedEventId),
  };
  const { userMetadata } = command;
  step.record({ kind: "timerStartedEventAttributes", value }, { userMetadata });
}

function checkId(
  step: Step,
  checked: {
    readonly id: string;
    readonly name: string;
    readonly command: string;
    readonly cause: WorkflowTaskFailedCause;
  },
): void {
  const { id, name, command, cause } = checked;
  if (id === "") throw new BadCommandError(cause, `${name} is not set on ${command}.`);
  const lengthMax = step.environment.limits.idLengthMax;
  if (id.length <= lengthMax) return;
  throw new BadCommandError(
    cause,
    `${name} on ${command} exceeds length limit. ${name}=${id} Length=${id.length} Limit=${lengthMax}`,
  );
}

function cancelTimer(context: CommandContext, timerId: string): void {
  const { step, completedEventId, identity } = context;
  const cause = WorkflowTaskFailedCause.BAD_CANCEL_TIMER_ATTRIBUTES;
  checkId(step, { id: timerId, name: "TimerId", command: "CancelTimerCommand", cause });
  const startedEventId =
    step.draft.timers.get(timerId)?.startedEventId ?? step.dropBufferedTimer(timerId);
  if (startedEventId === undefined) {
    throw new BadCommandError(
      cause,
      `invalid history builder state for action: add-timer-canceled-event, TimerID: ${timerId}`,
    );
  }
  const value = {
    timerId,
    startedEventId: BigInt(startedEventId),
    workflowTaskCompletedEventId: BigInt(completedEventId),
    identity,
  };
  step.record({ kind: "timerCanceledEventAttributes", value });
}

function recordMarker(context: CommandContext, command: CommandInit): void {
  const { step, completedEventId } = context;
  if (command.attributes?.kind !== "recordMarkerCommandAttributes") return;
  const { markerName = "", details, header, failure } = command.attributes.value;
  const cause = WorkflowTaskFailedCause.BAD_RECORD_MARKER_ATTRIBUTES;
  checkId(step, { id: markerName, name: "MarkerName", command: "RecordMarkerCommand", cause });
  for (const payloads of details?.values() ?? []) {
    checkPayloadSize(step, payloads, {
      cause,
      message: "RecordMarkerCommandAttributes.Details exceeds size limit.",
    });
  }
  const workflowTaskCompletedEventId = BigInt(completedEventId);
  const value = { markerName, details, header, failure, workflowTaskCompletedEventId };
  const { userMetadata } = command;
  step.record({ kind: "markerRecordedEventAttributes", value }, { userMetadata });
}

function changeProperties(context: CommandContext, command: CommandInit): void {
  const { step } = context;
  const completedEventId = BigInt(context.completedEventId);
  const attributes = command.attributes;
  if (attributes?.kind === "upsertWorkflowSearchAttributesCommandAttributes") {
    upsertSearchAttributes(step, attributes.value, completedEventId);
  }
  if (attributes?.kind === "modifyWorkflowPropertiesCommandAttributes") {
    modifyProperties(step, attributes.value, completedEventId);
  }
}
