import { InvalidArgumentError } from "@perdure/kernel";
import type { ScheduleActivityTaskCommandAttributesInit } from "@perdure/proto/temporal/api/command/v1";
import type { PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import { TaskQueueKind, WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import { durationMs, toDuration } from "../wire-time.js";
import { offerActivity } from "./activity.js";
import { BadCommandError } from "./bad-command-error.js";
import type { CommandContext } from "./commands.js";
import { isLargerThan } from "./payload-size.js";
import { checkQueue } from "./queue-name.js";
import { checkDuration, checkRetryPolicy, withRetryDefaults } from "./retry-policy.js";
import { activityOf, taskQueueName } from "./run-state.js";
import type { Step } from "./step.js";

const CAUSE = WorkflowTaskFailedCause.BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;

/**
 * Checks the size of a payload list.
 *
 * @throws {BadCommandError} Fatal: a payload that is too large will be too large again.
 */
export function checkPayloadSize(
  step: Step,
  payloads: PayloadsInit | undefined,
  failed: { readonly cause: WorkflowTaskFailedCause; readonly message: string },
): void {
  if (!isLargerThan(payloads, step.environment.limits.blobSizeMaxBytes)) return;
  throw new BadCommandError(failed.cause, failed.message, true);
}

/** Schedules an activity as the workflow asks. */
export function scheduleActivity(
  context: CommandContext,
  command: ScheduleActivityTaskCommandAttributesInit,
  userMetadata: UserMetadataInit | undefined,
): void {
  const { step } = context;
  const timeouts = checkActivity(step, command);
  checkPayloadSize(step, command.input, {
    cause: CAUSE,
    message: "ScheduleActivityTaskCommandAttributes.Input exceeds size limit.",
  });
  const activityId = command.activityId ?? "";
  checkPlace(step, activityId);
  const value = {
    activityId,
    activityType: command.activityType,
    taskQueue: {
      name: command.taskQueue?.name,
      kind: TaskQueueKind.NORMAL,
    },
    header: command.header,
    input: command.input,
    scheduleToCloseTimeout: timeouts.scheduleToCloseTimeout,
    scheduleToStartTimeout: timeouts.scheduleToStartTimeout,
    startToCloseTimeout: timeouts.startToCloseTimeout,
    heartbeatTimeout: timeouts.heartbeatTimeout,
    workflowTaskCompletedEventId: BigInt(context.completedEventId),
    retryPolicy: withRetryDefaults(command.retryPolicy ?? {}, step.environment.limits.defaultRetry),
    useWorkflowBuildId: command.useWorkflowBuildId,
    priority: command.priority,
  };
  const eventId = step.record(
    { kind: "activityTaskScheduledEventAttributes", value },
    { userMetadata },
  );
  const isEager = command.requestEagerExecution === true;
  if (isEager && step.environment.limits.areEagerActivitiesAllowed)
    context.eagerActivities.push(eventId);
  else offerActivity(step, activityOf(step.draft, eventId));
}

function checkPlace(step: Step, activityId: string): void {
  const { pendingActivitiesMax } = step.environment.limits;
  if (step.draft.activities.size >= pendingActivitiesMax) {
    throw new BadCommandError(
      WorkflowTaskFailedCause.PENDING_ACTIVITIES_LIMIT_EXCEEDED,
      `the number of pending activities, ${step.draft.activities.size}, has reached the per-workflow limit of ${pendingActivitiesMax}`,
    );
  }
  if (step.draft.activityIds.has(activityId)) {
    throw new BadCommandError(
      WorkflowTaskFailedCause.SCHEDULE_ACTIVITY_DUPLICATE_ID,
      `invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: ${activityId}`,
    );
  }
}

type Timeouts = Pick<
  ScheduleActivityTaskCommandAttributesInit,
  "scheduleToCloseTimeout" | "scheduleToStartTimeout" | "startToCloseTimeout" | "heartbeatTimeout"
>;

/**
 * Checks what a workflow or a user wants of an activity, and fills in the timeouts.
 *
 * @param runTimeoutMs - No timeout is longer; 0: any may be.
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkedTimeouts(
  step: Step,
  command: ScheduleActivityTaskCommandAttributesInit,
  runTimeoutMs: number,
): Timeouts {
  const { limits } = step.environment;
  checkQueue(command.taskQueue, {
    lengthMax: limits.idLengthMax,
    parentName: taskQueueName(step.draft),
  });
  checkNames(command, limits.idLengthMax);
  if ((command.priority?.priorityKey ?? 0) < 0) {
    throw new InvalidArgumentError("invalid priorities: priority key can't be negative");
  }
  checkRetryPolicy(withRetryDefaults(command.retryPolicy ?? {}, limits.defaultRetry));
  return fillTimeouts(command, runTimeoutMs);
}

function checkActivity(step: Step, command: ScheduleActivityTaskCommandAttributesInit): Timeouts {
  try {
    return checkedTimeouts(step, command, durationMs(step.draft.started.workflowRunTimeout));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new BadCommandError(CAUSE, error.message);
  }
}

function checkNames(command: ScheduleActivityTaskCommandAttributesInit, lengthMax: number): void {
  const activityId = command.activityId ?? "";
  const activityType = command.activityType?.name ?? "";
  if (activityId === "") throw new InvalidArgumentError("activityId is not set");
  if (activityType === "") throw new InvalidArgumentError("activityType is not set");
  if (activityId.length > lengthMax) {
    throw new InvalidArgumentError(
      `activityId exceeds length limit. Length=${activityId.length} Limit=${lengthMax}`,
    );
  }
  if (activityType.length > lengthMax) {
    throw new InvalidArgumentError(
      `activityType exceeds length limit. Length=${activityType.length} Limit=${lengthMax}`,
    );
  }
}

/**
 * Fills in the timeouts that are not set and caps all by the run timeout.
 *
 * Source: comments of `ScheduleActivityTaskCommandAttributes`, histories of the reference server.
 */
function fillTimeouts(
  command: ScheduleActivityTaskCommandAttributesInit,
  runTimeoutMs: number,
): Timeouts {
  checkDuration(command.scheduleToCloseTimeout, "invalid ScheduleToCloseTimeout");
  checkDuration(command.scheduleToStartTimeout, "invalid ScheduleToStartTimeout");
  checkDuration(command.startToCloseTimeout, "invalid StartToCloseTimeout");
  checkDuration(command.heartbeatTimeout, "invalid HeartbeatTimeout");
  let closeMs = durationMs(command.scheduleToCloseTimeout);
  let startMs = durationMs(command.scheduleToStartTimeout);
  let runMs = durationMs(command.startToCloseTimeout);
  if (closeMs > 0) {
    startMs = startMs > 0 ? Math.min(startMs, closeMs) : closeMs;
    runMs = runMs > 0 ? Math.min(runMs, closeMs) : closeMs;
  } else if (runMs > 0) {
    closeMs = runTimeoutMs;
    startMs = startMs > 0 ? startMs : runTimeoutMs;
  } else {
    throw new InvalidArgumentError(
      `a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=${command.activityId} ActivityType=${command.activityType?.name}`,
    );
  }
  const cap = (spanMs: number): number =>
    runTimeoutMs > 0 ? Math.min(spanMs, runTimeoutMs) : spanMs;
  const heartbeatMs = Math.min(cap(durationMs(command.heartbeatTimeout)), cap(runMs));
  return {
    scheduleToCloseTimeout: toDuration(cap(closeMs)),
    scheduleToStartTimeout: toDuration(cap(startMs)),
    startToCloseTimeout: toDuration(cap(runMs)),
    heartbeatTimeout: toDuration(heartbeatMs),
  };
}
