import { InvalidArgumentError } from "@perdure/kernel";
import { TaskKind } from "@perdure/persistence";
import type { TaskToken } from "@perdure/proto/perdure/internal/v1";
import type { WorkerVersionCapabilities } from "@perdure/proto/temporal/api/common/v1";
import type { WorkerDeploymentOptions } from "@perdure/proto/temporal/api/deployment/v1";
import { QueryResultType, TaskQueueKind } from "@perdure/proto/temporal/api/enums/v1";
import {
  type PollActivityTaskQueueRequest,
  PollActivityTaskQueueResponse,
  type PollWorkflowTaskQueueRequest,
  type RespondQueryTaskCompletedRequest,
  type RespondWorkflowTaskCompletedRequest,
  type RespondWorkflowTaskFailedRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { decodeQueryToken, decodeTaskToken } from "@perdure/runtime";
import type { CallContext } from "../grpc/call-context.js";
import { EncodedResponse } from "../grpc/encoded-response.js";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import { isTooLarge, takenFailure } from "./answer-limits.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkLength, readQueueName } from "./request-checks.js";
import { checkWorkerClaim, placeOfWorker } from "./worker-version.js";

/** How long a poll waits when the caller has more time than that. */
const POLL_WAIT_MS_MAX = 60_000;
/** Time left for the answer of a poll to reach the caller before its deadline. */
const POLL_TAIL_MS = 1_000;
/** A poll that has less time than this is refused: it could only fail. */
const POLL_WAIT_MS_MIN = 2_000;

/** How long a waiting call may wait, milliseconds. */
export function pollWaitMs(call: CallContext, deps: WorkflowServiceDeps, name: string): number {
  if (call.deadlineMs === undefined) {
    throw new InvalidArgumentError(`Context timeout is not set. ${name} needs a deadline.`);
  }
  const leftMs = call.deadlineMs - deps.clock.nowMs();
  if (leftMs < POLL_WAIT_MS_MIN) {
    throw new InvalidArgumentError(`Context timeout is too short. ${name} needs at least 2 s.`);
  }
  return Math.min(leftMs - POLL_TAIL_MS, POLL_WAIT_MS_MAX);
}

function buildIdOf(
  capabilities: WorkerVersionCapabilities | undefined,
  options: WorkerDeploymentOptions | undefined,
): string {
  return options?.buildId || (capabilities?.buildId ?? "");
}

const NO_TASK = new EncodedResponse(new Uint8Array(0));

/** `temporal.api.workflowservice.v1.WorkflowService/PollWorkflowTaskQueue` */
export async function pollWorkflowTaskQueue(
  request: PollWorkflowTaskQueueRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const lengthMax = deps.limits.idLengthMax;
  checkLength(request.identity, lengthMax, "Identity length exceeds limit.");
  const { taskQueue, deploymentOptions, workerVersionCapabilities: capabilities } = request;
  checkWorkerClaim({ capabilities, options: deploymentOptions, queue: taskQueue }, deps);
  const name = readQueueName(taskQueue, lengthMax);
  const named = { namespaceId: namespace.id, name, taskKind: TaskKind.WORKFLOW };
  const isSticky = taskQueue?.kind === TaskQueueKind.STICKY;
  const timeoutMs = pollWaitMs(call, deps, "PollWorkflowTaskQueue");
  const place = placeOfWorker(deploymentOptions, { queue: named, isSticky }, deps);
  const { queue, version } = place instanceof Promise ? await place : place;
  const { identity } = request;
  const info = { identity, buildId: buildIdOf(capabilities, deploymentOptions), version };
  const dispatch = await deps.poll({ queue, info, signal: call.signal, timeoutMs });
  return dispatch === undefined ? NO_TASK : new EncodedResponse(dispatch.response);
}

/** `temporal.api.workflowservice.v1.WorkflowService/PollActivityTaskQueue` */
export async function pollActivityTaskQueue(
  request: PollActivityTaskQueueRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const lengthMax = deps.limits.idLengthMax;
  checkLength(request.identity, lengthMax, "Identity length exceeds limit.");
  const { taskQueue, deploymentOptions, workerVersionCapabilities: capabilities } = request;
  checkWorkerClaim({ capabilities, options: deploymentOptions, queue: taskQueue }, deps);
  const name = readQueueName(taskQueue, lengthMax);
  const named = { namespaceId: namespace.id, name, taskKind: TaskKind.ACTIVITY };
  const timeoutMs = pollWaitMs(call, deps, "PollActivityTaskQueue");
  const place = placeOfWorker(deploymentOptions, { queue: named, isSticky: false }, deps);
  const { queue, version } = place instanceof Promise ? await place : place;
  const { identity } = request;
  const info = { identity, buildId: buildIdOf(capabilities, deploymentOptions), version };
  const dispatch = await deps.poll({ queue, info, signal: call.signal, timeoutMs });
  if (dispatch === undefined) return NO_TASK;
  // An activity task names its namespace, which only this layer knows by name.
  const head = PollActivityTaskQueueResponse.encode({ workflowNamespace: namespace.name });
  return new EncodedResponse(Buffer.concat([head, dispatch.response]));
}

/**
 * Reads a task token, which must be of the request's namespace.
 *
 * @throws {InvalidArgumentError}
 */
export function readTaskToken(
  deps: WorkflowServiceDeps,
  request: { readonly taskToken: Uint8Array; readonly namespace: string },
): TaskToken {
  const token = decodeTaskToken(request.taskToken);
  checkTokenNamespace(deps, request, token);
  return token;
}

/** A token is good in its own namespace only, whoever got hold of it. */
function checkTokenNamespace(
  deps: WorkflowServiceDeps,
  request: { readonly namespace: string },
  token: { readonly namespaceId: string },
): void {
  if (request.namespace === "") return;
  if (deps.namespaces.resolve(request.namespace).id === token.namespaceId) return;
  throw new InvalidArgumentError("Operation requested with a token from a different namespace.");
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondWorkflowTaskCompleted` */
export async function respondWorkflowTaskCompleted(
  request: RespondWorkflowTaskCompletedRequest,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const token = readTaskToken(deps, request);
  checkLength(request.identity, deps.limits.idLengthMax, "Identity length exceeds limit.");
  const { workerVersionStamp: capabilities, deploymentOptions: options } = request;
  const queue = request.stickyAttributes?.workerTaskQueue;
  checkWorkerClaim({ capabilities, options, queue }, deps);
  return new EncodedResponse(await deps.workflows.completeWorkflowTask(token, request));
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondWorkflowTaskFailed` */
export async function respondWorkflowTaskFailed(
  request: RespondWorkflowTaskFailedRequest,
  deps: WorkflowServiceDeps,
): Promise<Record<string, never>> {
  const token = readTaskToken(deps, request);
  const { cause, identity, binaryChecksum } = request;
  const failure = takenFailure(request.failure, deps.limits);
  checkLength(identity, deps.limits.idLengthMax, "Identity length exceeds limit.");
  await deps.workflows.failWorkflowTask(token, { cause, failure, identity, binaryChecksum });
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondQueryTaskCompleted` */
export function respondQueryTaskCompleted(
  request: RespondQueryTaskCompletedRequest,
  deps: WorkflowServiceDeps,
): Record<string, never> {
  const token = decodeQueryToken(request.taskToken);
  checkTokenNamespace(deps, request, token);
  if (isTooLarge(request.queryResult, deps.limits)) {
    deps.queries.answer(token, {
      resultType: QueryResultType.FAILED,
      answer: undefined,
      errorMessage: "Blob data size exceeds limit.",
      failure: undefined,
    });
    return {};
  }
  deps.queries.answer(token, {
    resultType: request.completedType,
    answer: request.queryResult,
    errorMessage: request.errorMessage,
    failure: request.failure,
  });
  return {};
}
