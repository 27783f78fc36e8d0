import { type ActivitySelector, durationMs, maskedFields } from "@perdure/engine";
import { InvalidArgumentError, isUuid } from "@perdure/kernel";
import type { FieldMask } from "@perdure/proto/google/protobuf";
import type { ActivityOptionsInit } from "@perdure/proto/temporal/api/activity/v1";
import type { WorkflowExecution } from "@perdure/proto/temporal/api/common/v1";
import type {
  PauseActivityRequest,
  ResetActivityRequest,
  UnpauseActivityRequest,
  UpdateActivityOptionsRequest,
  UpdateActivityOptionsResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { RunTarget } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkPriority } from "./option-checks.js";

type NoAnswer = Record<string, never>;

interface ActivitiesOfRun {
  readonly target: RunTarget;
  readonly selector: ActivitySelector;
}

/**
 * Reads which activities of which run a request means.
 *
 * @throws {InvalidArgumentError}
 * @throws {NamespaceNotFoundError}
 */
function readActivities(
  deps: WorkflowServiceDeps,
  request: {
    readonly namespace: string;
    readonly execution: WorkflowExecution | undefined;
    readonly activity:
      | PauseActivityRequest["activity"]
      | UnpauseActivityRequest["activity"]
      | ResetActivityRequest["activity"];
  },
): ActivitiesOfRun {
  const namespace = resolveNamespace(deps, request.namespace);
  const { activity, execution = { workflowId: "", runId: "" } } = request;
  const { workflowId, runId } = execution;
  if (workflowId === "") throw new InvalidArgumentError("WorkflowId is not set on request.");
  if (activity === undefined) {
    throw new InvalidArgumentError("Either Activity.Id or Activity.Type should be set on request.");
  }
  if (runId !== "" && !isUuid(runId)) throw new InvalidArgumentError("RunId is not valid UUID.");
  const target = { namespaceId: namespace.id, workflowId, runId };
  switch (activity.kind) {
    case "id":
      return { target, selector: { kind: "id", activityId: activity.value } };
    case "type":
      return { target, selector: { kind: "type", typeName: activity.value } };
    case "matchAll":
    case "unpauseAll":
      return { target, selector: { kind: "all" } };
  }
}

/** `temporal.api.workflowservice.v1.WorkflowService/PauseActivity` */
export async function pauseActivity(
  request: PauseActivityRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { target, selector } = readActivities(deps, request);
  const { identity, reason, requestId } = request;
  await deps.activityOperations.pause(target, { selector, identity, reason, requestId });
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/UnpauseActivity` */
export async function unpauseActivity(
  request: UnpauseActivityRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { target, selector } = readActivities(deps, request);
  const { resetAttempts, resetHeartbeat } = request;
  const jitterMs = durationMs(request.jitter);
  const unpause = { selector, resetAttempts, resetHeartbeat, jitterMs };
  await deps.activityOperations.unpause(target, unpause);
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/ResetActivity` */
export async function resetActivity(
  request: ResetActivityRequest,
  deps: WorkflowServiceDeps,
): Promise<NoAnswer> {
  const { target, selector } = readActivities(deps, request);
  const { resetHeartbeat, keepPaused, restoreOriginalOptions: restoreOptions } = request;
  const jitterMs = durationMs(request.jitter);
  const reset = { selector, resetHeartbeat, keepPaused, restoreOptions, jitterMs };
  await deps.activityOperations.reset(target, reset);
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/UpdateActivityOptions` */
export async function updateActivityOptions(
  request: UpdateActivityOptionsRequest,
  deps: WorkflowServiceDeps,
): Promise<UpdateActivityOptionsResponseInit> {
  const { target, selector } = readActivities(deps, request);
  checkPriority(request.activityOptions?.priority);
  const change = readChange(request);
  return {
    activityOptions: await deps.activityOperations.updateOptions(target, { selector, change }),
  };
}

/**
 * Reads how options are to be changed.
 *
 * @throws {InvalidArgumentError} Two ways are named.
 */
export function readChange(request: {
  readonly activityOptions: ActivityOptionsInit | undefined;
  readonly updateMask: FieldMask | undefined;
  readonly restoreOriginal: boolean;
}): Parameters<WorkflowServiceDeps["activityOperations"]["updateOptions"]>[1]["change"] {
  const { activityOptions: options, updateMask } = request;
  const fields = updateMask === undefined ? undefined : maskedFields(updateMask);
  if (!request.restoreOriginal) return { kind: "merge", options, fields };
  if (fields !== undefined && fields.size > 0) {
    throw new InvalidArgumentError("Both UpdateMask and RestoreOriginal are provided");
  }
  return { kind: "restore" };
}
