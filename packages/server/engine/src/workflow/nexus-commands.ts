import { InvalidArgumentError } from "@perdure/kernel";
import type {
  RequestCancelNexusOperationCommandAttributesInit,
  ScheduleNexusOperationCommandAttributesInit,
} from "@perdure/proto/temporal/api/command/v1";
import { Payload } from "@perdure/proto/temporal/api/common/v1";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import { durationMs, toDuration } from "../wire-time.js";
import { BadCommandError } from "./bad-command-error.js";
import type { CommandContext } from "./commands.js";
import { nexusOperationOf } from "./nexus-operation.js";
import { checkDuration } from "./retry-policy.js";
import type { Step } from "./step.js";

const SCHEDULE_CAUSE: WorkflowTaskFailedCause =
  WorkflowTaskFailedCause.BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES;
const CANCEL_CAUSE: WorkflowTaskFailedCause =
  WorkflowTaskFailedCause.BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES;

/** `component.nexusoperations.disallowedHeaders`: names that the server itself gives meaning to. */
const DISALLOWED_HEADERS: ReadonlySet<string> = new Set([
  "request-timeout",
  "xdc-redirection-api",
  "xdc-redirection-source-cell",
  "xdc-redirection",
  "caller-name",
  "caller-type",
  "call-initiation",
  "temporal-principal-type",
  "temporal-principal-name",
]);

type Schedule = ScheduleNexusOperationCommandAttributesInit;

/** Schedules a Nexus operation: it is started once the commit of this step is durable. */
export function scheduleNexusOperation(
  context: CommandContext,
  command: Schedule,
  userMetadata: UserMetadataInit | undefined,
): void {
  const { step, completedEventId } = context;
  const endpointId = endpointOf(step, command.endpoint ?? "");
  checkNames(step, command);
  checkTimeouts(command);
  checkInput(step, command);
  const nexusHeader = checkedHeader(step, command);
  checkPendingOperations(step);
  const value = {
    endpoint: command.endpoint,
    endpointId,
    service: command.service,
    operation: command.operation,
    input: command.input,
    ...trimmedTimeouts(step, command),
    nexusHeader,
    requestId: step.environment.newId(),
    workflowTaskCompletedEventId: BigInt(completedEventId),
  };
  step.record({ kind: "nexusOperationScheduledEventAttributes", value }, { userMetadata });
}

function endpointOf(step: Step, name: string): string {
  const endpointId = step.environment.nexusEndpoints?.idOf(name);
  if (endpointId !== undefined) return endpointId;
  throw new BadCommandError(SCHEDULE_CAUSE, `endpoint ${JSON.stringify(name)} not found`);
}

function checkNames(step: Step, { service = "", operation = "" }: Schedule): void {
  const { nexusNameLengthMax } = step.environment.limits;
  for (const [field, text] of [
    ["Service", service],
    ["Operation", operation],
  ] as const) {
    if (Buffer.byteLength(text) <= nexusNameLengthMax) continue;
    throw new BadCommandError(
      SCHEDULE_CAUSE,
      `ScheduleNexusOperationCommandAttributes.${field} exceeds length limit of ${nexusNameLengthMax}`,
    );
  }
}

function checkTimeouts(command: Schedule): void {
  for (const [field, duration] of [
    ["ScheduleToCloseTimeout", command.scheduleToCloseTimeout],
    ["ScheduleToStartTimeout", command.scheduleToStartTimeout],
    ["StartToCloseTimeout", command.startToCloseTimeout],
  ] as const) {
    const problem = `ScheduleNexusOperationCommandAttributes.${field} is invalid`;
    try {
      checkDuration(duration, problem);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new BadCommandError(SCHEDULE_CAUSE, error.message);
    }
  }
}

function checkInput(step: Step, { input }: Schedule): void {
  if (input === undefined) return;
  if (Payload.encode(input).length <= step.environment.limits.blobSizeMaxBytes) return;
  const message = "ScheduleNexusOperationCommandAttributes.Input exceeds size limit";
  throw new BadCommandError(SCHEDULE_CAUSE, message, true);
}

