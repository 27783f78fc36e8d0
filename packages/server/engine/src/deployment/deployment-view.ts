import type { TimestampInit } from "@perdure/proto/google/protobuf";
import type { DeploymentVersion } from "@perdure/proto/perdure/internal/v1";
import type {
  RoutingConfigInit,
  VersionDrainageInfoInit,
  WorkerDeploymentInfo_WorkerDeploymentVersionSummaryInit,
  WorkerDeploymentInfoInit,
  WorkerDeploymentVersionInfoInit,
} from "@perdure/proto/temporal/api/deployment/v1";
import {
  RoutingConfigUpdateState,
  VersionDrainageStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import type { ListWorkerDeploymentsResponse_WorkerDeploymentSummaryInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import { UNVERSIONED_TEXT, versionText } from "../version-name.js";
import { toTimestamp } from "../wire-time.js";
import type { DeploymentState } from "./deployment-state.js";

const { COMPLETED, IN_PROGRESS } = RoutingConfigUpdateState;

function time(atMs: number): TimestampInit | undefined {
  return atMs === 0 ? undefined : toTimestamp(atMs);
}

/** A deployment as it is described. */
export function describedDeployment(state: DeploymentState): WorkerDeploymentInfoInit {
  const { header, identity } = state;
  return {
    name: identity.id,
    // The latest version comes first.
    versionSummaries: [...state.versions.values()].reverse().map((version) => ({
      ...summaryOf(state, version),
      drainageStatus: version.drainage?.status ?? VersionDrainageStatus.UNSPECIFIED,
    })),
    createTime: toTimestamp(header.createdAtMs),
    routingConfig: routingConfig(state),
    lastModifierIdentity: header.lastModifierIdentity,
    managerIdentity: header.managerIdentity,
    routingConfigUpdateState: header.movedRevision < header.revision ? IN_PROGRESS : COMPLETED,
  };
}

/** A deployment as lists tell of it. */
export function listedDeployment(
  state: DeploymentState,
): ListWorkerDeploymentsResponse_WorkerDeploymentSummaryInit {
  const { header } = state;
  const summary = (
    version: DeploymentVersion | undefined,
  ): WorkerDeploymentInfo_WorkerDeploymentVersionSummaryInit | undefined =>
    version === undefined ? undefined : summaryOf(state, version);
  return {
    name: state.identity.id,
    createTime: toTimestamp(header.createdAtMs),
    routingConfig: routingConfig(state),
    latestVersionSummary: summary([...state.versions.values()].at(-1)),
    currentVersionSummary: summary(state.versions.get(header.currentBuildId)),
    rampingVersionSummary: summary(
      header.isRamping ? state.versions.get(header.rampingBuildId) : undefined,
    ),
  };
}

function routingConfig({ header, identity }: DeploymentState): RoutingConfigInit {
  return {
    currentDeploymentVersion: apiVersion(identity.id, header.currentBuildId),
    currentVersion: oldText(identity.id, header.currentBuildId),
    rampingDeploymentVersion: apiVersion(identity.id, header.rampingBuildId),
    rampingVersion: header.isRamping ? oldText(identity.id, header.rampingBuildId) : "",
    rampingVersionPercentage: header.rampPercentage,
    currentVersionChangedTime: time(header.currentChangedAtMs),
    rampingVersionChangedTime: time(header.rampChangedAtMs),
    rampingVersionPercentageChangedTime: time(header.rampPercentageChangedAtMs),
    revisionNumber: BigInt(header.revision),
  };
}

function apiVersion(
  deploymentName: string,
  buildId: string,
): { readonly deploymentName: string; readonly buildId: string } | undefined {
  return buildId === "" ? undefined : { deploymentName, buildId };
}

function oldText(deploymentName: string, buildId: string): string {
  return buildId === "" ? UNVERSIONED_TEXT : versionText({ deploymentName, buildId });
}

/** The version that ramps before a change, in both forms of the API, for its answer. */
export function rampingText({ header, identity }: DeploymentState): string {
  return header.isRamping ? oldText(identity.id, header.rampingBuildId) : "";
}

/** The current version, as the older form of the API names it. */
export function currentText({ header, identity }: DeploymentState): string {
  return oldText(identity.id, header.currentBuildId);
}

function summaryOf(
  { identity }: DeploymentState,
  version: DeploymentVersion,
): WorkerDeploymentInfo_WorkerDeploymentVersionSummaryInit {
  const name = { deploymentName: identity.id, buildId: version.buildId };
  return {
    version: versionText(name),
    deploymentVersion: name,
    status: version.status,
    createTime: toTimestamp(version.createdAtMs),
    drainageInfo: drainageInfo(version) ?? clearedDrainage(version),
    currentSinceTime: time(version.currentSinceMs),
    rampingSinceTime: time(version.rampingSinceMs),
    routingUpdateTime: time(version.routingChangedAtMs),
    firstActivationTime: time(version.firstActivatedAtMs),
    lastCurrentTime: time(version.lastCurrentAtMs),
    lastDeactivationTime: time(version.lastDeactivatedAtMs),
  };
}

function drainageInfo({ drainage }: DeploymentVersion): VersionDrainageInfoInit | undefined {
  if (drainage === undefined) return undefined;
  const { status, changedAtMs, checkedAtMs } = drainage;
  return {
    status,
    lastChangedTime: toTimestamp(changedAtMs),
    lastCheckedTime: toTimestamp(checkedAtMs),
  };
}

/** What summaries of a version that has become current tell, although it does not drain. */
function clearedDrainage({
  drainageClearedAtMs,
}: DeploymentVersion): VersionDrainageInfoInit | undefined {
  if (drainageClearedAtMs === 0) return undefined;
  const lastChangedTime = toTimestamp(drainageClearedAtMs);
  return { lastChangedTime, lastCheckedTime: lastChangedTime };
}

/** A version as it is described. */
export function describedVersion(
  { identity }: Pick<DeploymentState, "identity">,
  version: DeploymentVersion,
): WorkerDeploymentVersionInfoInit {
  const name = { deploymentName: identity.id, buildId: version.buildId };
  return {
    version: versionText(name),
    deploymentVersion: name,
    status: version.status,
    createTime: toTimestamp(version.createdAtMs),
    routingChangedTime: time(version.routingChangedAtMs),
    currentSinceTime: time(version.currentSinceMs),
    rampingSinceTime: time(version.rampingSinceMs),
    rampPercentage: version.rampPercentage,
    taskQueueInfos: version.queues,
    drainageInfo: drainageInfo(version),
    metadata: version.hasMetadata ? { entries: version.metadata } : undefined,
    lastModifierIdentity: version.lastModifierIdentity,
  };
}
