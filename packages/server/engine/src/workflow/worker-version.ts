import type { RunVersioning, TargetVersion } from "@perdure/proto/perdure/internal/v1";
import { VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import type { VersionName } from "../version-name.js";
import { type RunState, versioningOverrideOf } from "./run-state.js";
import { effectiveBehavior, effectiveVersion, isSameVersionName } from "./run-versioning.js";

/** Which version takes a task, and which one would if the run were pinned to none. */
export interface StartVersioning {
  /** The version of the worker that takes the task; `undefined`: it has none. */
  readonly worker: VersionName | undefined;
  /** Where the routing sends workflow tasks of the run that is pinned to none. */
  readonly target: {
    readonly version: VersionName | undefined;
    readonly revision: number;
  };
}

/** Whether the workflow is told that it could move to another version. */
export function isTargetChanged(run: RunState): boolean | undefined {
  const { versioning } = run.uncommon;
  if (versioning === undefined) return undefined;
  const isPinned = effectiveBehavior(run) === VersioningBehavior.PINNED;
  return isPinned && versioning.notifiedTarget !== undefined;
}

/**
 * What is kept of the version that a pinned run could move to, when a worker gets its workflow
 * task; `undefined` when that does not change. A target that the workflow declined in an earlier
 * run is not told again, and neither is an older one than it knows.
 *
 * @param start - `undefined` when the worker keeps the run without the routing being asked.
 */
export function targetNotice(
  run: RunState,
  start: StartVersioning | undefined,
): RunVersioning | undefined {
  const { versioning } = run.uncommon;
  if (versioning === undefined) return undefined;
  const forgotten = { notifiedTarget: undefined, declinedTarget: undefined };
  const isKnown =
    versioning.notifiedTarget !== undefined || versioning.declinedTarget !== undefined;
  if (versioningOverrideOf(run) !== undefined) {
    return isKnown ? { ...versioning, ...forgotten } : undefined;
  }
  if (start === undefined || effectiveBehavior(run) !== VersioningBehavior.PINNED) return undefined;
  const { version, revision } = start.target;
  const { notifiedTarget, declinedTarget } = versioning;
  const seenRevision = Math.max(notifiedTarget?.revision ?? 0, declinedTarget?.revision ?? 0);
  if (isSameVersionName(version, effectiveVersion(run)) && revision >= seenRevision) {
    return isKnown ? { ...versioning, ...forgotten } : undefined;
  }
  if (declinedTarget !== undefined && revision <= declinedTarget.revision) return undefined;
  if (revision < seenRevision) return undefined;
  if (isSameTarget(notifiedTarget, start.target) && declinedTarget === undefined) return undefined;
  return { ...versioning, notifiedTarget: { version, revision }, declinedTarget: undefined };
}

function isSameTarget(
  known: TargetVersion | undefined,
  target: StartVersioning["target"],
): boolean {
  if (known === undefined || known.revision !== target.revision) return false;
  return isSameVersionName(known.version, target.version);
}
