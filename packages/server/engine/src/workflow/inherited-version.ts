import {
  ContinueAsNewVersioningBehavior,
  VersioningBehavior,
} from "@perdure/proto/temporal/api/enums/v1";
import type { WorkflowExecutionStartedEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import type { VersionName } from "../version-name.js";
import { type RunState, taskQueueName, versioningOverrideOf } from "./run-state.js";
import { effectiveBehavior, effectiveVersion, overrideTarget } from "./run-versioning.js";

const { AUTO_UPGRADE, PINNED } = VersioningBehavior;

/** What a started event tells of the version that the run has from another one. */
export type InheritedVersion = Pick<
  WorkflowExecutionStartedEventAttributesInit,
  | "inheritedPinnedVersion"
  | "inheritedAutoUpgradeInfo"
  | "declinedTargetVersionUpgrade"
  | "versioningOverride"
>;

/** Whether workflow workers of a version have polled a task queue of the run's namespace. */
export type IsQueueOfVersion = (queueName: string, version: VersionName) => boolean;

const NOTHING: InheritedVersion = {};

/** What the next run has when a workflow continues as new, maybe in another task queue. */
export function versionOfContinued(
  run: RunState,
  next: {
    readonly queueName: string;
    readonly initialBehavior: ContinueAsNewVersioningBehavior;
    readonly isQueueOfVersion: IsQueueOfVersion;
  },
): InheritedVersion {
  if (isWithoutVersion(run)) return NOTHING;
  const { initialBehavior } = next;
  const { UNSPECIFIED } = ContinueAsNewVersioningBehavior;
  const isInQueue = stays(run, next);
  const behavior = effectiveBehavior(run);
  const pinned =
    behavior === PINNED && initialBehavior === UNSPECIFIED && isInQueue
      ? effectiveVersion(run)
      : undefined;
  const mayMove =
    behavior === AUTO_UPGRADE || (behavior === PINNED && initialBehavior !== UNSPECIFIED);
  const override = versioningOverrideOf(run);
  return {
    ...pinnedTo(run, pinned),
    ...(mayMove && isInQueue ? movingFrom(run, initialBehavior) : NOTHING),
    versioningOverride: override?.override?.kind === "pinned" && isInQueue ? override : undefined,
  };
}

/** What the next attempt of a run that failed has; it is in the same task queue. */
export function versionOfRetried(run: RunState): InheritedVersion {
  if (isWithoutVersion(run)) return NOTHING;
  const behavior = effectiveBehavior(run);
  if (behavior === PINNED && run.started.inheritedPinnedVersion !== undefined) {
    return pinnedTo(run, effectiveVersion(run));
  }
  if (behavior !== AUTO_UPGRADE) return NOTHING;
  const { UNSPECIFIED } = ContinueAsNewVersioningBehavior;
  return movingFrom(run, run.uncommon.versioning?.initialBehavior ?? UNSPECIFIED);
}

/** What a child has whose start says nothing of versions. */
export function versionOfChild(
  parent: RunState,
  child: {
    readonly namespaceId: string;
    readonly queueName: string;
    readonly isQueueOfVersion: IsQueueOfVersion;
  },
): InheritedVersion {
  if (isWithoutVersion(parent) || child.namespaceId !== parent.namespaceId) return NOTHING;
  if (!stays(parent, child)) return NOTHING;
  const override = versioningOverrideOf(parent);
  const behavior = effectiveBehavior(parent);
  const { UNSPECIFIED } = ContinueAsNewVersioningBehavior;
  const pinned = behavior === PINNED ? effectiveVersion(parent) : undefined;
  return {
    inheritedPinnedVersion: pinned,
    ...(behavior === AUTO_UPGRADE ? movingFrom(parent, UNSPECIFIED) : NOTHING),
    versioningOverride: overrideTarget(override) === undefined ? undefined : override,
  };
}

function isWithoutVersion(run: RunState): boolean {
  return run.uncommon.versioning === undefined && versioningOverrideOf(run) === undefined;
}

/** Whether workers of the run's version poll the queue. */
function stays(
  run: RunState,
  { queueName, isQueueOfVersion }: { queueName: string; isQueueOfVersion: IsQueueOfVersion },
): boolean {
  if (queueName === taskQueueName(run)) return true;
  const version = effectiveVersion(run);
  return version !== undefined && isQueueOfVersion(queueName, version);
}

/** A pinned run that was told of a newer version and did not move has declined it. */
function pinnedTo(run: RunState, version: VersionName | undefined): InheritedVersion {
  if (version === undefined) return NOTHING;
  const { notifiedTarget, declinedTarget } = run.uncommon.versioning ?? {};
  const declined = notifiedTarget ?? declinedTarget;
  return {
    inheritedPinnedVersion: version,
    declinedTargetVersionUpgrade: declined && {
      deploymentVersion: declined.version,
      revisionNumber: BigInt(declined.revision),
    },
  };
}

function movingFrom(
  run: RunState,
  continueAsNewInitialVersioningBehavior: ContinueAsNewVersioningBehavior,
): InheritedVersion {
  const sourceDeploymentVersion = effectiveVersion(run);
  const revision = run.uncommon.versioning?.revision ?? 0;
  if (sourceDeploymentVersion === undefined || revision === 0) return NOTHING;
  return {
    inheritedAutoUpgradeInfo: {
      sourceDeploymentVersion,
      sourceDeploymentRevisionNumber: BigInt(revision),
      continueAsNewInitialVersioningBehavior,
    },
  };
}
