import type { Step } from "./step.js";
import {
  offerWorkflowTask,
  recordScheduled,
  recordTaskStarted,
  transientTask,
} from "./workflow-task.js";

/**
 * How long a task that began in memory only waits in a normal queue before it is scheduled anew,
 * milliseconds.
 */
export const SPECULATIVE_START_MS = 5000;

/**
 * Schedules a workflow task in memory only, which carries updates to the workflow. There is no
 * other task, and the step does nothing else after it.
 */
export function scheduleSpeculativeTask(
  step: Step,
  options: { readonly isOffered: boolean } = { isOffered: true },
): void {
  step.scheduleSpeculativeTask(transientTask(step, 1));
  if (options.isOffered) offerWorkflowTask(step);
}

/**
 * Makes the pending speculative task an ordinary one, because something is stored while it is
 * pending: its events get their place in the history.
 */
export function convertSpeculativeTask(step: Step): void {
  const task = step.draft.workflowTask;
  if (task?.isSpeculative !== true) return;
  const scheduledEventId = writeScheduled(step);
  if (task.startedEventId === 0) {
    const written = step.draft.workflowTask ?? task;
    step.setWorkflowTask({ ...written, startByMs: task.scheduledAtMs + SPECULATIVE_START_MS });
    offerWorkflowTask(step);
    return;
  }
  recordTaskStarted(step, scheduledEventId, { ...task, identity: "" });
}

/** Writes the scheduled event of the pending speculative task. Returns its ID. */
export function writeScheduled(step: Step): number {
  const task = step.draft.workflowTask;
  if (task === undefined) return 0;
  step.setSpeculativeTask(undefined);
  return recordScheduled(step, task.attempt, task.scheduledAtMs);
}
