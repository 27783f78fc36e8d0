import { UnimplementedError } from "@perdure/kernel";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";

/**
 * Handlers of the RPCs on workflow rules, which the reference server answers so unless the feature
 * is switched on.
 */
export const WORKFLOW_RULES = Object.fromEntries(
  [
    "CreateWorkflowRule",
    "DescribeWorkflowRule",
    "DeleteWorkflowRule",
    "ListWorkflowRules",
    "TriggerWorkflowRule",
  ].map((method) => [method, refuseRule(method)]),
);

function refuseRule(method: string) {
  return (request: { readonly namespace: string }, deps: WorkflowServiceDeps): Promise<never> => {
    resolveNamespace(deps, request.namespace);
    throw new UnimplementedError(`method ${method} not supported`);
  };
}
