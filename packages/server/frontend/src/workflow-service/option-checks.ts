import { FailedPreconditionError, InvalidArgumentError } from "@perdure/kernel";
import type { PriorityInit } from "@perdure/proto/temporal/api/common/v1";
import { VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import {
  type OnConflictOptionsInit,
  VersioningOverride_PinnedOverrideBehavior,
  type VersioningOverrideInit,
} from "@perdure/proto/temporal/api/workflow/v1";

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

/**
 * Checks a versioning override and gives it its present form. No worker deployment is known to this
 * server, so no version that a run could be pinned to is in a task queue.
 *
 * @throws {InvalidArgumentError} With the official wording.
 * @throws {FailedPreconditionError} The override pins to a version.
 */
export function checkVersioningOverride(
  override: VersioningOverrideInit | undefined,
  queueName: string,
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
      throw notInQueue(`${version.deploymentName ?? ""}:${version.buildId ?? ""}`, queueName);
    }
    case "oneTime": {
      const version = override.override.value.targetDeploymentVersion;
      if (version === undefined) {
        throw new InvalidArgumentError(
          "must provide target deployment version if override is one-time.",
        );
      }
      throw notInQueue(`${version.deploymentName ?? ""}:${version.buildId ?? ""}`, queueName);
    }
    default:
      return checkOldOverride(override, queueName);
  }
}

function isPinned(behavior: VersioningOverride_PinnedOverrideBehavior | undefined): boolean {
  const { UNSPECIFIED } = VersioningOverride_PinnedOverrideBehavior;
  return (behavior ?? UNSPECIFIED) !== UNSPECIFIED;
}

function checkOldOverride(
  override: VersioningOverrideInit,
  queueName: string,
): VersioningOverrideInit {
  const { deployment, pinnedVersion = "" } = override;
  switch (override.behavior ?? VersioningBehavior.UNSPECIFIED) {
    case VersioningBehavior.PINNED:
      if (deployment !== undefined) {
        throw notInQueue(`${deployment.seriesName ?? ""}:${deployment.buildId ?? ""}`, queueName);
      }
      if (pinnedVersion !== "") throw notInQueue(pinnedVersion.replace(".", ":"), queueName);
      throw new InvalidArgumentError(
        "must provide deployment (deprecated) or pinned version if behavior is 'PINNED'",
      );
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

function notInQueue(version: string, queueName: string): FailedPreconditionError {
  return new FailedPreconditionError(
    `Pinned version '${version}' is not present in task queue '${queueName}' of type 'Workflow'`,
  );
}
