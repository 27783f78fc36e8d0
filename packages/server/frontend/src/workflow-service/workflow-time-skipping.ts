import { UnimplementedError } from "@perdure/kernel";
import type { WorkflowExecution } from "@perdure/proto/temporal/api/common/v1";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { readTarget } from "./request-checks.js";

/**
 * `PollWorkflowExecutionTimeSkipping`: time of single workflows does not skip, as in the reference
 * server unless the feature is switched on.
 */
export async function pollWorkflowTimeSkipping(
  request: { readonly namespace: string; readonly workflowExecution?: WorkflowExecution },
  deps: WorkflowServiceDeps,
): Promise<never> {
  readTarget(resolveNamespace(deps, request.namespace).id, request.workflowExecution);
  throw new UnimplementedError("The Time-Skipping feature is not enabled for namespace.");
}
