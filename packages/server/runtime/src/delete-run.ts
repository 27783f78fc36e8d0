import { isOpen, terminateRun } from "@perdure/engine";

import { hasMessages } from "./outbox.js";
import type { RunTarget } from "./step-run.js";
import { watchRun } from "./watch-run.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** How long a deletion waits for messages of the run to be delivered. */
const MESSAGES_WAIT_MS = 10_000;

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
  }
  await messagesDelivered(host, { slot, runId });
  await host.remove(slot, { runId, runNo }).durable;
}

/** Others learn of the run's end before it goes, unless they can't be reached for long. */
async function messagesDelivered(
  host: WorkflowHost,
  sender: { readonly slot: WorkflowSlot; readonly runId: string },
): Promise<void> {
  const { slot, runId } = sender;
  // Somebody else may have deleted the run meanwhile.
  const run = await slot.run(runId);
  await watchRun(slot, run, {
    waitMs: MESSAGES_WAIT_MS,
    clock: host.deps.clock,
    signal: new AbortController().signal,
    isDone: (stored) => !hasMessages(stored),
  });
}

/** Lets those who wait for the run's end read it before it goes. */
function nextTurn(host: WorkflowHost): Promise<void> {
  return new Promise((resolve) => {
    host.deps.clock.schedule(0, resolve);
  });
}
