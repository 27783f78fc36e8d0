import type { PauseInput, RunLimits } from "@perdure/engine";
import { UnimplementedError } from "@perdure/kernel";
import type {
  PauseWorkflowExecutionRequest,
  UnpauseWorkflowExecutionRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkLength } from "./request-checks.js";
import { readRunTarget } from "./workflow-options.js";

/** `temporal.api.workflowservice.v1.WorkflowService/PauseWorkflowExecution` */
export async function pauseWorkflowExecution(
  request: PauseWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  if (!deps.limits.isWorkflowPauseEnabled) {
    throw new UnimplementedError(
      `workflow pause is not enabled for namespace: ${request.namespace}`,
    );
  }
  const pause = readPause(request, deps.limits);
  await deps.control.pause(readRunTarget(namespace.id, request), pause);
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/UnpauseWorkflowExecution` */
export async function unpauseWorkflowExecution(
  request: UnpauseWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  const unpause = readPause(request, deps.limits);
  await deps.control.unpause(readRunTarget(namespace.id, request), unpause);
  return {};
}

function readPause(request: PauseInput, limits: RunLimits): PauseInput {
  const { identity, reason, requestId } = request;
  checkLength(reason, limits.idLengthMax, "reason is too long.");
  checkLength(requestId, limits.idLengthMax, "request id is too long.");
  checkLength(identity, limits.idLengthMax, "identity is too long.");
  return { identity, reason, requestId };
}
