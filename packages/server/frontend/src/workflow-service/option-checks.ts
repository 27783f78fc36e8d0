import { overrideTarget } from "@perdure/engine";
import { FailedPreconditionError, InvalidArgumentError } from "@perdure/kernel";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import type { PriorityInit } from "@perdure/proto/temporal/api/common/v1";
import type { WorkerDeploymentVersionInit } from "@perdure/proto/temporal/api/deployment/v1";
import { VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import {
  type OnConflictOptionsInit,
  VersioningOverride_PinnedOverrideBehavior,
  type VersioningOverrideInit,
} from "@perdure/proto/temporal/api/workflow/v1";
import { checkVersionName, readVersionText } from "../versions/version-texts.js";
import type { WorkflowServiceDeps } from "./deps.js";

/** Longest fairness key, bytes. */
const FAIRNESS_KEY_BYTES_MAX = 64;

/**
 * Checks the priority of a request.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkPriority(priority: PriorityInit | undefined): void {
  if (priority === undefined) return;
  if ((priority.priorityKey ?? 0) < 0) {
    throw new InvalidArgumentError("priority key can't be negative");
  }
  if (Buffer.byteLength(priority.fairnessKey ?? "") > FAIRNESS_KEY_BYTES_MAX) {
    throw new InvalidArgumentError("fairness key length exceeds limit");
  }
  if ((priority.fairnessWeight ?? 0) < 0) {
    throw new InvalidArgumentError("must be greater than zero");
  }
}

/**
 * Checks what a start asks for when it finds a running workflow.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkConflictOptions(options: OnConflictOptionsInit | undefined): void {
  if (options?.attachCompletionCallbacks !== true || options.attachRequestId === true) return;
  throw new InvalidArgumentError(
    "attaching request ID is required for attaching completion callbacks",
  );
}

/** What an override is checked against. */
export interface OverrideCheck {
  /** The queue of the run. */
  readonly queue: QueueKey;
  readonly deployments: Pick<WorkflowServiceDeps["deployments"], "isMember" | "noteUseSoon">;
}

/**
 * Checks a versioning override and gives it its present form. The version that it moves a run to is
 * told that it is in use.
 *
 * @throws {InvalidArgumentError} With the official wording.
 * @throws {FailedPreconditionError} No worker of the version has polled the queue.
 */
export function checkVersioningOverride(
  override: VersioningOverrideInit | undefined,
  check: OverrideCheck,
): VersioningOverrideInit | undefined {
  if (override === undefined) return undefined;
  switch (override.override?.kind) {
    case "autoUpgrade":
      if (override.override.value) return { override: override.override };
      throw new InvalidArgumentError("auto-upgrade override must be true");
    case "pinned": {
      const { version, behavior } = override.override.value;
      if (version === undefined) {
        throw new InvalidArgumentError("must provide version if override is pinned.");
      }
      if (!isPinned(behavior)) {
        throw new InvalidArgumentError(
          "must specify pinned override behavior if override is pinned.",
        );
      }
      requireInQueue(version, check);
      return { override: override.override };
    }
    case "oneTime": {
      const version = override.override.value.targetDeploymentVersion;
      if (version === undefined) {
        throw new InvalidArgumentError(
          "must provide target deployment version if override is one-time.",
        );
      }
      requireInQueue(version, check);
      return { override: override.override };
    }
    default:
      return checkOldOverride(override, check);
  }
}

/**
 * Checks the form of an override that is for later; whether there are such workers shows then.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkOverrideForm(
  override: VersioningOverrideInit | undefined,
  idLengthMax: number,
): void {
  const queue = { namespaceId: "", name: "", taskKind: TaskKind.WORKFLOW };
  const deployments = { isMember: () => true, noteUseSoon: () => undefined };
  const checked = checkVersioningOverride(override, { queue, deployments });
  const version = overrideTarget(checked);
  if (version !== undefined) checkVersionName(version, idLengthMax);
}

function isPinned(behavior: VersioningOverride_PinnedOverrideBehavior | undefined): boolean {
  const { UNSPECIFIED } = VersioningOverride_PinnedOverrideBehavior;
  return (behavior ?? UNSPECIFIED) !== UNSPECIFIED;
}

function checkOldOverride(
  override: VersioningOverrideInit,
  check: OverrideCheck,
): VersioningOverrideInit {
  const { deployment, pinnedVersion = "" } = override;
  switch (override.behavior ?? VersioningBehavior.UNSPECIFIED) {
    case VersioningBehavior.PINNED: {
      if (deployment === undefined && pinnedVersion === "") {
        throw new InvalidArgumentError(
          "must provide deployment (deprecated) or pinned version if behavior is 'PINNED'",
        );
      }
      const version =
        deployment === undefined
          ? readVersionText(pinnedVersion)
          : { deploymentName: deployment.seriesName ?? "", buildId: deployment.buildId ?? "" };
      requireInQueue(version, check);
      const behavior = VersioningOverride_PinnedOverrideBehavior.PINNED;
      return { override: { kind: "pinned", value: { behavior, version } } };
    }
    case VersioningBehavior.AUTO_UPGRADE:
      if (deployment !== undefined) {
        throw new InvalidArgumentError("only provide deployment if behavior is 'PINNED'");
      }
      if (pinnedVersion !== "") {
        throw new InvalidArgumentError("only provide pinned version if behavior is 'PINNED'");
      }
      return { override: { kind: "autoUpgrade", value: true } };
    case VersioningBehavior.UNSPECIFIED:
      throw new InvalidArgumentError("override behavior is required");
    default:
      throw new InvalidArgumentError(`override behavior ${override.behavior} not recognized`);
  }
}

function requireInQueue(given: WorkerDeploymentVersionInit, check: OverrideCheck): void {
  const { deploymentName = "", buildId = "" } = given;
  const version = { deploymentName, buildId };
  const { queue, deployments } = check;
  if (!deployments.isMember(queue, version)) {
    throw new FailedPreconditionError(
      `Pinned version '${deploymentName}:${buildId}' is not present in task queue '${queue.name}' of type 'Workflow'`,
    );
  }
  deployments.noteUseSoon(queue.namespaceId, version);
}
