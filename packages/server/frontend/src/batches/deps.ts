import type { Batches } from "@perdure/runtime";
import type { WorkflowServiceDeps } from "../workflow-service/deps.js";

/** What the RPCs on batch operations need. */
export interface BatchServiceDeps extends WorkflowServiceDeps {
  readonly batches: Batches;
}
