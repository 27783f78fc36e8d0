import { InvalidArgumentError } from "@perdure/kernel";
import type { StartChildWorkflowExecutionCommandAttributesInit } from "@perdure/proto/temporal/api/command/v1";
import { Memo } from "@perdure/proto/temporal/api/common/v1";
import {
  ParentClosePolicy,
  TaskQueueKind,
  WorkflowIdReusePolicy,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import { durationMs, toDuration } from "../wire-time.js";
import { BadCommandError } from "./bad-command-error.js";
import { checkAttributesFit, checkedAttributes } from "./checked-attributes.js";
import type { CommandContext } from "./commands.js";
import { checkCronSchedule } from "./cron-schedule.js";
import { withoutUnsetMemo, withoutUnsetSearchAttributes } from "./payload-fields.js";
import { checkRetryPolicy, withRetryDefaults } from "./retry-policy.js";
import { taskQueueName } from "./run-state.js";
import { checkPayloadSize } from "./schedule-activity.js";
import type { Step } from "./step.js";
import { targetNamespace } from "./target-namespace.js";

type Command = StartChildWorkflowExecutionCommandAttributesInit;

const CAUSE = WorkflowTaskFailedCause.BAD_START_CHILD_EXECUTION_ATTRIBUTES;

/** Time that a worker has for a workflow task unless the command says otherwise. */
const WORKFLOW_TASK_TIMEOUT_MS = 10_000;
/** Longest time that a worker may have for a workflow task. */
const WORKFLOW_TASK_TIMEOUT_MS_MAX = 120_000;

/** Task queue names with this prefix are the server's own. */
const RESERVED_QUEUE_PREFIX = "/_sys/";
/** The server's own queue in every namespace, which users must not use. */
const SYSTEM_QUEUE = "temporal-sys-per-ns-tq";

/** Asks for a child: it is started once the commit of this step is durable. */
export function initiateChild(
  context: CommandContext,
  command: Command,
  userMetadata: UserMetadataInit | undefined,
): void {
  const { step } = context;
  const namespace = targetNamespace(step, command.namespace ?? "", CAUSE);
  const place = { ...command, namespace: namespace.name };
  checkNames(place, step.environment.limits.idLengthMax);
  const retryPolicy = checkPolicies(step, place);
  const taskQueue = { name: readQueue(step, place), kind: TaskQueueKind.NORMAL };
  checkSizes(step, command);
  const value = {
    namespace: namespace.name,
    namespaceId: namespace.id,
    workflowId: command.workflowId,
    workflowType: command.workflowType,
    taskQueue,
    input: command.input,
    ...fillTimeouts(command),
    parentClosePolicy: command.parentClosePolicy || ParentClosePolicy.TERMINATE,
    control: command.control,
    workflowTaskCompletedEventId: BigInt(context.completedEventId),
    workflowIdReusePolicy: command.workflowIdReusePolicy || WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    retryPolicy,
    cronSchedule: command.cronSchedule,
    header: command.header,
    memo: withoutUnsetMemo(command.memo),
    searchAttributes: checkAttributes(step, place),
    inheritBuildId: command.inheritBuildId,
    versioningOverride: command.versioningOverride,
    priority: command.priority,
  };
  const kind = "startChildWorkflowExecutionInitiatedEventAttributes";
  step.record({ kind, value }, { userMetadata });
  context.initiatedChildren ??= new Set();
  context.initiatedChildren.add(command.workflowId ?? "");
}

function checkNames(command: Command, lengthMax: number): void {
  const workflowId = command.workflowId ?? "";
  const type = command.workflowType?.name ?? "";
  const namespace = command.namespace ?? "";
  const place = `WorkflowType=${type} Namespace=${namespace}`;
  if (workflowId === "") {
    throw bad(
      `Required field WorkflowId is not set on StartChildWorkflowExecutionCommand. ${place}`,
    );
  }
  if (type === "") {
    throw bad(
      `Required field WorkflowType is not set on StartChildWorkflowExecutionCommand. WorkflowId=${workflowId} Namespace=${namespace}`,
    );
  }
  if (Buffer.byteLength(workflowId) > lengthMax) {
    throw bad(
      `WorkflowId on StartChildWorkflowExecutionCommand exceeds length limit. WorkflowId=${workflowId} Length=${Buffer.byteLength(workflowId)} Limit=${lengthMax} ${place}`,
    );
  }
  if (Buffer.byteLength(type) > lengthMax) {
    throw bad(
      `WorkflowType on StartChildWorkflowExecutionCommand exceeds length limit. WorkflowId=${workflowId} WorkflowType=${type} Length=${Buffer.byteLength(type)} Limit=${lengthMax} Namespace=${namespace}`,
    );
  }
}

function bad(message: string): BadCommandError {
  return new BadCommandError(CAUSE, message);
}

/** Runs a check and tells, where it fails, which command it was about. */
function checked<T>(command: Command, check: () => T, describe: (reason: string) => string): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw bad(`${describe(error.message)}. ${placeOf(command)}`);
  }
}

