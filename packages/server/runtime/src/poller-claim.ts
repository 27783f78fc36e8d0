import type { RunStep, StartVersioning, TaskClaim } from "@perdure/engine";
import type { TakenPoller } from "./dispatch.js";

/** A poller that was claimed for a task within a step. */
export class PollerClaim implements TaskClaim {
  readonly identity: string;
  constructor(
    readonly poller: TakenPoller,
    readonly queueName: string,
    readonly versioning: StartVersioning | undefined,
  ) {
    this.identity = poller.info.identity;
  }
}

/** Lets go of pollers that were claimed for a step that changed nothing. */
export function releaseClaims(step: RunStep): void {
  for (const { claim } of step.claimed) {
    if (claim instanceof PollerClaim) claim.poller.release();
  }
}
