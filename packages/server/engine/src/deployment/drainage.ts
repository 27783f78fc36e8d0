import type { DeploymentVersion } from "@perdure/proto/perdure/internal/v1";
import {
  VersionDrainageStatus,
  WorkerDeploymentVersionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import type { RunLimits } from "../workflow/run-limits.js";
import {
  type DeploymentState,
  type DeploymentStep,
  deploymentStep,
  withVersion,
} from "./deployment-state.js";
import { drainingSince } from "./version-changes.js";

const { DRAINED, DRAINING, INACTIVE } = WorkerDeploymentVersionStatus;

/** How often the open workflows of draining versions are counted. */
export type DrainageLimits = Pick<RunLimits, "drainageGraceMs" | "drainageRefreshMs">;

/** When the drainage of a version is to be looked at next; `undefined`: never. */
function nextCheckMs(version: DeploymentVersion, limits: DrainageLimits): number | undefined {
  const { drainage } = version;
  if (drainage?.status !== VersionDrainageStatus.DRAINING || drainage.isCheckDue) return undefined;
  const isFirst = drainage.checkedAtMs === drainage.changedAtMs;
  return drainage.checkedAtMs + (isFirst ? limits.drainageGraceMs : limits.drainageRefreshMs);
}

/** When `wakeDeployment` is to be called, milliseconds since the epoch; `undefined`: never. */
export function nextDrainageCheckMs(
  state: DeploymentState,
  limits: DrainageLimits,
): number | undefined {
  let earliestMs: number | undefined;
  for (const version of state.versions.values()) {
    const atMs = nextCheckMs(version, limits);
    if (atMs !== undefined && (earliestMs ?? Infinity) > atMs) earliestMs = atMs;
  }
  return earliestMs;
}

/** Marks the versions whose drainage is to be looked at now; `undefined` when there is none. */
export function wakeDeployment(
  state: DeploymentState,
  nowMs: number,
  limits: DrainageLimits,
): DeploymentStep | undefined {
  let next = state;
  for (const version of state.versions.values()) {
    const atMs = nextCheckMs(version, limits);
    if (atMs === undefined || atMs > nowMs || version.drainage === undefined) continue;
    const drainage = { ...version.drainage, isCheckDue: true };
    next = withVersion(next, version.buildId, { drainage });
  }
  return next === state ? undefined : deploymentStep(state, next);
}

/** Build IDs of the versions whose open workflows are to be counted. */
export function versionsToCheck(state: DeploymentState): readonly string[] {
  return [...state.versions.values()]
    .filter(({ drainage }) => drainage?.isCheckDue === true)
    .map(({ buildId }) => buildId);
}

/** Notes whether workflows that are pinned to a version are still open. */
export function noteDrainage(
  state: DeploymentState,
  found: { readonly buildId: string; readonly isDrained: boolean },
  nowMs: number,
): DeploymentStep {
  const { buildId, isDrained } = found;
  const drainage = state.versions.get(buildId)?.drainage;
  if (drainage?.status !== VersionDrainageStatus.DRAINING) return deploymentStep(state, state);
  const checked = { ...drainage, checkedAtMs: nowMs, isCheckDue: false };
  const change = isDrained
    ? {
        status: DRAINED,
        drainage: { ...checked, status: VersionDrainageStatus.DRAINED, changedAtMs: nowMs },
      }
    : { drainage: checked };
  return deploymentStep(state, withVersion(state, buildId, change));
}

/** Whether a workflow that is pinned to the version makes it one that drains again. */
export function isReactivated(state: DeploymentState, buildId: string): boolean {
  const status = state.versions.get(buildId)?.status;
  return status === DRAINED || status === INACTIVE;
}

/** Notes that a workflow was pinned to a version that had none. */
export function reactivateVersion(
  state: DeploymentState,
  buildId: string,
  nowMs: number,
): DeploymentStep {
  if (!isReactivated(state, buildId)) return deploymentStep(state, state);
  const change = { status: DRAINING, drainage: drainingSince(nowMs) };
  return deploymentStep(state, withVersion(state, buildId, change));
}
