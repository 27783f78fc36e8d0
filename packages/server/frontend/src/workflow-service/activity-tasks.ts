import { type ActivityTarget, serverFailure, TOO_LARGE } from "@perdure/engine";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type {
  RecordActivityTaskHeartbeatByIdRequest,
  RecordActivityTaskHeartbeatRequest,
  RecordActivityTaskHeartbeatResponseInit,
  RespondActivityTaskCanceledByIdRequest,
  RespondActivityTaskCanceledRequest,
  RespondActivityTaskCompletedByIdRequest,
  RespondActivityTaskCompletedRequest,
  RespondActivityTaskFailedByIdRequest,
  RespondActivityTaskFailedRequest,
  RespondActivityTaskFailedResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { ActivityPlace } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import { isTooLarge, takenFailure } from "./answer-limits.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkLength, readTarget } from "./request-checks.js";
import { readTaskToken } from "./worker-tasks.js";

type NoAnswer = Record<string, never>;

/** Which activity attempt a task token stands for. */
function placeOfToken(
  deps: WorkflowServiceDeps,
  request: {
    readonly taskToken: Uint8Array;
    readonly namespace: string;
    readonly identity: string;
  },
): ActivityPlace {
  const token = readTaskToken(deps, request);
  checkLength(request.identity, deps.limits.idLengthMax, "Identity length exceeds limit.");
  const { namespaceId, workflowId, runId, scheduledEventId, attempt, startedAtMs } = token;
  const activity: ActivityTarget = { kind: "token", scheduledEventId, attempt, startedAtMs };
  return { run: { namespaceId, workflowId, runId }, activity };
}

/** Which activity a request names by ID. */
function placeOfId(
  deps: WorkflowServiceDeps,
  request: {
    readonly namespace: string;
    readonly workflowId: string;
    readonly runId: string;
    readonly activityId: string;
    readonly identity: string;
  },
): ActivityPlace {
  const namespace = resolveNamespace(deps, request.namespace);
  const { workflowId, runId, activityId } = request;
  if (activityId === "") throw new InvalidArgumentError("ActivityId is not set on request.");
  checkLength(request.identity, deps.limits.idLengthMax, "Identity length exceeds limit.");
  if (workflowId === "") {
    // It means an activity that belongs to no workflow; there are none.
    throw new NotFoundError(`activity not found for ID: ${activityId}`);
  }
  const run = readTarget(namespace.id, { workflowId, runId });
  return { run, activity: { kind: "id", activityId } };
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskCompleted` */
export async function respondActivityTaskCompleted(
  request: RespondActivityTaskCompletedRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  return await complete(placeOfToken(deps, request), request, deps);
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskCompletedById` */
export async function respondActivityTaskCompletedById(
  request: RespondActivityTaskCompletedByIdRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  return await complete(placeOfId(deps, request), request, deps);
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskFailed` */
export async function respondActivityTaskFailed(
  request: RespondActivityTaskFailedRequest,
  deps: WorkflowServiceDeps,
): Promise<RespondActivityTaskFailedResponseInit> {
  const place = placeOfToken(deps, request);
  checkFailure(request.failure);
  return await fail(place, request, deps);
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskFailedById` */
export async function respondActivityTaskFailedById(
  request: RespondActivityTaskFailedByIdRequest,
  deps: WorkflowServiceDeps,
): Promise<RespondActivityTaskFailedResponseInit> {
  return await fail(placeOfId(deps, request), request, deps);
}

function checkFailure(failure: RespondActivityTaskFailedRequest["failure"]): void {
  if (failure === undefined || failure.failureInfo?.kind === "applicationFailureInfo") return;
  throw new InvalidArgumentError("Failure must have ApplicationFailureInfo.");
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskCanceled` */
export async function respondActivityTaskCanceled(
  request: RespondActivityTaskCanceledRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  return await cancel(placeOfToken(deps, request), request, deps);
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskCanceledById` */
export async function respondActivityTaskCanceledById(
  request: RespondActivityTaskCanceledByIdRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  return await cancel(placeOfId(deps, request), request, deps);
}

/** `temporal.api.workflowservice.v1.WorkflowService/RecordActivityTaskHeartbeat` */
export async function recordActivityTaskHeartbeat(
  request: RecordActivityTaskHeartbeatRequest,
  deps: WorkflowServiceDeps,
): Promise<RecordActivityTaskHeartbeatResponseInit> {
  return await heartbeat(placeOfToken(deps, request), request, deps);
}

/** `temporal.api.workflowservice.v1.WorkflowService/RecordActivityTaskHeartbeatById` */
export async function recordActivityTaskHeartbeatById(
  request: RecordActivityTaskHeartbeatByIdRequest,
  deps: WorkflowServiceDeps,
): Promise<RecordActivityTaskHeartbeatResponseInit> {
  return await heartbeat(placeOfId(deps, request), request, deps);
}

interface Sender {
  readonly identity: string;
}

async function complete(
  place: ActivityPlace,
  request: Sender & Pick<RespondActivityTaskCompletedRequest, "result">,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { result, identity } = request;
  if (isTooLarge(result, deps.limits)) await refuse(place, TOO_LARGE.result, { identity, deps });
  else await deps.workflows.completeActivity(place, { result, identity });
  return {};
}

async function cancel(
  place: ActivityPlace,
  request: Sender & Pick<RespondActivityTaskCanceledRequest, "details">,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { details, identity } = request;
  if (isTooLarge(details, deps.limits)) {
    await refuse(place, TOO_LARGE.cancelDetails, { identity, deps });
  } else await deps.workflows.cancelActivity(place, { details, identity });
  return {};
}

async function heartbeat(
  place: ActivityPlace,
  request: Sender & Pick<RecordActivityTaskHeartbeatRequest, "details">,
  deps: WorkflowServiceDeps,
): Promise<RecordActivityTaskHeartbeatResponseInit> {
  const { details, identity } = request;
  if (isTooLarge(details, deps.limits)) {
    await refuse(place, TOO_LARGE.heartbeatDetails, { identity, deps });
    return { cancelRequested: true };
  }
  const reply = await deps.workflows.heartbeatActivity(place, details);
  const { isCancelRequested, isPaused, isReset } = reply;
  return { cancelRequested: isCancelRequested, activityPaused: isPaused, activityReset: isReset };
}

/** Fails an activity for good, because its worker's answer is too large. */
async function refuse(
  place: ActivityPlace,
  reason: string,
  { identity, deps }: Sender & { readonly deps: WorkflowServiceDeps },
): Promise<void> {
  const failure = serverFailure(reason, true);
  await deps.workflows.failActivity(place, { failure, identity, lastHeartbeatDetails: undefined });
}

/** Fails an attempt. What was too large of the request is told with the answer. */
async function fail(
  place: ActivityPlace,
  request: Sender & Pick<RespondActivityTaskFailedRequest, "failure" | "lastHeartbeatDetails">,
  deps: WorkflowServiceDeps,
): Promise<RespondActivityTaskFailedResponseInit> {
  const { identity } = request;
  const failures: FailureInit[] = [];
  let { lastHeartbeatDetails } = request;
  if (isTooLarge(lastHeartbeatDetails, deps.limits)) {
    failures.push(serverFailure(TOO_LARGE.heartbeatDetails, true));
    lastHeartbeatDetails = undefined;
  }
  const failure = takenFailure(request.failure, deps.limits);
  if (failure !== undefined && failure !== request.failure) failures.push(failure);
  await deps.workflows.failActivity(place, { failure, identity, lastHeartbeatDetails });
  return { failures };
}
