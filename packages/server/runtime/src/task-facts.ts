import { hasStartedTask, type RunState, type TaskOffer } from "@perdure/engine";

/** Whether a step ended the workflow task that was started. */
export function isTaskOver(before: RunState, next: RunState): boolean {
  return hasStartedTask(before) && next.workflowTask?.attempt !== before.workflowTask?.attempt;
}

/** Whether a queue is the one of the worker that has the run in its cache. */
export function isSticky(offer: TaskOffer, queueName: string): boolean {
  return offer.fallbackQueueName !== undefined && queueName === offer.queueName;
}
