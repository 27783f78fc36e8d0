import { FailedPreconditionError } from "@perdure/kernel";
import { VersionDrainageStatus } from "@perdure/proto/temporal/api/enums/v1";
import { type DeploymentEnvironment, requireManager } from "./change-guards.js";
import {
  type DeploymentState,
  type DeploymentStep,
  deploymentStep,
  withHeader,
} from "./deployment-state.js";

/** A wish to delete a version. */
export interface VersionDeletion {
  readonly buildId: string;
  readonly identity: string;
  /** Whether workflows that are still pinned to it don't matter. */
  readonly skipsDrainage: boolean;
}

/**
 * Deletes a version; one that is not there is deleted already.
 *
 * @throws {FailedPreconditionError} The version is in use, or somebody else manages the deployment.
 */
export function deleteVersion(
  state: DeploymentState,
  deletion: VersionDeletion,
  environment: Pick<DeploymentEnvironment, "hasPollers">,
): DeploymentStep {
  const { buildId, identity } = deletion;
  if (!state.versions.has(buildId)) return deploymentStep(state, state);
  refuseActive(state, buildId);
  requireManager(state, identity);
  refuseInUse(state, deletion, environment);
  return deploymentStep(
    state,
    withHeader(without(state, buildId), { lastModifierIdentity: identity }),
  );
}

function refuseActive(state: DeploymentState, buildId: string): void {
  const { currentBuildId, isRamping, rampingBuildId } = state.header;
  if (currentBuildId !== buildId && !(isRamping && rampingBuildId === buildId)) return;
  throw refused(state, buildId, "it is current or ramping");
}

function refuseInUse(
  state: DeploymentState,
  { buildId, skipsDrainage }: Pick<VersionDeletion, "buildId" | "skipsDrainage">,
  { hasPollers }: Pick<DeploymentEnvironment, "hasPollers">,
): void {
  const status = state.versions.get(buildId)?.drainage?.status;
  if (!skipsDrainage && status === VersionDrainageStatus.DRAINING) {
    throw refused(state, buildId, "it is draining");
  }
  if (hasPollers(buildId)) throw refused(state, buildId, "it has active pollers");
}

function refused(state: DeploymentState, buildId: string, why: string): FailedPreconditionError {
  const version = `${state.identity.id}:${buildId}`;
  return new FailedPreconditionError(`version '${version}' cannot be deleted since ${why}`);
}

function without(state: DeploymentState, buildId: string): DeploymentState {
  const versions = new Map(state.versions);
  versions.delete(buildId);
  return { ...state, versions };
}

/**
 * A state with room for another version: the oldest one that nobody uses goes if there are too
 * many; `undefined` when there is none to go.
 */
export function makeRoom(
  state: DeploymentState,
  environment: DeploymentEnvironment,
): DeploymentState | undefined {
  if (state.versions.size < environment.limits.deploymentVersionsMax) return state;
  for (const buildId of state.versions.keys()) {
    try {
      refuseActive(state, buildId);
      refuseInUse(state, { buildId, skipsDrainage: false }, environment);
      return without(state, buildId);
    } catch (error) {
      if (!(error instanceof FailedPreconditionError)) throw error;
    }
  }
  return undefined;
}

/** @throws {FailedPreconditionError} The deployment has versions. */
export function checkDeletable(state: DeploymentState): void {
  if (state.versions.size === 0) return;
  throw new FailedPreconditionError("deployment has versions, can't be deleted");
}