function placeOf(command: Command): string {
  const { workflowId, workflowType, namespace } = command;
  return `WorkflowId=${workflowId} WorkflowType=${workflowType?.name} Namespace=${namespace}`;
}

function checkPolicies(step: Step, command: Command): Command["retryPolicy"] {
  const timeouts = [
    "workflowExecutionTimeout",
    "workflowRunTimeout",
    "workflowTaskTimeout",
  ] as const;
  for (const name of timeouts) {
    if (durationMs(command[name]) >= 0) continue;
    const title = name.slice(0, 1).toUpperCase() + name.slice(1);
    throw bad(
      `Invalid ${title} on StartChildWorkflowExecutionCommand: negative duration. ${placeOf(command)}`,
    );
  }
  const { defaultRetry } = step.environment.limits;
  const retryPolicy = command.retryPolicy && withRetryDefaults(command.retryPolicy, defaultRetry);
  checked(
    command,
    () => retryPolicy && checkRetryPolicy(retryPolicy),
    (reason) => `invalid WorkflowRetryPolicy on StartChildWorkflowExecutionCommand: ${reason}`,
  );
  checked(
    command,
    () => checkCronSchedule(command.cronSchedule ?? "", step.nowMs),
    (reason) => `invalid CronSchedule on StartChildWorkflowExecutionCommand: ${reason}`,
  );
  return retryPolicy;
}

function checkAttributes(step: Step, command: Command): Command["searchAttributes"] {
  try {
    return withoutUnsetSearchAttributes(checkedAttributes(step, command.searchAttributes));
  } catch (error) {
    if (!(error instanceof BadCommandError)) throw error;
    const message = `invalid SearchAttributes on StartChildWorkflowCommand: ${error.message}`;
    throw new BadCommandError(error.failedCause, `${message}. ${placeOf(command)}`);
  }
}

function readQueue(step: Step, command: Command): string {
  const ownName = taskQueueName(step.draft);
  const name = command.taskQueue?.name || ownName;
  const reason = queueFault(name, ownName, step.environment.limits.idLengthMax);
  if (reason === undefined) return name;
  throw bad(
    `invalid TaskQueue on StartChildWorkflowExecutionCommand: ${reason}. ${placeOf(command)} TaskQueue=name:"${name}"  kind:TASK_QUEUE_KIND_NORMAL`,
  );
}

function queueFault(name: string, ownName: string, lengthMax: number): string | undefined {
  if (Buffer.byteLength(name) > lengthMax) return "taskQueue length exceeds limit";
  if (name.startsWith(RESERVED_QUEUE_PREFIX)) {
    return `task queue name cannot start with reserved prefix ${RESERVED_QUEUE_PREFIX}`;
  }
  if (name !== SYSTEM_QUEUE || ownName === SYSTEM_QUEUE) return undefined;
  return `cannot use internal per-namespace task queue:${name} (in parent component task queue: ${ownName})`;
}

function checkSizes(step: Step, command: Command): void {
  checkPayloadSize(step, command.input, {
    cause: CAUSE,
    message: "StartChildWorkflowExecutionCommandAttributes. Input exceeds size limit.",
  });
  const { memoSizeMaxBytes, pendingChildrenMax } = step.environment.limits;
  if (command.memo !== undefined && Memo.encode(command.memo).length > memoSizeMaxBytes) {
    const message = "StartChildWorkflowExecutionCommandAttributes.Memo exceeds size limit.";
    throw new BadCommandError(CAUSE, message, true);
  }
  checkAttributesFit(step, command.searchAttributes, CAUSE);
  const pendingCount = step.draft.peers.children.size;
  if (pendingCount < pendingChildrenMax) return;
  throw new BadCommandError(
    WorkflowTaskFailedCause.PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED,
    `the number of pending child workflow executions, ${pendingCount}, has reached the per-workflow limit of ${pendingChildrenMax}`,
  );
}

/** Fills in and caps the timeouts as those of a start request are. */
function fillTimeouts(
  command: Command,
): Pick<Command, "workflowExecutionTimeout" | "workflowRunTimeout" | "workflowTaskTimeout"> {
  const executionMs = durationMs(command.workflowExecutionTimeout);
  let runMs = durationMs(command.workflowRunTimeout);
  if (executionMs > 0) runMs = runMs === 0 ? executionMs : Math.min(runMs, executionMs);
  let taskMs = durationMs(command.workflowTaskTimeout) || WORKFLOW_TASK_TIMEOUT_MS;
  taskMs = Math.min(taskMs, WORKFLOW_TASK_TIMEOUT_MS_MAX);
  if (runMs > 0) taskMs = Math.min(taskMs, runMs);
  return {
    workflowExecutionTimeout: command.workflowExecutionTimeout,
    workflowRunTimeout: toDuration(runMs),
    workflowTaskTimeout: toDuration(taskMs),
  };
}
