import { setImmediate } from "node:timers/promises";
import { completeWorkflowTask, Step, startWorkflowTask } from "@perdure/engine";
import { present } from "@perdure/kernel";
import type { RespondWorkflowTaskCompletedRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import { type MemoryRuntime, NAMESPACE_ID } from "./memory-runtime.js";

/** Starts the pending workflow task of a workflow's current run, as a poller does. */
export async function startTestTask({ host }: MemoryRuntime, workflowId: string): Promise<void> {
  const slot = host.slot(NAMESPACE_ID, workflowId);
  const run = await slot.run("");
  const step = new Step(run.state, host.environment(NAMESPACE_ID));
  startWorkflowTask(step, { identity: "worker", requestId: "poll" });
  host.apply(slot, run, step.finish());
}

/** Completes the started workflow task of a workflow's current run. Resolves when stored. */
export async function completeTestTask(
  { host }: MemoryRuntime,
  workflowId: string,
  request: RespondWorkflowTaskCompletedRequestInit,
): Promise<void> {
  const slot = host.slot(NAMESPACE_ID, workflowId);
  const run = await slot.run("");
  const proof = present(run.state.workflowTask, "A workflow task is started");
  const environment = host.environment(NAMESPACE_ID);
  const step = completeWorkflowTask(run.state, { proof, request }, environment);
  await host.apply(slot, run, step).ticket?.durable;
}

/** Lets everything come to its end that needs no time to pass. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}
