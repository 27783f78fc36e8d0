import {
  canonicalSpec,
  checkDuration,
  checkRetryPolicy,
  SpecError,
  typedSearchAttributes,
  withRetryDefaults,
} from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import { Memo, Payloads } from "@perdure/proto/temporal/api/common/v1";
import { TaskQueueKind, WorkflowIdReusePolicy } from "@perdure/proto/temporal/api/enums/v1";
import type { Schedule, ScheduleInit } from "@perdure/proto/temporal/api/schedule/v1";
import type { NewWorkflowExecutionInfo } from "@perdure/proto/temporal/api/workflow/v1";
import type { ServedNamespace } from "../workflow-service/deps.js";
import { checkOverrideForm, checkPriority } from "../workflow-service/option-checks.js";
import { checkLength, readUserQueueName } from "../workflow-service/request-checks.js";
import type { ScheduleServiceDeps } from "./deps.js";

/** Schedules are workflows to the official server; limits count the prefix of their IDs. */
const SCHEDULE_ID_PREFIX = "temporal-sys-scheduler:";
/** Stands for the time that is appended to the IDs of a schedule's workflows. */
const TIME_SUFFIX = "-2009-11-10T23:00:00Z";
const NOTES_BYTES_MAX = 1000;

export function checkScheduleId(scheduleId: string, lengthMax: number): void {
  checkWorkflowIdLength(SCHEDULE_ID_PREFIX + scheduleId, lengthMax);
}

function checkWorkflowIdLength(workflowId: string, lengthMax: number): void {
  const length = Buffer.byteLength(workflowId);
  if (length <= lengthMax) return;
  throw new InvalidArgumentError(
    `WorkflowId exceeds maximum allowed length (${length}/${lengthMax})`,
  );
}

export function checkRequestIdLength(requestId: string, lengthMax: number): void {
  checkLength(requestId, lengthMax, "RequestId length exceeds limit.");
}

export function checkNotes(...notes: readonly string[]): void {
  if (notes.some((text) => Buffer.byteLength(text) > NOTES_BYTES_MAX)) {
    throw new InvalidArgumentError("Schedule notes exceeds limit.");
  }
}

/**
 * The schedule as it is kept: its specification in canonical form, its task queue of a kind.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function canonicalSchedule(
  schedule: Schedule | undefined,
  namespace: ServedNamespace,
  limits: ScheduleServiceDeps["limits"],
): ScheduleInit {
  try {
    const spec = canonicalSpec(schedule?.spec ?? {});
    const action = schedule?.action?.action;
    if (action?.kind !== "startWorkflow") return { ...schedule, spec };
    const taskQueue = { ...action.value.taskQueue, kind: TaskQueueKind.NORMAL };
    const { searchAttributes: given } = action.value;
    const searchAttributes = given && typedSearchAttributes(given, namespace.schema, limits);
    const value = { ...action.value, taskQueue, searchAttributes };
    return { ...schedule, spec, action: { action: { kind: "startWorkflow", value } } };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new InvalidArgumentError(`Invalid schedule spec: ${error.message}`);
  }
}

/**
 * Checks the workflow that a schedule starts.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkScheduledWorkflow(
  schedule: Schedule | undefined,
  limits: ScheduleServiceDeps["limits"],
): void {
  const action = schedule?.action?.action;
  if (action?.kind !== "startWorkflow") return;
  const workflow = action.value;
  const lengthMax = limits.idLengthMax;
  checkWorkflowIdLength(workflow.workflowId + TIME_SUFFIX, lengthMax);
  const typeName = workflow.workflowType?.name ?? "";
  if (typeName === "") throw new InvalidArgumentError("WorkflowType is not set on request.");
  checkLength(typeName, lengthMax, "WorkflowType length exceeds limit.");
  readUserQueueName(workflow.taskQueue, lengthMax);
  checkTimeouts(workflow);
  if (workflow.cronSchedule !== "") {
    throw new InvalidArgumentError("Scheduled workflow must not contain CronSchedule");
  }
  const reuse = workflow.workflowIdReusePolicy;
  const isReuseAllowed =
    reuse === WorkflowIdReusePolicy.UNSPECIFIED || reuse === WorkflowIdReusePolicy.ALLOW_DUPLICATE;
  if (!isReuseAllowed) {
    throw new InvalidArgumentError("Scheduled workflow must not contain WorkflowIDReusePolicy");
  }
  checkOverrideForm(workflow.versioningOverride, lengthMax);
  checkPriority(workflow.priority);
  if (workflow.retryPolicy !== undefined) {
    checkRetryPolicy(withRetryDefaults(workflow.retryPolicy, limits.defaultRetry));
  }
}

function checkTimeouts(workflow: NewWorkflowExecutionInfo): void {
  const invalid = (name: string): string => `An invalid ${name} is set on request. cause`;
  checkDuration(workflow.workflowExecutionTimeout, invalid("WorkflowExecutionTimeoutSeconds"));
  checkDuration(workflow.workflowRunTimeout, invalid("WorkflowRunTimeoutSeconds"));
  checkDuration(workflow.workflowTaskTimeout, invalid("WorkflowTaskTimeoutSeconds"));
}

/** Only workflows can be started, with a storable input. @throws {InvalidArgumentError} */
export function checkAction(
  request: { readonly schedule: Schedule | undefined; readonly memo: Memo | undefined },
  bytesMax: number,
): void {
  const action = request.schedule?.action?.action;
  if (action?.kind !== "startWorkflow") {
    throw new InvalidArgumentError("Only StartWorkflow action is supported for schedules");
  }
  const memoBytes = request.memo === undefined ? 0 : Memo.encode(request.memo).length;
  const { input } = action.value;
  const inputBytes = input === undefined ? 0 : Payloads.encode(input).length;
  if (memoBytes + inputBytes > bytesMax) {
    throw new InvalidArgumentError("Blob data size exceeds limit.");
  }
}
