import { hasStartedTask, isOpen, type RunState, type TaskOffer } from "@perdure/engine";
import { hasMessages } from "./outbox.js";

/** Whether a step ended the workflow task that was started. */
export function isTaskOver(before: RunState, next: RunState): boolean {
  return hasStartedTask(before) && next.workflowTask?.attempt !== before.workflowTask?.attempt;
}

/** Whether a queue is the one of the worker that has the run in its cache. */
export function isSticky(offer: TaskOffer, queueName: string): boolean {
  return offer.fallbackQueueName !== undefined && queueName === offer.queueName;
}

/**
 * Whether something goes on in a run besides waiting for a time: a task that waits for a worker or
 * is with one, or a message to another run.
 */
export function isBusy(state: RunState): boolean {
  if (hasMessages(state)) return true;
  if (!isOpen(state)) return false;
  if (state.workflowTask !== undefined) return true;
  return state.activities.some(({ progress }) => !progress.isBackingOff);
}
