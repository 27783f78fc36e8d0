import { RunVersioning } from "@perdure/proto/perdure/internal/v1";
import type { WorkerDeploymentVersionInit } from "@perdure/proto/temporal/api/deployment/v1";
import {
  ContinueAsNewVersioningBehavior,
  VersioningBehavior,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  WorkflowExecutionStartedEventAttributesInit,
  WorkflowTaskCompletedEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";
import type { VersioningOverrideInit } from "@perdure/proto/temporal/api/workflow/v1";
import type { VersionName } from "../version-name.js";
import { type RunDraft, type RunState, versioningOverrideOf } from "./run-state.js";
import type { TaskDirective } from "./task-directive.js";

const { AUTO_UPGRADE, PINNED, UNSPECIFIED } = VersioningBehavior;

/** Of a run that no worker with a version had to do with. */
export const NO_VERSIONING: RunVersioning = RunVersioning.decode(new Uint8Array(0));

/** A version in the form of the engine. */
export function versionName(
  version: WorkerDeploymentVersionInit | undefined,
): VersionName | undefined {
  if (version === undefined) return undefined;
  return { deploymentName: version.deploymentName ?? "", buildId: version.buildId ?? "" };
}

/** Whether two versions, or none and none, are the same. */
export function isSameVersionName(
  one: WorkerDeploymentVersionInit | undefined,
  other: WorkerDeploymentVersionInit | undefined,
): boolean {
  return one?.deploymentName === other?.deploymentName && one?.buildId === other?.buildId;
}

/** A version as search attributes and most texts name it. */
export function versionLabel(version: WorkerDeploymentVersionInit | undefined): string {
  if (version === undefined) return "";
  return `${version.deploymentName ?? ""}:${version.buildId ?? ""}`;
}

/** The version that an override moves the run to; `undefined` for none. */
export function overrideTarget(
  override: VersioningOverrideInit | undefined,
): VersionName | undefined {
  switch (override?.override?.kind) {
    case "pinned":
      return versionName(override.override.value.version);
    case "oneTime":
      return versionName(override.override.value.targetDeploymentVersion);
    default:
      return undefined;
  }
}

/** How the run follows its deployment, with its override and with a move under way. */
export function effectiveBehavior(run: RunState): VersioningBehavior {
  const { versioning } = run.uncommon;
  if (versioning?.transition !== undefined) return AUTO_UPGRADE;
  const override = versioningOverrideOf(run);
  if (override?.override?.kind === "autoUpgrade") return AUTO_UPGRADE;
  if (overrideTarget(override) !== undefined) return PINNED;
  return versioning?.behavior ?? UNSPECIFIED;
}

/** The version that the run belongs to, with its override and with a move under way. */
export function effectiveVersion(run: RunState): VersionName | undefined {
  const { versioning } = run.uncommon;
  if (versioning?.transition !== undefined) return versionName(versioning.transition.version);
  const target = overrideTarget(versioningOverrideOf(run));
  if (target !== undefined) return target;
  if (effectiveBehavior(run) === UNSPECIFIED) return undefined;
  return versionName(versioning?.version);
}

/** What the run wants of the routing of its tasks; `undefined` for one without versions. */
export function taskDirective(run: RunState): TaskDirective | undefined {
  if (run.uncommon.versioning === undefined && versioningOverrideOf(run) === undefined) {
    return undefined;
  }
  const behavior = effectiveBehavior(run);
  if (behavior === UNSPECIFIED) return undefined;
  const { USE_RAMPING_VERSION } = ContinueAsNewVersioningBehavior;
  return {
    isPinned: behavior === PINNED,
    version: effectiveVersion(run),
    usesRamping:
      run.previousStartedEventId === 0 &&
      run.uncommon.versioning?.initialBehavior === USE_RAMPING_VERSION,
  };
}

/** Folds what a run has from the one before it, or from its parent. */
export function applyInheritedVersion(
  draft: RunDraft,
  started: WorkflowExecutionStartedEventAttributesInit,
): void {
  const { inheritedPinnedVersion: pinned, inheritedAutoUpgradeInfo: moving } = started;
  const target = overrideTarget(started.versioningOverride);
  if (pinned === undefined && moving === undefined && target === undefined) return;
  const version = versionName(pinned ?? moving?.sourceDeploymentVersion);
  const isContinued = (started.continuedExecutionRunId ?? "") !== "" && pinned !== undefined;
  const declined = isContinued ? started.declinedTargetVersionUpgrade : undefined;
  setVersioning(draft, {
    behavior: pinned === undefined ? (moving === undefined ? UNSPECIFIED : AUTO_UPGRADE) : PINNED,
    version,
    revision: Number(moving?.sourceDeploymentRevisionNumber ?? 0n),
    initialBehavior:
      moving?.continueAsNewInitialVersioningBehavior ?? ContinueAsNewVersioningBehavior.UNSPECIFIED,
    declinedTarget: declined && {
      version: versionName(declined.deploymentVersion),
      revision: Number(declined.revisionNumber ?? 0n),
    },
    workerDeploymentName: (target ?? version)?.deploymentName ?? "",
    isVersioned: true,
  });
}

/** Folds what the worker of a completed workflow task says of its version. */
export function applyWorkerVersion(
  draft: RunDraft,
  completed: WorkflowTaskCompletedEventAttributesInit,
): void {
  const { deploymentVersion, workerDeploymentName = "" } = completed;
  const behavior = completed.versioningBehavior ?? UNSPECIFIED;
  const before = draft.uncommon.versioning;
  const isPlain = behavior === UNSPECIFIED && deploymentVersion === undefined;
  if (isPlain && before === undefined && workerDeploymentName === "") return;
  const version = behavior === UNSPECIFIED ? undefined : versionName(deploymentVersion);
  const transition = before?.transition;
  const isMoved = isSameVersionName(transition?.version, deploymentVersion);
  const label = versionLabel(deploymentVersion);
  const used = before?.usedVersions ?? [];
  setVersioning(draft, {
    behavior,
    version,
    transition: transition === undefined || isMoved ? undefined : transition,
    usedVersions: label === "" || used.includes(label) ? used : [...used, label],
    workerDeploymentName,
    isVersioned: before?.isVersioned === true || behavior !== UNSPECIFIED,
  });
  endOneTimeOverride(draft, deploymentVersion);
}

function endOneTimeOverride(
  draft: RunDraft,
  completedBy: WorkerDeploymentVersionInit | undefined,
): void {
  const override = versioningOverrideOf(draft);
  if (override?.override?.kind !== "oneTime" || completedBy === undefined) return;
  if (!isSameVersionName(overrideTarget(override), completedBy)) return;
  const { options } = draft.uncommon;
  draft.uncommon = {
    ...draft.uncommon,
    options: {
      ...options,
      priority: options === undefined ? draft.started.priority : options.priority,
      versioningOverride: undefined,
      hasVersioning: true,
    },
  };
}

function setVersioning(draft: RunDraft, change: Partial<RunVersioning>): void {
  const versioning = { ...(draft.uncommon.versioning ?? NO_VERSIONING), ...change };
  draft.uncommon = { ...draft.uncommon, versioning };
}

/** Folds a changed override: it ends a move under way if it makes the run another one's. */
export function applyOverride(draft: RunDraft, before: RunState): void {
  const target = overrideTarget(versioningOverrideOf(draft));
  const known = draft.uncommon.versioning;
  if (target === undefined && known === undefined) return;
  const isChanged =
    effectiveBehavior(before) !== effectiveBehavior(draft) ||
    !isSameVersionName(effectiveVersion(before), effectiveVersion(draft));
  setVersioning(draft, {
    transition: isChanged ? undefined : known?.transition,
    workerDeploymentName: (target ?? known?.version)?.deploymentName ?? "",
    isVersioned: true,
  });
}
