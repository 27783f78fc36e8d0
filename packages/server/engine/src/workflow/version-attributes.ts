import type { RunVersioning } from "@perdure/proto/perdure/internal/v1";
import type { PayloadInit } from "@perdure/proto/temporal/api/common/v1";
import { VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import { attributePayload } from "./payload-fields.js";
import { type RunState, versioningOverrideOf } from "./run-state.js";
import { overrideTarget, versionLabel, versionName } from "./run-versioning.js";

const { AUTO_UPGRADE, PINNED, UNSPECIFIED } = VersioningBehavior;

/** What is to be told of the versions of a run. */
export interface ToldVersions {
  readonly run: RunState;
  readonly versioning: RunVersioning;
  /** Build IDs of the workers, of those with versions too. */
  readonly buildIds: readonly string[];
}

/**
 * Adds the search attributes of a run that had to do with workers that have versions. A move under
 * way is not told: its first workflow task has not completed.
 */
export function addVersionAttributes(fields: Map<string, PayloadInit>, told: ToldVersions): void {
  const { run, versioning } = told;
  const target = overrideTarget(versioningOverrideOf(run));
  const version = target ?? versionName(versioning.version);
  const behavior = listedBehavior(run, versioning);
  const deployment = version?.deploymentName ?? versioning.workerDeploymentName;
  const set = (name: string, value: string): void => {
    if (value !== "") fields.set(name, attributePayload("Keyword", value));
  };
  set("TemporalWorkerDeployment", deployment);
  set("TemporalWorkerDeploymentVersion", versionLabel(version));
  set("TemporalWorkflowVersioningBehavior", behaviorText(behavior));
  const { usedVersions } = versioning;
  if (usedVersions.length > 0) {
    const used = attributePayload("KeywordList", usedVersions);
    fields.set("TemporalUsedWorkerDeploymentVersions", used);
  }
  const first = firstEntry(behavior, versionLabel(version));
  const ofVersions = new Set(usedVersions.map((label) => label.slice(label.indexOf(":") + 1)));
  const buildIds = [
    ...first,
    ...told.buildIds.filter((buildId) => !ofVersions.has(buildId)).map(unversionedEntry),
  ];
  const isTold = run.lastCompletedEventId > 0 || behavior !== UNSPECIFIED;
  if (isTold && buildIds.length > 0) {
    fields.set("BuildIds", attributePayload("KeywordList", buildIds));
  }
}

/** What a run is found by for the build ID of a worker that has no version. */
export function unversionedEntry(buildId: string): string {
  return `unversioned:${buildId}`;
}

function listedBehavior(run: RunState, versioning: RunVersioning): VersioningBehavior {
  const override = versioningOverrideOf(run);
  if (override?.override?.kind === "autoUpgrade") return AUTO_UPGRADE;
  return overrideTarget(override) === undefined ? versioning.behavior : PINNED;
}

function behaviorText(behavior: VersioningBehavior): string {
  if (behavior === PINNED) return "Pinned";
  return behavior === AUTO_UPGRADE ? "AutoUpgrade" : "";
}

function firstEntry(behavior: VersioningBehavior, label: string): readonly string[] {
  if (behavior === PINNED) return [`pinned:${label}`];
  return behavior === UNSPECIFIED ? ["unversioned"] : [];
}
