import {
  DeploymentHeader,
  DeploymentRecord,
  DeploymentVersion,
} from "@perdure/proto/perdure/internal/v1";
import type { TaskQueueType } from "@perdure/proto/temporal/api/enums/v1";

/** Names a worker deployment; the ID is its name. */
export interface DeploymentIdentity {
  readonly namespaceId: string;
  readonly id: string;
  readonly runId: string;
}

/** A worker deployment with all its versions, which are one thing to be changed. */
export interface DeploymentState {
  readonly identity: DeploymentIdentity;
  readonly header: DeploymentHeader;
  /** By build ID, in the order in which they were made. */
  readonly versions: ReadonlyMap<string, DeploymentVersion>;
}

/** What happened to a deployment; `record` makes the same of the stored state. */
export interface DeploymentStep {
  readonly next: DeploymentState;
  readonly record: Uint8Array | undefined;
  readonly isListChanged: boolean;
  readonly offers: readonly never[];
}

/** A header with nothing in it. */
export const NO_HEADER: DeploymentHeader = DeploymentHeader.decode(new Uint8Array(0));

/** A version that nothing is known of. */
export const NO_VERSION: DeploymentVersion = DeploymentVersion.decode(new Uint8Array(0));

/** The step from one state to another; the record has what differs. */
export function deploymentStep(
  before: DeploymentState | undefined,
  next: DeploymentState,
): DeploymentStep {
  if (before === next) return { next, record: undefined, isListChanged: false, offers: [] };
  const record = DeploymentRecord.encode({
    header: before?.header === next.header ? undefined : next.header,
    versions: [...next.versions.values()].filter(
      (version) => before?.versions.get(version.buildId) !== version,
    ),
    removedBuildIds: [...(before?.versions.keys() ?? [])].filter((id) => !next.versions.has(id)),
  });
  return { next, record, isListChanged: true, offers: [] };
}

/** Encodes a whole state, as `foldDeployment` reads it. */
export function encodeDeployment(state: DeploymentState): Uint8Array {
  return DeploymentRecord.encode({ header: state.header, versions: [...state.versions.values()] });
}

/** The state after a log entry. */
export function foldDeployment(
  state: DeploymentState | undefined,
  data: Uint8Array,
  identity: DeploymentIdentity,
): DeploymentState {
  const record = DeploymentRecord.decode(data);
  const versions = new Map(state?.versions);
  for (const buildId of record.removedBuildIds) versions.delete(buildId);
  for (const version of record.versions) versions.set(version.buildId, version);
  return { identity, header: record.header ?? state?.header ?? NO_HEADER, versions };
}

/** A state with some of its header changed. */
export function withHeader(
  state: DeploymentState,
  change: Partial<DeploymentHeader>,
): DeploymentState {
  return { ...state, header: { ...state.header, ...change } };
}

/** A state with a version changed, or added. */
export function withVersion(
  state: DeploymentState,
  buildId: string,
  change: Partial<DeploymentVersion>,
): DeploymentState {
  const versions = new Map(state.versions);
  versions.set(buildId, { ...(versions.get(buildId) ?? NO_VERSION), buildId, ...change });
  return { ...state, versions };
}

/** Whether workers of a version have polled a task queue. */
export function hasQueue(version: DeploymentVersion, name: string, type: TaskQueueType): boolean {
  return version.queues.some((queue) => queue.name === name && queue.type === type);
}
