import { InvalidArgumentError } from "@perdure/kernel";
import { VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import {
  VersioningOverride_PinnedOverrideBehavior,
  type VersioningOverrideInit,
  WorkflowExecutionOptions,
  type WorkflowExecutionOptionsInit,
} from "@perdure/proto/temporal/api/workflow/v1";
import { invalidOptionsPath } from "./options-paths.js";
import { priorityOfRun, type RunState, requireOpen, versioningOverrideOf } from "./run-state.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";
import {
  isVersionChanged,
  offerActivitiesElsewhere,
  offerElsewhere,
  versionMark,
} from "./version-transition.js";
import { offerWorkflowTask } from "./workflow-task.js";

/** Which options of a run become what. */
export interface OptionsChange {
  readonly options: WorkflowExecutionOptionsInit;
  /** Paths of a field mask: what is not named stays as it is. */
  readonly paths: readonly string[];
  readonly identity: string;
}

/** A step with the options that the run has after it. */
export interface OptionsStep {
  readonly step: RunStep;
  readonly options: WorkflowExecutionOptionsInit;
}

/**
 * Changes options of a run. The workflow is not told.
 *
 * @throws {NotFoundError} The run has closed.
 * @throws {InvalidArgumentError} The mask names no field, or a part of what is changed as a whole.
 */
export function updateRunOptions(
  run: RunState,
  change: OptionsChange,
  environment: StepEnvironment,
): OptionsStep {
  requireOpen(run);
  const step = new Step(run, environment);
  const options = changeOptions(step, change);
  return { step: step.finish(), options };
}

/**
 * Changes options within a step that may do more; returns what the options are then. Errors as
 * `updateRunOptions`.
 */
export function changeOptions(step: Step, change: OptionsChange): WorkflowExecutionOptionsInit {
  const before: WorkflowExecutionOptionsInit = {
    versioningOverride: versioningOverrideOf(step.draft),
    priority: priorityOfRun(step.draft),
  };
  const merged = mergeOptions(before, change);
  if (isEqual(before, merged)) return merged;
  const { versioningOverride, priority } = merged;
  const value = {
    versioningOverride: presentForm(versioningOverride),
    unsetVersioningOverride: versioningOverride === undefined,
    identity: change.identity,
    priority,
  };
  const kind = "workflowExecutionOptionsUpdatedEventAttributes";
  const mark = versionMark(step.draft);
  step.recordOrBuffer({ kind, value }, { workerMayIgnore: true });
  step.changeList();
  if (isVersionChanged(mark, step.draft)) {
    step.setSticky(undefined);
    offerElsewhere(step);
    offerActivitiesElsewhere(step, 0);
  } else {
    offerAgain(step);
  }
  return merged;
}

/** A task that waits in a queue goes there again, since its place in it may be another now. */
function offerAgain(step: Step): void {
  const task = step.draft.workflowTask;
  if (task === undefined || task.startedEventId !== 0 || task.isSpeculative === true) return;
  offerWorkflowTask(step);
}

function isEqual(one: WorkflowExecutionOptionsInit, other: WorkflowExecutionOptionsInit): boolean {
  const [a, b] = [WorkflowExecutionOptions.encode(one), WorkflowExecutionOptions.encode(other)];
  return Buffer.compare(a, b) === 0;
}

function mergeOptions(
  before: WorkflowExecutionOptionsInit,
  change: OptionsChange,
): WorkflowExecutionOptionsInit {
  const { options, paths } = change;
  const invalid = invalidOptionsPath(paths);
  if (invalid !== undefined) throw refused(invalid);
  const merged = { ...before };
  const named = new Set(paths);
  const hasDeployment = named.has("versioning_override.deployment");
  const hasBehavior = named.has("versioning_override.behavior");
  if (named.has("versioning_override") || (hasDeployment && hasBehavior)) {
    merged.versioningOverride = options.versioningOverride;
  }
  if (hasDeployment !== hasBehavior) {
    throw refused("versioning_override fields must be updated together");
  }
  for (const path of named) {
    if (!path.startsWith("versioning_override.") || OLD_OVERRIDE_PATHS.has(path)) continue;
    throw refused("versioning_override doesn't support partial updates");
  }
  mergePriority(merged, options.priority, named);
  if (paths.some((path) => path.startsWith("time_skipping_config."))) {
    throw refused("time_skipping_config doesn't support partial update");
  }
  return merged;
}

/** Parts of an override of the oldest form, which change together. */
const OLD_OVERRIDE_PATHS: ReadonlySet<string> = new Set([
  "versioning_override.deployment",
  "versioning_override.behavior",
]);

function mergePriority(
  merged: { priority?: WorkflowExecutionOptionsInit["priority"] },
  priority: WorkflowExecutionOptionsInit["priority"],
  named: ReadonlySet<string>,
): void {
  if (named.has("priority")) merged.priority = priority;
  if (named.has("priority.priority_key")) {
    merged.priority = { ...merged.priority, priorityKey: priority?.priorityKey };
  }
  if (named.has("priority.fairness_key")) {
    merged.priority = { ...merged.priority, fairnessKey: priority?.fairnessKey };
  }
  if (named.has("priority.fairness_weight")) {
    merged.priority = { ...merged.priority, fairnessWeight: priority?.fairnessWeight };
  }
}

function refused(reason: string): InvalidArgumentError {
  return new InvalidArgumentError(`error applying update_options: ${reason}`);
}

/** An override in the form of today, whatever fields it was given in. */
function presentForm(
  override: VersioningOverrideInit | undefined,
): VersioningOverrideInit | undefined {
  if (override === undefined || override.override !== undefined) return override;
  if (override.behavior === VersioningBehavior.AUTO_UPGRADE) {
    return { override: { kind: "autoUpgrade", value: true } };
  }
  const { deployment, pinnedVersion = "" } = override;
  const at = pinnedVersion.indexOf(".");
  const version =
    deployment === undefined
      ? { deploymentName: pinnedVersion.slice(0, at), buildId: pinnedVersion.slice(at + 1) }
      : { deploymentName: deployment.seriesName, buildId: deployment.buildId };
  const behavior = VersioningOverride_PinnedOverrideBehavior.PINNED;
  return { override: { kind: "pinned", value: { behavior, version } } };
}
