import { FailedPreconditionError, NotFoundError } from "@perdure/kernel";
import type { DeploymentHeader } from "@perdure/proto/perdure/internal/v1";
import { UNVERSIONED_TEXT, versionText } from "../version-name.js";
import { addVersion } from "./change-deployment.js";
import { type DeploymentEnvironment, requireManager, requireToken } from "./change-guards.js";
import {
  type DeploymentState,
  type DeploymentStep,
  deploymentStep,
  hasQueue,
  withHeader,
  withVersion,
} from "./deployment-state.js";
import { followRouting } from "./version-changes.js";

interface RoutingChange {
  readonly identity: string;
  /** Whether the conflict token, if there is one, is of the present state. */
  readonly isTokenCurrent: boolean;
  /** Whether a version that nobody has polled for may be made. */
  readonly allowsNoPollers: boolean;
  /** Whether task queues of the current version that are in use lack workers of the new one. */
  readonly isMissingQueues: boolean;
}

/** A wish to make a version current. */
export interface CurrentChange extends RoutingChange {
  /** Empty: unversioned workers. */
  readonly buildId: string;
}

/** A wish to make a version ramping. */
export interface RampChange extends RoutingChange {
  /** Empty: unversioned workers; `undefined`: nothing ramps any more. */
  readonly buildId: string | undefined;
  /** 0 to 100. */
  readonly percentage: number;
}

/** Task queues of the current version that have no workers of another one. */
export function missingQueues(
  state: DeploymentState,
  buildId: string,
): readonly { readonly name: string; readonly type: number }[] {
  const current = state.versions.get(state.header.currentBuildId);
  const proposed = state.versions.get(buildId);
  if (current === undefined || buildId === "") return [];
  return current.queues.filter(
    ({ name, type }) => proposed === undefined || !hasQueue(proposed, name, type),
  );
}

/** Whether `setCurrent` would change nothing. */
export function isCurrentAlready(state: DeploymentState, change: CurrentChange): boolean {
  const { currentBuildId, lastModifierIdentity } = state.header;
  return currentBuildId === change.buildId && lastModifierIdentity === change.identity;
}

/**
 * Makes a version current.
 *
 * @throws {NotFoundError} No such version.
 * @throws {FailedPreconditionError} The state is another than the caller thinks, somebody else
 *   manages the deployment, or task queues would lose their workers.
 */
export function setCurrent(
  state: DeploymentState,
  change: CurrentChange,
  environment: DeploymentEnvironment,
): DeploymentStep {
  if (isCurrentAlready(state, change)) return deploymentStep(state, state);
  const { buildId } = change;
  requireToken(change.isTokenCurrent);
  requireVersion(state, change, buildId);
  requireManager(state, change.identity);
  const known = buildId === "" ? state : addVersion(state, buildId, environment);
  if (change.isMissingQueues) throw missing(state, buildId, "current");
  const previousId = state.header.currentBuildId;
  if (previousId === buildId) return deploymentStep(state, modified(known, change));
  const { nowMs } = environment;
  let next = withHeader(modified(known, change), {
    currentBuildId: buildId,
    currentChangedAtMs: nowMs,
    revision: state.header.revision + 1,
    ...(isRampingTo(state, buildId) ? { ...NO_RAMP, ...rampTimes(nowMs) } : {}),
  });
  next = followRouting(next, buildId, nowMs);
  if (buildId !== "") next = withVersion(next, buildId, { drainageClearedAtMs: nowMs });
  next = followRouting(next, previousId, nowMs);
  return deploymentStep(state, next);
}

const NO_RAMP = { isRamping: false, rampingBuildId: "", rampPercentage: 0 };

function rampTimes(nowMs: number): Partial<DeploymentHeader> {
  return { rampChangedAtMs: nowMs, rampPercentageChangedAtMs: nowMs };
}

function isRampingTo({ header }: DeploymentState, buildId: string | undefined): boolean {
  if (buildId === undefined) return !header.isRamping;
  return header.isRamping && header.rampingBuildId === buildId;
}

/** Whether `setRamping` would change nothing. */
export function isRampingAlready(state: DeploymentState, change: RampChange): boolean {
  const { rampPercentage, lastModifierIdentity } = state.header;
  if (!isRampingTo(state, change.buildId)) return false;
  return rampPercentage === change.percentage && lastModifierIdentity === change.identity;
}

/** Makes a version ramping, or none. Errors as `setCurrent`. */
export function setRamping(
  state: DeploymentState,
  change: RampChange,
  environment: DeploymentEnvironment,
): DeploymentStep {
  if (isRampingAlready(state, change)) return deploymentStep(state, state);
  const { buildId, percentage } = change;
  const { header } = state;
  requireToken(change.isTokenCurrent);
  if (buildId !== undefined) refuseCurrent(state, buildId, percentage);
  if (buildId !== undefined) requireVersion(state, change, buildId);
  requireManager(state, change.identity);
  const isSame = isRampingTo(state, buildId);
  const known = (buildId ?? "") === "" ? state : addVersion(state, buildId ?? "", environment);
  if (isSame && header.rampPercentage === percentage) {
    return deploymentStep(state, modified(known, change));
  }
  if (change.isMissingQueues && !isSame) throw missing(state, buildId ?? "", "ramping");
  const { nowMs } = environment;
  let next = withHeader(modified(known, change), {
    isRamping: buildId !== undefined,
    rampingBuildId: buildId ?? "",
    rampPercentage: percentage,
    rampChangedAtMs: isSame && buildId !== undefined ? header.rampChangedAtMs : nowMs,
    rampPercentageChangedAtMs: nowMs,
    revision: header.revision + 1,
  });
  const followerId = buildId ?? header.rampingBuildId;
  next = followRouting(next, followerId || header.currentBuildId, nowMs);
  if (!isSame && header.isRamping) next = followRouting(next, header.rampingBuildId, nowMs);
  return deploymentStep(state, next);
}

function refuseCurrent({ header, identity }: DeploymentState, buildId: string, percentage: number) {
  if (header.currentBuildId !== buildId || (buildId === "" && percentage === 0)) return;
  throw new FailedPreconditionError(
    `requested ramping version ${oldText(identity.id, buildId)} is already current`,
  );
}

function oldText(deploymentName: string, buildId: string): string {
  return buildId === "" ? UNVERSIONED_TEXT : versionText({ deploymentName, buildId });
}

function requireVersion(state: DeploymentState, change: RoutingChange, buildId: string): void {
  if (state.versions.has(buildId) || buildId === "" || change.allowsNoPollers) return;
  throw new NotFoundError(
    `build ID '${buildId}' not found in Worker Deployment '${state.identity.id}'`,
  );
}

function modified(state: DeploymentState, { identity }: RoutingChange): DeploymentState {
  const changeNumber = state.header.changeNumber + 1;
  return withHeader(state, { lastModifierIdentity: identity, changeNumber });
}

function missing(
  { identity }: DeploymentState,
  buildId: string,
  as: "current" | "ramping",
): FailedPreconditionError {
  return new FailedPreconditionError(
    `proposed ${as} version '${identity.id}:${buildId}' is missing active task queues from the current version; these would become unversioned if it is set as the ${as} version`,
  );
}

/** Notes that tasks which wait in queues were moved as the routing says. */
export function noteMoved(state: DeploymentState, movedRevision: number): DeploymentStep {
  if (state.header.movedRevision >= movedRevision) return deploymentStep(state, state);
  return deploymentStep(state, withHeader(state, { movedRevision }));
}
