import type { Scenario, WorkflowRef } from "./scenario.js";
import type { PlainObject } from "./wire/plain.js";

/** A started workflow and the queue that its tasks come from. */
export interface StartedRun {
  readonly queue: string;
  readonly run: WorkflowRef;
}

/** Starts a workflow on a queue of its own. */
export async function startOnQueue(s: Scenario, request: PlainObject = {}): Promise<StartedRun> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue }, ...request });
  return { queue, run };
}

/** Signals; `what` is the name, or the request's fields besides the execution. */
export async function signal(
  s: Scenario,
  run: WorkflowRef,
  what: string | PlainObject,
): Promise<PlainObject> {
  const fields = typeof what === "string" ? { signalName: what } : what;
  return await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, ...fields });
}

export async function terminate(s: Scenario, run: WorkflowRef): Promise<void> {
  await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
}

/** Terminates a workflow that may have closed, and reads its history. */
export async function terminatedHistory(s: Scenario, run: WorkflowRef): Promise<void> {
  await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  await s.history(run);
}
