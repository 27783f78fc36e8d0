import { type ActivitySelector, durationMs } from "@perdure/engine";
import { InvalidArgumentError, isUuid, NotFoundError, uuidV7 } from "@perdure/kernel";
import type { DurationInit } from "@perdure/proto/google/protobuf";
import type {
  PauseActivityExecutionRequest,
  ResetActivityExecutionRequest,
  UnpauseActivityExecutionRequest,
  UpdateActivityExecutionOptionsRequest,
  UpdateActivityExecutionOptionsResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { RunTarget } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import { readChange } from "./activity-operations.js";
import { checkActivityOptionsUpdate, checkSpan } from "./activity-options-checks.js";
import type { WorkflowServiceDeps } from "./deps.js";

type NoAnswer = Record<string, never>;

/** What every operation on one activity names. */
interface ActivityRequest {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  readonly identity: string;
  readonly requestId?: string;
  readonly jitter?: DurationInit | undefined;
}

interface ActivityOfRun {
  readonly target: RunTarget;
  readonly selector: ActivitySelector;
}

/**
 * Checks what every operation names and reads which activity of a workflow it means.
 *
 * @param check - Checks the rest, before it is asked whether the activity exists.
 * @throws {InvalidArgumentError} With the official wording.
 * @throws {NotFoundError} It means an activity of no workflow; there is none.
 */
function readActivity(
  deps: WorkflowServiceDeps,
  request: ActivityRequest,
  check: () => void = () => undefined,
): ActivityOfRun {
  const namespace = resolveNamespace(deps, request.namespace);
  const { workflowId, runId, activityId } = request;
  checkIds(request, deps.limits.idLengthMax);
  checkSpan(request.jitter, "jitter");
  check();
  if (workflowId === "") throw new NotFoundError(`activity not found for ID: ${activityId}`);
  const target = { namespaceId: namespace.id, workflowId, runId };
  return { target, selector: { kind: "id", activityId } };
}

function checkIds(request: ActivityRequest, lengthMax: number): void {
  checkIdLength("request ID", request.requestId ?? "", lengthMax);
  if (request.activityId === "") throw new InvalidArgumentError("activity ID is required");
  checkIdLength("activity ID", request.activityId, lengthMax);
  checkIdLength("identity", request.identity, lengthMax);
  if (request.runId === "" || isUuid(request.runId)) return;
  throw new InvalidArgumentError("invalid run id: must be a valid UUID");
}

function checkIdLength(name: string, id: string, lengthMax: number): void {
  if (id.length <= lengthMax) return;
  throw new InvalidArgumentError(
    `${name} exceeds length limit. Length=${id.length} Limit=${lengthMax}`,
  );
}

/** `temporal.api.workflowservice.v1.WorkflowService/PauseActivityExecution` */
export async function pauseActivityExecution(
  request: PauseActivityExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { identity, reason } = request;
  const { target, selector } = readActivity(deps, request, () => {
    if (Buffer.byteLength(reason) > deps.limits.blobSizeMaxBytes) {
      throw new InvalidArgumentError("reason exceeds length limit");
    }
  });
  const requestId = request.requestId || uuidV7(deps.clock.nowMs(), deps.random);
  await deps.activityOperations.pause(target, { selector, identity, reason, requestId });
  return {};
}

/**
 * `temporal.api.workflowservice.v1.WorkflowService/UnpauseActivityExecution`. For activities of
 * workflows the official server passes over the wishes to reset something.
 */
export async function unpauseActivityExecution(
  request: UnpauseActivityExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { target, selector } = readActivity(deps, request);
  const jitterMs = durationMs(request.jitter);
  const unpause = { selector, resetAttempts: false, resetHeartbeat: false, jitterMs };
  await deps.activityOperations.unpause(target, unpause);
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/ResetActivityExecution` */
export async function resetActivityExecution(
  request: ResetActivityExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { target, selector } = readActivity(deps, request);
  const { resetHeartbeat, keepPaused, restoreOriginalOptions: restoreOptions } = request;
  const jitterMs = durationMs(request.jitter);
  const reset = { selector, resetHeartbeat, keepPaused, restoreOptions, jitterMs };
  await deps.activityOperations.reset(target, reset);
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/UpdateActivityExecutionOptions` */
export async function updateActivityExecutionOptions(
  request: UpdateActivityExecutionOptionsRequest,
  deps: WorkflowServiceDeps,
): Promise<UpdateActivityExecutionOptionsResponseInit> {
  let activityOptions = request.activityOptions;
  const { target, selector } = readActivity(deps, request, () => {
    activityOptions = checkActivityOptionsUpdate(request, deps.limits);
  });
  const change = readChange({ ...request, activityOptions });
  return {
    activityOptions: await deps.activityOperations.updateOptions(target, { selector, change }),
  };
}
