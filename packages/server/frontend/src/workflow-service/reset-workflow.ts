import type { OptionsChange } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import { TaskKind } from "@perdure/persistence";
import { ResetReapplyExcludeType, ResetReapplyType } from "@perdure/proto/temporal/api/enums/v1";
import type { PostResetOperation } from "@perdure/proto/temporal/api/workflow/v1";
import type {
  ResetWorkflowExecutionRequest,
  ResetWorkflowExecutionResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkVersioningOverride, type OverrideCheck } from "./option-checks.js";
import { checkLength, readTarget } from "./request-checks.js";
import { checkTimeSkipping } from "./workflow-options.js";

/** `temporal.api.workflowservice.v1.WorkflowService/ResetWorkflowExecution` */
export async function resetWorkflowExecution(
  request: ResetWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<ResetWorkflowExecutionResponseInit> {
  const { requestId, reason, postResetOperations, workflowTaskFinishEventId } = request;
  const namespace = resolveNamespace(deps, request.namespace);
  if (requestId === "") throw new InvalidArgumentError("RequestId is not set on request.");
  checkLength(requestId, deps.limits.idLengthMax, "RequestId length exceeds limit.");
  const target = readTarget(namespace.id, request.workflowExecution);
  for (const { variant } of postResetOperations) {
    if (variant?.kind !== "updateWorkflowOptions") continue;
    checkTimeSkipping(variant.value.workflowExecutionOptions);
  }
  const runId = await deps.control.reset({
    target,
    finishEventId: Number(workflowTaskFinishEventId),
    reason,
    requestId,
    excluded: excludedTypes(request),
    checkOperations: (name) => {
      const queue = { namespaceId: namespace.id, name, taskKind: TaskKind.WORKFLOW };
      const { deployments } = deps;
      return postResetOperations.map((each) => readOperation(each, { queue, deployments }));
    },
  });
  return { runId };
}

/** The old field says what is applied again, the new one what is not. */
function excludedTypes(
  request: ResetWorkflowExecutionRequest,
): ReadonlySet<ResetReapplyExcludeType> {
  const excluded = new Set(request.resetReapplyExcludeTypes);
  switch (request.resetReapplyType) {
    case ResetReapplyType.SIGNAL:
      return excluded.add(ResetReapplyExcludeType.UPDATE);
    case ResetReapplyType.NONE:
      excluded.add(ResetReapplyExcludeType.SIGNAL);
      return excluded.add(ResetReapplyExcludeType.UPDATE);
    default:
      return excluded;
  }
}

function readOperation(operation: PostResetOperation, check: OverrideCheck): OptionsChange {
  const { variant } = operation;
  if (variant?.kind !== "updateWorkflowOptions") {
    const name = variant === undefined ? "<nil>" : "*workflow.PostResetOperation_SignalWorkflow_";
    throw new InvalidArgumentError(`unsupported post reset operation: ${name}`);
  }
  const { workflowExecutionOptions: options, updateMask } = variant.value;
  checkVersioningOverride(options?.versioningOverride, check);
  return { options: options ?? {}, paths: updateMask?.paths ?? [], identity: "" };
}
