import { FailedPreconditionError } from "@perdure/kernel";
import type { RunLimits } from "../workflow/run-limits.js";
import type { DeploymentState } from "./deployment-state.js";

/** What a change is given besides the state. */
export interface DeploymentEnvironment {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly limits: Pick<RunLimits, "deploymentVersionsMax" | "deploymentQueuesMax">;
  /** Whether workers of the version have polled lately. */
  readonly hasPollers: (buildId: string) => boolean;
}

/** @throws {FailedPreconditionError} Somebody else changed the deployment meanwhile. */
export function requireToken(isCurrent: boolean): void {
  if (!isCurrent) throw new FailedPreconditionError("conflict token mismatch");
}

/** @throws {FailedPreconditionError} Somebody else manages the deployment. */
export function requireManager({ header }: DeploymentState, identity: string): void {
  const { managerIdentity } = header;
  if (managerIdentity === "" || managerIdentity === identity) return;
  throw new FailedPreconditionError(
    `ManagerIdentity '${managerIdentity}' is set and does not match user identity '${identity}'; to proceed, set your own identity as the ManagerIdentity, remove the ManagerIdentity, or wait for the other client to do so`,
  );
}
