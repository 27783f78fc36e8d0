import { Rejection } from "@perdure/proto/temporal/api/update/v1";
import type { RespondWorkflowTaskCompletedRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { RunLimits } from "./run-limits.js";
import type { RunState, WorkflowTask } from "./run-state.js";
import { bodyTypeName } from "./update-messages.js";

/** Events of a workflow task that is written: its started event and its completed event. */
const TASK_EVENTS = 2;

/**
 * Whether a completed workflow task leaves no trace: it was in memory only, and the worker's answer
 * does nothing but reject updates. A worker that would get the events since its last task again is
 * asked whether it can take that.
 */
export function leavesNoTrace(
  run: RunState,
  completed: {
    readonly task: WorkflowTask;
    readonly request: RespondWorkflowTaskCompletedRequestInit;
  },
  limits: RunLimits,
): boolean {
  const { task, request } = completed;
  if (task.isSpeculative !== true) return false;
  if ((request.commands ?? []).length > 0) return false;
  if (request.forceCreateNewWorkflowTask === true) return false;
  const canRepeat = request.capabilities?.discardSpeculativeWorkflowTaskWithEvents === true;
  const repeatedMax = canRepeat ? limits.discardedEventsMax : 0;
  if (run.nextEventId > run.previousStartedEventId + TASK_EVENTS + repeatedMax) return false;
  return (request.messages ?? []).every((message) => bodyTypeName(message) === Rejection.typeName);
}
