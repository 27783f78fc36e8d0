import type { DeploymentVersion } from "@perdure/proto/perdure/internal/v1";
import {
  VersionDrainageStatus,
  WorkerDeploymentVersionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import { type DeploymentState, withVersion } from "./deployment-state.js";

const { CURRENT, RAMPING, DRAINING } = WorkerDeploymentVersionStatus;

/** Brings a version in line with the routing of its deployment; without effect if it is gone. */
export function followRouting(
  state: DeploymentState,
  buildId: string,
  nowMs: number,
): DeploymentState {
  const version = state.versions.get(buildId);
  if (version === undefined || buildId === "") return state;
  const { header } = state;
  if (header.currentBuildId === buildId) {
    return withVersion(state, buildId, {
      ...activated(version, nowMs),
      status: CURRENT,
      currentSinceMs: header.currentChangedAtMs,
      lastCurrentAtMs: header.currentChangedAtMs,
      routingChangedAtMs: header.currentChangedAtMs,
    });
  }
  if (header.isRamping && header.rampingBuildId === buildId) {
    return withVersion(state, buildId, {
      ...activated(version, nowMs),
      status: RAMPING,
      rampingSinceMs: header.rampChangedAtMs,
      rampPercentage: header.rampPercentage,
      routingChangedAtMs: header.rampPercentageChangedAtMs,
    });
  }
  const wasActive = version.currentSinceMs > 0 || version.rampingSinceMs > 0;
  return wasActive ? deactivate(state, version, nowMs) : state;
}

function activated(version: DeploymentVersion, nowMs: number): Partial<DeploymentVersion> {
  return {
    currentSinceMs: 0,
    rampingSinceMs: 0,
    rampPercentage: 0,
    firstActivatedAtMs: version.firstActivatedAtMs || nowMs,
    lastDeactivatedAtMs: 0,
    drainage: undefined,
    drainageClearedAtMs: 0,
  };
}

function deactivate(
  state: DeploymentState,
  version: DeploymentVersion,
  nowMs: number,
): DeploymentState {
  const { header } = state;
  return withVersion(state, version.buildId, {
    status: DRAINING,
    currentSinceMs: 0,
    rampingSinceMs: 0,
    rampPercentage: 0,
    routingChangedAtMs: Math.max(
      header.currentChangedAtMs,
      header.rampChangedAtMs,
      header.rampPercentageChangedAtMs,
    ),
    lastDeactivatedAtMs: nowMs,
    drainage: drainingSince(nowMs),
    drainageClearedAtMs: 0,
  });
}

/** Drainage that has just begun. */
export function drainingSince(nowMs: number): Exclude<DeploymentVersion["drainage"], undefined> {
  const status = VersionDrainageStatus.DRAINING;
  return { status, changedAtMs: nowMs, checkedAtMs: nowMs, isCheckDue: false };
}
