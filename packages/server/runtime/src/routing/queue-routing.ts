import type { DeploymentState, VersionName } from "@perdure/engine";
import { rampThreshold } from "./ramp-threshold.js";

/** Which workers of a task queue get the tasks of workflows that are pinned to no version. */
export interface QueueRouting {
  /** Versions with workers that have polled the queue, as `nameOf` writes them. */
  readonly versions: ReadonlySet<string>;
  /** `undefined`: unversioned workers. */
  readonly current: VersionName | undefined;
  readonly currentRevision: number;
  readonly currentChangedAtMs: number;
  readonly isRamping: boolean;
  /** `undefined`: unversioned workers. */
  readonly ramping: VersionName | undefined;
  /** 0 to 100. */
  readonly rampPercentage: number;
  readonly rampRevision: number;
  readonly rampChangedAtMs: number;
}

/** The version that tasks go to; `undefined`: unversioned workers. */
export interface RoutingTarget {
  readonly version: VersionName | undefined;
  /** The revision of the deployment's routing that says so. */
  readonly revision: number;
}

const NO_ROUTING = {
  current: undefined,
  currentRevision: 0,
  currentChangedAtMs: 0,
  isRamping: false,
  ramping: undefined,
  rampPercentage: 0,
  rampRevision: 0,
  rampChangedAtMs: 0,
};

/** A version as a key of sets. */
export function nameOf({ deploymentName, buildId }: VersionName): string {
  return `${deploymentName}:${buildId}`;
}

/**
 * The routing of a queue from the deployments with workers that have polled it. A deployment whose
 * version is in the queue goes before one that wants unversioned workers, and of several the one
 * that changed last.
 */
export function routingOf(
  deployments: readonly DeploymentState[],
  versions: ReadonlySet<string>,
): QueueRouting {
  return {
    ...NO_ROUTING,
    versions,
    ...currentOf(deployments, versions),
    ...rampOf(deployments, versions),
  };
}

type Current = Pick<QueueRouting, "current" | "currentRevision" | "currentChangedAtMs">;

function currentOf(
  deployments: readonly DeploymentState[],
  versions: ReadonlySet<string>,
): Current | undefined {
  const chosen = latest(
    deployments,
    versions,
    ({ header }) => [header.currentBuildId, header.currentChangedAtMs] as const,
  );
  if (chosen === undefined) return undefined;
  const { header } = chosen.state;
  return {
    current: chosen.version,
    currentRevision: header.revision,
    currentChangedAtMs: header.currentChangedAtMs,
  };
}

function rampOf(
  deployments: readonly DeploymentState[],
  versions: ReadonlySet<string>,
): Partial<QueueRouting> | undefined {
  const chosen = latest(
    deployments,
    versions,
    ({ header }) => [header.rampingBuildId, header.rampPercentageChangedAtMs] as const,
  );
  if (chosen === undefined) return undefined;
  const { header } = chosen.state;
  return {
    isRamping: header.isRamping,
    ramping: chosen.version,
    rampPercentage: header.rampPercentage,
    rampRevision: header.revision,
    rampChangedAtMs: header.rampPercentageChangedAtMs,
  };
}

interface Chosen {
  readonly state: DeploymentState;
  readonly version: VersionName | undefined;
}

function latest(
  deployments: readonly DeploymentState[],
  versions: ReadonlySet<string>,
  read: (state: DeploymentState) => readonly [buildId: string, changedAtMs: number],
): Chosen | undefined {
  let versioned: Chosen | undefined;
  let unversioned: Chosen | undefined;
  let versionedMs = 0;
  let unversionedMs = 0;
  for (const state of deployments) {
    const [buildId, changedAtMs] = read(state);
    const version = { deploymentName: state.identity.id, buildId };
    if (buildId === "" && changedAtMs > unversionedMs) {
      unversioned = { state, version: undefined };
      unversionedMs = changedAtMs;
    } else if (buildId !== "" && changedAtMs > versionedMs && versions.has(nameOf(version))) {
      versioned = { state, version };
      versionedMs = changedAtMs;
    }
  }
  return versioned ?? unversioned;
}

/** Where the tasks of a workflow go that is pinned to no version. */
export function targetOf(
  routing: QueueRouting,
  workflow: { readonly workflowId: string; readonly usesRamping: boolean },
): RoutingTarget {
  const current = { version: routing.current, revision: routing.currentRevision };
  const ramping = { version: routing.ramping, revision: routing.rampRevision };
  if (workflow.usesRamping && routing.ramping !== undefined) return ramping;
  if (routing.rampPercentage <= 0) return current;
  if (routing.rampPercentage >= 100) return ramping;
  return rampThreshold(workflow.workflowId) <= routing.rampPercentage ? ramping : current;
}
