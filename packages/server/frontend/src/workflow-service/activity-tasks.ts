import type { ActivityTarget } from "@perdure/engine";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
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
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { ActivityPlace, HeartbeatReply } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
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
  const { result, identity } = request;
  await deps.workflows.completeActivity(placeOfToken(deps, request), { result, identity });
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskCompletedById` */
export async function respondActivityTaskCompletedById(
  request: RespondActivityTaskCompletedByIdRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { result, identity } = request;
  await deps.workflows.completeActivity(placeOfId(deps, request), { result, identity });
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskFailed` */
export async function respondActivityTaskFailed(
  request: RespondActivityTaskFailedRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const place = placeOfToken(deps, request);
  const { failure, identity, lastHeartbeatDetails } = request;
  checkFailure(failure);
  await deps.workflows.failActivity(place, { failure, identity, lastHeartbeatDetails });
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskFailedById` */
export async function respondActivityTaskFailedById(
  request: RespondActivityTaskFailedByIdRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { failure, identity, lastHeartbeatDetails } = request;
  const place = placeOfId(deps, request);
  await deps.workflows.failActivity(place, { failure, identity, lastHeartbeatDetails });
  return {};
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
  const { details, identity } = request;
  await deps.workflows.cancelActivity(placeOfToken(deps, request), { details, identity });
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondActivityTaskCanceledById` */
export async function respondActivityTaskCanceledById(
  request: RespondActivityTaskCanceledByIdRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { details, identity } = request;
  await deps.workflows.cancelActivity(placeOfId(deps, request), { details, identity });
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/RecordActivityTaskHeartbeat` */
export async function recordActivityTaskHeartbeat(
  request: RecordActivityTaskHeartbeatRequest,
  deps: WorkflowServiceDeps,
): Promise<RecordActivityTaskHeartbeatResponseInit> {
  const place = placeOfToken(deps, request);
  return heartbeatResponse(await deps.workflows.heartbeatActivity(place, request.details));
}

/** `temporal.api.workflowservice.v1.WorkflowService/RecordActivityTaskHeartbeatById` */
export async function recordActivityTaskHeartbeatById(
  request: RecordActivityTaskHeartbeatByIdRequest,
  deps: WorkflowServiceDeps,
): Promise<RecordActivityTaskHeartbeatResponseInit> {
  const place = placeOfId(deps, request);
  return heartbeatResponse(await deps.workflows.heartbeatActivity(place, request.details));
}

function heartbeatResponse(reply: HeartbeatReply): RecordActivityTaskHeartbeatResponseInit {
  const { isCancelRequested, isPaused, isReset } = reply;
  return { cancelRequested: isCancelRequested, activityPaused: isPaused, activityReset: isReset };
}
