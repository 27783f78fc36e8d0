import { VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import type { VersionName } from "../version-name.js";
import { changeProgress, offerActivity } from "./activity.js";
import { type RunState, versioningOverrideOf } from "./run-state.js";
import {
  effectiveBehavior,
  effectiveVersion,
  isSameVersionName,
  NO_VERSIONING,
} from "./run-versioning.js";
import type { Step } from "./step.js";
import type { StartVersioning } from "./worker-version.js";
import { offerWorkflowTask, scheduleWorkflowTask } from "./workflow-task.js";

/** Whether tasks of another version than the run's last one are under way. */
export function isInTransition(run: RunState): boolean {
  return run.uncommon.versioning?.transition !== undefined;
}

/** Moves the run to the version of the worker that has got its workflow task, if it is another. */
export function followWorker(step: Step, versioning: StartVersioning): void {
  if (effectiveBehavior(step.draft) === VersioningBehavior.PINNED) return;
  if (isSameVersionName(effectiveVersion(step.draft), versioning.worker)) return;
  beginTransition(step, versioning);
}

function beginTransition(step: Step, { worker, target }: StartVersioning): void {
  step.setVersioning({
    ...(step.draft.uncommon.versioning ?? NO_VERSIONING),
    transition: { version: worker },
    revision: worker === undefined ? 0 : target.revision,
    isVersioned: true,
  });
  step.setSticky(undefined);
}

/**
 * Moves the run to the version of a worker that was to get an activity. The activity waits until a
 * workflow task has completed there.
 */
export function moveForActivity(step: Step, versioning: StartVersioning): void {
  beginTransition(step, versioning);
  const task = step.draft.workflowTask;
  if (task === undefined) scheduleWorkflowTask(step);
  else if (task.startedEventId === 0) offerElsewhere(step);
}

/** Offers a workflow task that nobody has started anew, since it goes to another queue by now. */
export function offerElsewhere(step: Step): void {
  const task = step.draft.workflowTask;
  if (task === undefined || task.startedEventId !== 0 || task.isSpeculative === true) return;
  if (task.stickyQueue !== "") step.setWorkflowTask({ ...task, stickyQueue: "" });
  offerWorkflowTask(step);
}

/** The version and behaviour of a run, to be compared with later ones. */
export interface VersionMark {
  readonly behavior: VersioningBehavior;
  readonly version: VersionName | undefined;
  readonly isMoving: boolean;
}

/** The present version of a run; `undefined` for one without versions. */
export function versionMark(run: RunState): VersionMark | undefined {
  if (run.uncommon.versioning === undefined && versioningOverrideOf(run) === undefined) {
    return undefined;
  }
  return {
    behavior: effectiveBehavior(run),
    version: effectiveVersion(run),
    isMoving: isInTransition(run),
  };
}

/** Whether the run belongs to another version than before, or has come to where it moved. */
export function isVersionChanged(before: VersionMark | undefined, run: RunState): boolean {
  const after = versionMark(run);
  if (before === undefined && after === undefined) return false;
  if (before?.isMoving === true && after?.isMoving !== true) return true;
  const unspecified = VersioningBehavior.UNSPECIFIED;
  const isBehaviorSame = (before?.behavior ?? unspecified) === (after?.behavior ?? unspecified);
  return !isBehaviorSame || !isSameVersionName(before?.version, after?.version);
}

/**
 * Offers the activities that nobody has started anew, since they go to other queues by now.
 *
 * @param waitedMs - How long they waited for the workflow task that moved the run.
 */
export function offerActivitiesElsewhere(step: Step, waitedMs: number): void {
  for (const activity of step.draft.activities.values()) {
    const { startedAtMs, isBackingOff, pause, stamp, scheduledAtMs } = activity.progress;
    if (startedAtMs !== 0 || isBackingOff || pause !== undefined) continue;
    const change = { stamp: stamp + 1, scheduledAtMs: scheduledAtMs + waitedMs };
    offerActivity(step, changeProgress(step, activity, change));
  }
}
