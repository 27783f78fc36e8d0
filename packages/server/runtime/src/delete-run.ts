import { isOpen, terminateRun } from "@perdure/engine";
import type { WorkflowHost } from "./workflow-host.js";
import type { RunTarget } from "./workflow-service.js";

/** Source: the reason and identity in the history of a run that was deleted while it was open. */
const DELETION = {
  reason: "Delete workflow execution",
  details: undefined,
  identity: "history-service",
} as const;

/**
 * Deletes a run; an open one is terminated first, so that whoever waits for its end sees it.
 * Resolves when the run is gone for good.
 *
 * @throws {NotFoundError} No such run.
 */
export async function deleteRun(host: WorkflowHost, target: RunTarget): Promise<void> {
  const slot = host.slot(target.namespaceId, target.workflowId);
  const run = await slot.run(target.runId);
  const { runNo } = run;
  const { runId } = run.state;
  if (isOpen(run.state)) {
    const environment = host.environment(target.namespaceId);
    const step = host.attempt(slot, () => terminateRun(run.state, DELETION, environment));
    await host.apply(slot, run, step).ticket?.durable;
    await nextTurn(host);
    // Somebody else may have deleted the run meanwhile.
    await slot.run(runId);
  }
  await host.remove(slot, { runId, runNo }).durable;
}

/** Lets those who wait for the run's end read it before it goes. */
function nextTurn(host: WorkflowHost): Promise<void> {
  return new Promise((resolve) => {
    host.deps.clock.schedule(0, resolve);
  });
}
