import { InvalidArgumentError } from "@perdure/kernel";
import type { WorkerDeploymentVersionInit } from "@perdure/proto/temporal/api/deployment/v1";
import { VersioningBehavior, WorkerVersioningMode } from "@perdure/proto/temporal/api/enums/v1";
import type { WorkflowTaskCompletedEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import type { RespondWorkflowTaskCompletedRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";

/** What the completed event of a workflow task tells of the version of its worker. */
export function reportedVersion(
  request: RespondWorkflowTaskCompletedRequestInit,
): WorkflowTaskCompletedEventAttributesInit {
  const { deploymentOptions: options, deployment } = request;
  // Some workers tell a behaviour although they have no version.
  const isIgnored = options !== undefined && !isVersioned(request);
  return {
    versioningBehavior: isIgnored ? undefined : request.versioningBehavior,
    deploymentVersion: workerVersionOf(request),
    workerDeploymentName: options?.deploymentName || deployment?.seriesName,
  };
}

function isVersioned({ deploymentOptions }: RespondWorkflowTaskCompletedRequestInit): boolean {
  return deploymentOptions?.workerVersioningMode === WorkerVersioningMode.VERSIONED;
}

function workerVersionOf(
  request: RespondWorkflowTaskCompletedRequestInit,
): WorkerDeploymentVersionInit | undefined {
  const { deployment, deploymentOptions: options } = request;
  const isToday = isVersioned(request);
  const deploymentName = isToday ? options?.deploymentName : deployment?.seriesName;
  const buildId = isToday ? options?.buildId : deployment?.buildId;
  return deploymentName && buildId ? { deploymentName, buildId } : undefined;
}

/** @throws {InvalidArgumentError} The worker tells a behaviour and no version. */
export function checkReportedVersion(request: RespondWorkflowTaskCompletedRequestInit): void {
  const behavior = request.versioningBehavior ?? VersioningBehavior.UNSPECIFIED;
  if (behavior === VersioningBehavior.UNSPECIFIED || request.deployment !== undefined) return;
  if (isVersioned(request)) return;
  throw new InvalidArgumentError(
    "versioning behavior cannot be specified without deployment options being set with versioned mode",
  );
}
