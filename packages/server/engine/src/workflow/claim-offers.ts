import { startActivity } from "./activity.js";
import { isOpen } from "./run-state.js";
import type { ClaimedTask, Step } from "./step.js";
import { isInTransition } from "./version-transition.js";
import { startWorkflowTask } from "./workflow-task.js";

/** Starts every offered task that a waiting poller takes, as part of the step that offers it. */
export function claimOffers(step: Step): readonly ClaimedTask[] {
  const { claim, newId } = step.environment;
  if (claim === undefined || !isOpen(step.draft)) return [];
  const claimed: ClaimedTask[] = [];
  for (const offer of step.offers) {
    // While the run moves to another version its activities wait.
    if (offer.kind === "activity" && isInTransition(step.draft)) continue;
    const poller = claim(offer);
    if (poller === undefined) continue;
    const { scheduledEventId, stamp } = offer;
    const { identity, versioning } = poller;
    const start = { scheduledEventId, stamp, identity, requestId: newId(), versioning };
    if (offer.kind === "workflow") startWorkflowTask(step, start);
    else startActivity(step, start);
    claimed.push({ offer, claim: poller });
  }
  return claimed;
}
