import type { Deployments } from "@perdure/runtime";
import type { WorkflowServiceDeps } from "../workflow-service/deps.js";

/** What the RPCs on worker deployments need. */
export interface DeploymentServiceDeps
  extends Pick<WorkflowServiceDeps, "namespaces" | "store" | "clock" | "random" | "limits"> {
  readonly deployments: Deployments;
}
