import type { VersionName } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import type { QueueKey } from "@perdure/persistence";
import type {
  WorkerVersionCapabilities,
  WorkerVersionStamp,
} from "@perdure/proto/temporal/api/common/v1";
import type { WorkerDeploymentOptions } from "@perdure/proto/temporal/api/deployment/v1";
import { TaskQueueKind, WorkerVersioningMode } from "@perdure/proto/temporal/api/enums/v1";
import type { TaskQueue } from "@perdure/proto/temporal/api/taskqueue/v1";
import { versionedQueue } from "@perdure/runtime";
import { checkVersionName } from "../versions/version-texts.js";
import type { WorkflowServiceDeps } from "./deps.js";

/** `limit.workerBuildIdSize`, bytes. */
const BUILD_ID_BYTES_MAX = 255;

/** What a worker says of its version. */
export interface WorkerClaim {
  readonly capabilities: WorkerVersionCapabilities | WorkerVersionStamp | undefined;
  readonly options: WorkerDeploymentOptions | undefined;
  readonly queue: TaskQueue | undefined;
}

/**
 * Checks what a worker says of its version.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkWorkerClaim(claim: WorkerClaim, deps: WorkflowServiceDeps): void {
  const { capabilities, options, queue } = claim;
  if (capabilities === undefined && options === undefined) return;
  const usesVersioning = capabilities?.useVersioning === true;
  const isBareSticky = queue?.kind === TaskQueueKind.STICKY && queue.normalName === "";
  if (isBareSticky && (usesVersioning || options !== undefined)) {
    throw new InvalidArgumentError(
      "NormalName must be set on sticky queue when UseVersioning is true or DeploymentOptions are set.",
    );
  }
  const buildId = capabilities?.buildId ?? "";
  if (usesVersioning && buildId === "") {
    throw new InvalidArgumentError("WorkerVersionStamp must be present if UseVersioning is true.");
  }
  if (Buffer.byteLength(buildId) > BUILD_ID_BYTES_MAX) {
    throw new InvalidArgumentError(
      "Build ID exceeds configured limit.workerBuildIdSize, use a shorter build ID.",
    );
  }
  if (options?.workerVersioningMode !== WorkerVersioningMode.VERSIONED) return;
  if (options.deploymentName === "" || options.buildId === "") {
    throw new InvalidArgumentError("Deployment name and build id must be set together.");
  }
  checkVersionName(options, deps.limits.idLengthMax);
}

/** The queue that a worker waits in, and its version if it has one. */
export interface WorkerPlace {
  readonly queue: QueueKey;
  readonly version: VersionName | undefined;
}

/**
 * Where a worker waits: one with a version in the queue of its version, which is noted first.
 *
 * @param queue - The queue as the worker names it.
 * @throws {ResourceExhaustedError} There are too many versions.
 */
export function placeOfWorker(
  options: WorkerDeploymentOptions | undefined,
  place: { readonly queue: QueueKey; readonly isSticky: boolean },
  deps: WorkflowServiceDeps,
): WorkerPlace | Promise<WorkerPlace> {
  const { queue } = place;
  if (options?.workerVersioningMode !== WorkerVersioningMode.VERSIONED) {
    return { queue, version: undefined };
  }
  const { deploymentName, buildId } = options;
  const version = { deploymentName, buildId };
  if (place.isSticky) return { queue, version };
  const waiting = { queue: versionedQueue(queue, version), version };
  if (deps.deployments.isMember(queue, version)) return waiting;
  return deps.deployments.registerWorker(queue, version).then(() => waiting);
}
