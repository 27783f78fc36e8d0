import type { Scenario, WorkflowRef } from "../scenario.js";
import { type PlainObject, pickText } from "../wire/plain.js";

/** The event that ends the workflow task which comes again, or a request's fields with it. */
export type ResetPoint = number | (PlainObject & { readonly to: number });

/** A request to reset a run to the end of the workflow task with this finishing event. */
export function resetRequest(s: Scenario, run: WorkflowRef, point: ResetPoint): PlainObject {
  const { to: finishEventId, ...more } = typeof point === "number" ? { to: point } : point;
  return {
    workflowExecution: { ...run },
    reason: "again",
    requestId: s.uuid("reset-request"),
    workflowTaskFinishEventId: finishEventId,
    ...more,
  };
}

/** Resets a run; returns the new one. An error ends the scenario. */
export async function reset(
  s: Scenario,
  run: WorkflowRef,
  point: ResetPoint,
): Promise<WorkflowRef> {
  const request = resetRequest(s, run, point);
  const response = await s.call("ResetWorkflowExecution", request);
  return { workflowId: run.workflowId, runId: pickText(response, "runId") };
}

/** Tries a reset that is refused. */
export async function resetRefused(
  s: Scenario,
  run: WorkflowRef,
  point: ResetPoint,
): Promise<void> {
  await s.attempt("ResetWorkflowExecution", resetRequest(s, run, point));
}
