import type { Scenario, WorkflowRef } from "./scenario.js";
import { type PlainObject, pickText } from "./wire/plain.js";

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

/** Starts a workflow, which the label names, shows what came of it, and ends it. */
export async function startAndDescribe(
  s: Scenario,
  label: string,
  fields: PlainObject,
): Promise<void> {
  const workflowId = s.name(label.replaceAll(" ", "-"));
  const taskQueue = { name: s.name("queue") };
  const request = s.startRequest({ workflowId, taskQueue, ...fields });
  const response = await s.attempt("StartWorkflowExecution", request, { label });
  if (response === undefined) return;
  const run = { workflowId, runId: pickText(response, "runId") };
  await s.describe(run);
  await s.history(run);
  await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
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
