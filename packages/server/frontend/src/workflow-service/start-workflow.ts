import {
  checkCronSchedule,
  checkDuration,
  checkRetryPolicy,
  durationMs,
  runTimeoutMs,
  type SignalInput,
  taskTimeoutMs,
  toDuration,
  withRetryDefaults,
} from "@perdure/engine";
import { InvalidArgumentError, uuidV7 } from "@perdure/kernel";
import type { DurationInit } from "@perdure/proto/google/protobuf";
import type { LinkInit } from "@perdure/proto/temporal/api/common/v1";
import { Memo } from "@perdure/proto/temporal/api/common/v1";
import {
  EventType,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import {
  type SignalWithStartWorkflowExecutionRequest,
  SignalWithStartWorkflowExecutionResponse,
  type StartWorkflowExecutionRequest,
  type StartWorkflowExecutionRequestInit,
  StartWorkflowExecutionResponse,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { encodeWithRaw } from "@perdure/proto/wire";
import { EncodedResponse } from "../grpc/encoded-response.js";
import type { WorkflowServiceDeps } from "./deps.js";
import {
  checkBlobSize,
  checkLength,
  readUserQueueName,
  resolveNamespace,
  withTypedAttributes,
} from "./request-checks.js";
import { signalLink } from "./signal-link.js";

/** Number of the field `eager_workflow_task` of `StartWorkflowExecutionResponse`. */
const EAGER_TASK_FIELD = 2;

/** `temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution` */
export async function startWorkflowExecution(
  request: StartWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const checked = withTypedAttributes(checkStart(request, deps), namespace);
  const reply = await deps.workflows.start({
    namespaceId: namespace.id,
    request: checked,
    isEager: request.requestEagerExecution,
  });
  const head = StartWorkflowExecutionResponse.encode({
    runId: reply.runId,
    started: reply.isStarted,
    status: reply.status,
    link: startLink(namespace.name, request.workflowId, reply.runId),
    firstExecutionRunId: reply.firstExecutionRunId,
  });
  if (reply.eagerTask === undefined) return new EncodedResponse(head);
  return new EncodedResponse(encodeWithRaw(head, EAGER_TASK_FIELD, [reply.eagerTask]));
}

/** A link to the event that started a run. */
export function startLink(namespace: string, workflowId: string, runId: string): LinkInit {
  const eventType = EventType.WORKFLOW_EXECUTION_STARTED;
  const reference = { kind: "eventRef", value: { eventId: 1n, eventType } } as const;
  return {
    variant: { kind: "workflowEvent", value: { namespace, workflowId, runId, reference } },
  };
}

/**
 * Checks a start request and fills in its defaults.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkStart(
  request: StartWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): StartWorkflowExecutionRequestInit {
  const lengthMax = deps.limits.idLengthMax;
  checkWorkflowId(request.workflowId, lengthMax);
  const retryPolicy = checkedRetryPolicy(request.retryPolicy, deps);
  checkSchedule(request, deps);
  const typeName = request.workflowType?.name ?? "";
  if (typeName === "") throw new InvalidArgumentError("WorkflowType is not set on request.");
  checkLength(typeName, lengthMax, "WorkflowType length exceeds limit.");
  readUserQueueName(request.taskQueue, lengthMax);
  const timeouts = checkTimeouts(request, deps.limits);
  checkLength(request.requestId, lengthMax, "RequestId length exceeds limit.");
  checkPolicies(request);
  if ((request.priority?.priorityKey ?? 0) < 0) {
    throw new InvalidArgumentError("priority key can't be negative");
  }
  checkSizes(request, deps);
  const requestId = request.requestId || randomRequestId(deps);
  return {
    ...request,
    requestId,
    ...(retryPolicy === undefined ? {} : { retryPolicy }),
    ...timeouts,
  };
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
  deps: WorkflowServiceDeps,
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

function checkSchedule(request: StartLike, deps: WorkflowServiceDeps): void {
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
  const { workflowExecutionTimeout, workflowRunTimeout, workflowTaskTimeout } = request;
  checkDuration(workflowExecutionTimeout, invalid("WorkflowExecutionTimeoutSeconds"));
  checkDuration(workflowRunTimeout, invalid("WorkflowRunTimeoutSeconds"));
  checkDuration(workflowTaskTimeout, invalid("WorkflowTaskTimeoutSeconds"));
  const runMs = runTimeoutMs(durationMs(workflowRunTimeout), durationMs(workflowExecutionTimeout));
  const taskMs = taskTimeoutMs(durationMs(workflowTaskTimeout), runMs, limits);
  return {
    workflowExecutionTimeout: request.workflowExecutionTimeout,
    workflowRunTimeout: overridden(request.workflowRunTimeout, runMs),
    workflowTaskTimeout: overridden(request.workflowTaskTimeout, taskMs),
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
  deps: WorkflowServiceDeps,
): void {
  checkBlobSize(request.input, deps.limits.blobSizeMaxBytes);
  if (request.memo === undefined) return;
  if (Memo.encode(request.memo).length > deps.limits.memoSizeMaxBytes) {
    throw new InvalidArgumentError("Blob data size exceeds limit.");
  }
}

/** `temporal.api.workflowservice.v1.WorkflowService/SignalWithStartWorkflowExecution` */
export async function signalWithStartWorkflowExecution(
  request: SignalWithStartWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const start = withTypedAttributes(checkSignalWithStart(request, deps), namespace);
  const signal: SignalInput = {
    signalName: request.signalName,
    input: request.signalInput,
    identity: request.identity,
    header: request.header,
    requestId: start.requestId ?? "",
    links: request.links,
    skipsBackoff: true,
  };
  const reply = await deps.workflows.signalWithStart({
    namespaceId: namespace.id,
    request: start,
    signal,
    isEager: false,
  });
  return new EncodedResponse(
    SignalWithStartWorkflowExecutionResponse.encode({
      runId: reply.runId,
      started: reply.isStarted,
      signalLink: signalLink(
        { workflowId: request.workflowId, runId: reply.runId },
        namespace.name,
        start.requestId ?? "",
      ),
      firstExecutionRunId: reply.firstExecutionRunId,
    }),
  );
}

function checkSignalWithStart(
  request: SignalWithStartWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): StartWorkflowExecutionRequestInit {
  const lengthMax = deps.limits.idLengthMax;
  checkWorkflowId(request.workflowId, lengthMax);
  if (request.signalName === "") throw new InvalidArgumentError("signal not set");
  checkNameLength("signal name", request.signalName, lengthMax);
  const typeName = request.workflowType?.name ?? "";
  if (typeName === "") throw new InvalidArgumentError("workflow type not set");
  checkNameLength("workflow type name", typeName, lengthMax);
  readUserQueueName(request.taskQueue, lengthMax);
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
  checkSizes(request, deps);
  checkBlobSize(request.signalInput, deps.limits.blobSizeMaxBytes);
  const { signalName: _name, signalInput: _input, control: _control, ...start } = request;
  const requestId = request.requestId || randomRequestId(deps);
  return {
    ...start,
    requestId,
    ...(retryPolicy === undefined ? {} : { retryPolicy }),
    ...timeouts,
  };
}

function checkNameLength(what: string, text: string, lengthMax: number): void {
  if (text.length <= lengthMax) return;
  throw new InvalidArgumentError(
    `${what} exceeds maximum allowed length (${text.length}/${lengthMax})`,
  );
}

/** Callers that repeat requests give IDs of their own; one is made up for the others. */
function randomRequestId(deps: WorkflowServiceDeps): string {
  return uuidV7(deps.clock.nowMs(), deps.random);
}
