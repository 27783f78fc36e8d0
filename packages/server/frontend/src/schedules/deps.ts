import type { Schedules } from "@perdure/runtime";
import type { WorkflowServiceDeps } from "../workflow-service/deps.js";

/** What the RPCs on schedules need. */
export interface ScheduleServiceDeps
  extends Pick<WorkflowServiceDeps, "namespaces" | "store" | "clock" | "random" | "limits"> {
  readonly schedules: Schedules;
}
