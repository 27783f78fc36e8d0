import {
  capDuration,
  checkAttributeSizes,
  checkCronSchedule,
  checkDuration,
  checkRetryPolicy,
  durationMs,
  runTimeoutMs,
  taskTimeoutMs,
  toDuration,
  typedSearchAttributes,
  withRetryDefaults,
} from "@perdure/engine";
import { InvalidArgumentError, uuidV7 } from "@perdure/kernel";
import { TaskKind } from "@perdure/persistence";
import type { DurationInit } from "@perdure/proto/google/protobuf";
import { Memo } from "@perdure/proto/temporal/api/common/v1";
import {
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  SignalWithStartWorkflowExecutionRequest,
  StartWorkflowExecutionRequest,
  StartWorkflowExecutionRequestInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { checkCallbacks } from "./callback-checks.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkLinks, withoutCallbackLinks } from "./link-checks.js";
import { checkConflictOptions, checkPriority, checkVersioningOverride } from "./option-checks.js";
import { checkBlobSize, checkLength, readUserQueueName } from "./request-checks.js";

/** What checks of starts need. */
export type StartCheckDeps = Pick<
  WorkflowServiceDeps,
  "limits" | "namespaces" | "clock" | "random" | "callbackAddresses" | "deployments"
>;

/**
 * Checks a start request and fills in its defaults.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkStart(
  request: StartWorkflowExecutionRequest,
  deps: StartCheckDeps,
): StartWorkflowExecutionRequestInit {
  const lengthMax = deps.limits.idLengthMax;
  checkWorkflowId(request.workflowId, lengthMax);
  const retryPolicy = checkedRetryPolicy(request.retryPolicy, deps);
  checkSchedule(request, deps);
  const typeName = request.workflowType?.name ?? "";
  if (typeName === "") throw new InvalidArgumentError("WorkflowType is not set on request.");
  checkLength(typeName, lengthMax, "WorkflowType length exceeds limit.");
  const queueName = readUserQueueName(request.taskQueue, lengthMax);
  const timeouts = checkTimeouts(request, deps.limits);
  checkLength(request.requestId, lengthMax, "RequestId length exceeds limit.");
  checkPolicies(request);
  checkConflictOptions(request.onConflictOptions);
  const searchAttributes = checkedSearchAttributes(request, deps);
  checkPriority(request.priority);
  const completionCallbacks = checkCallbacks(request.completionCallbacks, deps);
  checkLinks(request.links, completionCallbacks, deps.limits);
  checkSizes(request, deps);
  const versioningOverride = checkedOverride(request, queueName, deps);
  return {
    ...request,
    requestId: request.requestId || randomRequestId(deps),
    retryPolicy,
    workflowExecutionTimeout: timeouts.workflowExecutionTimeout,
    workflowRunTimeout: timeouts.workflowRunTimeout,
    workflowTaskTimeout: timeouts.workflowTaskTimeout,
    searchAttributes,
    completionCallbacks,
    links: withoutCallbackLinks(request.links, completionCallbacks),
    versioningOverride,
  };
}

/** Checks the search attributes of a request and gives each its type. */
function checkedSearchAttributes(
  request: Pick<StartWorkflowExecutionRequest, "namespace" | "searchAttributes">,
  deps: StartCheckDeps,
): StartWorkflowExecutionRequestInit["searchAttributes"] {
  const { searchAttributes } = request;
  if ((searchAttributes?.indexedFields.size ?? 0) === 0) return searchAttributes;
  const namespace = deps.namespaces.resolve(request.namespace);
  const typed = typedSearchAttributes(searchAttributes ?? {}, namespace.schema, deps.limits);
  if (searchAttributes !== undefined) checkAttributeSizes(searchAttributes, deps.limits);
  return typed;
}

function checkWorkflowId(workflowId: string, lengthMax: number): void {
  if (workflowId === "") throw new InvalidArgumentError("WorkflowId is not set on request.");
  const length = Buffer.byteLength(workflowId);
  if (length > lengthMax) {
    throw new InvalidArgumentError(
      `WorkflowId exceeds maximum allowed length (${length}/${lengthMax})`,
    );
  }
}

function checkedRetryPolicy(
  policy: StartWorkflowExecutionRequest["retryPolicy"],
  deps: StartCheckDeps,
): StartWorkflowExecutionRequestInit["retryPolicy"] {
  if (policy === undefined) return undefined;
  const filled = withRetryDefaults(policy, deps.limits.defaultRetry);
  checkRetryPolicy(filled);
  return filled;
}

type StartLike = Pick<
  StartWorkflowExecutionRequest,
  | "cronSchedule"
  | "workflowStartDelay"
  | "workflowExecutionTimeout"
  | "workflowRunTimeout"
  | "workflowTaskTimeout"
  | "workflowIdReusePolicy"
  | "workflowIdConflictPolicy"
>;

function checkSchedule(request: StartLike, deps: StartCheckDeps): void {
  if (request.cronSchedule !== "" && request.workflowStartDelay !== undefined) {
    throw new InvalidArgumentError("CronSchedule and WorkflowStartDelay may not be used together.");
  }
  checkDuration(
    request.workflowStartDelay,
    "An invalid WorkflowStartDelaySeconds is set on request. cause",
  );
  checkCronSchedule(request.cronSchedule, deps.clock.nowMs());
}

type Timeouts = Pick<
  StartWorkflowExecutionRequestInit,
  "workflowExecutionTimeout" | "workflowRunTimeout" | "workflowTaskTimeout"
>;

/** Checks the timeouts and caps them; one that stays as it is given also stays absent if it is. */
function checkTimeouts(request: StartLike, limits: WorkflowServiceDeps["limits"]): Timeouts {
  const invalid = (name: string): string => `An invalid ${name} is set on request. cause`;
  const workflowExecutionTimeout = capDuration(request.workflowExecutionTimeout);
  const workflowRunTimeout = capDuration(request.workflowRunTimeout);
  const workflowTaskTimeout = capDuration(request.workflowTaskTimeout);
  checkDuration(workflowExecutionTimeout, invalid("WorkflowExecutionTimeoutSeconds"));
  checkDuration(workflowRunTimeout, invalid("WorkflowRunTimeoutSeconds"));
  checkDuration(workflowTaskTimeout, invalid("WorkflowTaskTimeoutSeconds"));
  const runMs = runTimeoutMs(durationMs(workflowRunTimeout), durationMs(workflowExecutionTimeout));
  const taskMs = taskTimeoutMs(durationMs(workflowTaskTimeout), runMs, limits);
  return {
    workflowExecutionTimeout,
    workflowRunTimeout: overridden(workflowRunTimeout, runMs),
    workflowTaskTimeout: overridden(workflowTaskTimeout, taskMs),
  };
}

/** The duration as it was given, unless another one is used. */
function overridden(given: DurationInit | undefined, usedMs: number): DurationInit | undefined {
  return durationMs(given) === usedMs ? given : toDuration(usedMs);
}

function checkPolicies(request: StartLike): void {
  const { workflowIdReusePolicy: reuse, workflowIdConflictPolicy: conflict } = request;
  const isTerminating = reuse === WorkflowIdReusePolicy.TERMINATE_IF_RUNNING;
  if (isTerminating && conflict !== WorkflowIdConflictPolicy.UNSPECIFIED) {
    throw new InvalidArgumentError(
      "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy",
    );
  }
  const isRejecting = reuse === WorkflowIdReusePolicy.REJECT_DUPLICATE;
  if (isRejecting && conflict === WorkflowIdConflictPolicy.TERMINATE_EXISTING) {
    throw new InvalidArgumentError(
      "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING",
    );
  }
}

function checkSizes(
  request: Pick<StartWorkflowExecutionRequest, "input" | "memo">,
  deps: StartCheckDeps,
): void {
  checkBlobSize(request.input, deps.limits.blobSizeMaxBytes);
  if (request.memo === undefined) return;
  if (Memo.encode(request.memo).length > deps.limits.memoSizeMaxBytes) {
    throw new InvalidArgumentError("Memo size exceeds limit.");
  }
}

/**
 * Checks a request to start a workflow with a signal and makes the start of it.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkSignalWithStart(
  request: SignalWithStartWorkflowExecutionRequest,
  deps: StartCheckDeps,
): StartWorkflowExecutionRequestInit {
  const lengthMax = deps.limits.idLengthMax;
  checkWorkflowId(request.workflowId, lengthMax);
  if (request.signalName === "") throw new InvalidArgumentError("signal not set");
  checkNameLength("signal name", request.signalName, lengthMax);
  const typeName = request.workflowType?.name ?? "";
  if (typeName === "") throw new InvalidArgumentError("workflow type not set");
  checkNameLength("workflow type name", typeName, lengthMax);
  const queueName = readUserQueueName(request.taskQueue, lengthMax);
  checkNameLength("Request ID", request.requestId, lengthMax);
  const timeouts = checkTimeouts(request, deps.limits);
  const retryPolicy = checkedRetryPolicy(request.retryPolicy, deps);
  checkSchedule(request, deps);
  checkPolicies(request);
  if (request.workflowIdConflictPolicy === WorkflowIdConflictPolicy.FAIL) {
    throw new InvalidArgumentError(
      "Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.",
    );
  }
  const searchAttributes = checkedSearchAttributes(request, deps);
  checkPriority(request.priority);
  checkLinks(request.links, [], deps.limits);
  checkSizes(request, deps);
  checkBlobSize(request.signalInput, deps.limits.blobSizeMaxBytes);
  const versioningOverride = checkedOverride(request, queueName, deps);
  const { signalName: _name, signalInput: _input, control: _control, ...start } = request;
  return {
    ...start,
    requestId: request.requestId || randomRequestId(deps),
    ...(retryPolicy === undefined ? {} : { retryPolicy }),
    ...timeouts,
    searchAttributes,
    versioningOverride,
  };
}

function checkNameLength(what: string, text: string, lengthMax: number): void {
  if (text.length <= lengthMax) return;
  throw new InvalidArgumentError(
    `${what} exceeds maximum allowed length (${text.length}/${lengthMax})`,
  );
}

/** Callers that repeat requests give IDs of their own; one is made up for the others. */
function checkedOverride(
  request: Pick<StartWorkflowExecutionRequest, "namespace" | "versioningOverride">,
  name: string,
  deps: StartCheckDeps,
): StartWorkflowExecutionRequestInit["versioningOverride"] {
  if (request.versioningOverride === undefined) return undefined;
  const namespaceId = deps.namespaces.resolve(request.namespace).id;
  const queue = { namespaceId, name, taskKind: TaskKind.WORKFLOW };
  const { deployments } = deps;
  return checkVersioningOverride(request.versioningOverride, { queue, deployments });
}

function randomRequestId(deps: StartCheckDeps): string {
  return uuidV7(deps.clock.nowMs(), deps.random);
}