/** The header with its names in lower case. */
function checkedHeader(step: Step, { nexusHeader }: Schedule): ReadonlyMap<string, string> {
  const header = new Map<string, string>();
  let bytes = 0;
  for (const [name, value] of nexusHeader ?? []) {
    const lowerName = name.toLowerCase();
    header.set(lowerName, value);
    bytes += Buffer.byteLength(lowerName) + Buffer.byteLength(value);
    if (DISALLOWED_HEADERS.has(lowerName)) {
      throw new BadCommandError(
        SCHEDULE_CAUSE,
        `ScheduleNexusOperationCommandAttributes.NexusHeader contains a disallowed header key: ${JSON.stringify(name)}`,
      );
    }
  }
  if (bytes <= step.environment.limits.nexusHeaderBytesMax) return header;
  const message = "ScheduleNexusOperationCommandAttributes.NexusHeader exceeds size limit";
  throw new BadCommandError(SCHEDULE_CAUSE, message);
}

function checkPendingOperations(step: Step): void {
  const { nexusOperationsMax } = step.environment.limits;
  if (step.draft.uncommon.nexusOperations.size < nexusOperationsMax) return;
  throw new BadCommandError(
    WorkflowTaskFailedCause.PENDING_NEXUS_OPERATIONS_LIMIT_EXCEEDED,
    `workflow has reached the pending nexus operation limit of ${nexusOperationsMax} for this namespace`,
  );
}

/** An operation gets no more time than its run has, and its parts no more than the whole. */
function trimmedTimeouts(
  step: Step,
  command: Schedule,
): Pick<Schedule, "scheduleToCloseTimeout" | "scheduleToStartTimeout" | "startToCloseTimeout"> {
  const runMs = durationMs(step.draft.started.workflowRunTimeout);
  const wantedMs = durationMs(command.scheduleToCloseTimeout);
  const isTrimmed = runMs > 0 && (wantedMs === 0 || wantedMs > runMs);
  const scheduleToCloseTimeout = isTrimmed ? toDuration(runMs) : command.scheduleToCloseTimeout;
  const closeMs = durationMs(scheduleToCloseTimeout);
  const trim = (part: Schedule["scheduleToStartTimeout"]): typeof part =>
    closeMs > 0 && durationMs(part) > closeMs ? scheduleToCloseTimeout : part;
  return {
    scheduleToCloseTimeout,
    scheduleToStartTimeout: trim(command.scheduleToStartTimeout),
    startToCloseTimeout: trim(command.startToCloseTimeout),
  };
}

/** Asks for an operation's cancellation: its handler is told once the operation has started. */
export function requestCancelNexusOperation(
  context: CommandContext,
  command: RequestCancelNexusOperationCommandAttributesInit,
  userMetadata: UserMetadataInit | undefined,
): void {
  const { step, completedEventId } = context;
  const { scheduledEventId = 0n } = command;
  const operation = nexusOperationOf(step.draft, Number(scheduledEventId));
  if (operation === undefined && !hasBufferedEnd(step, scheduledEventId)) {
    throw new BadCommandError(
      CANCEL_CAUSE,
      `requested cancelation for a non-existing or already completed operation with scheduled event ID of ${scheduledEventId}`,
    );
  }
  if (operation?.progress.cancellation !== undefined) {
    throw new BadCommandError(
      CANCEL_CAUSE,
      `cancelation was already requested for an operation with scheduled event ID ${scheduledEventId}`,
    );
  }
  const value = { scheduledEventId, workflowTaskCompletedEventId: BigInt(completedEventId) };
  step.record({ kind: "nexusOperationCancelRequestedEventAttributes", value }, { userMetadata });
}

/** Whether the operation has just ended and the workflow does not know. */
function hasBufferedEnd(step: Step, scheduledEventId: bigint): boolean {
  return step.draft.buffered.some(({ attributes }) => {
    switch (attributes?.kind) {
      case "nexusOperationCompletedEventAttributes":
      case "nexusOperationFailedEventAttributes":
      case "nexusOperationCanceledEventAttributes":
      case "nexusOperationTimedOutEventAttributes":
        return attributes.value.scheduledEventId === scheduledEventId;
      default:
        return false;
    }
  });
}
