import { describedVersion, type VersionName } from "@perdure/engine";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import type { WorkerDeploymentVersion } from "@perdure/proto/temporal/api/deployment/v1";
import type {
  CreateWorkerDeploymentVersionRequest,
  DeleteWorkerDeploymentVersionRequest,
  DescribeWorkerDeploymentVersionRequest,
  DescribeWorkerDeploymentVersionResponseInit,
  UpdateWorkerDeploymentVersionComputeConfigRequest,
  UpdateWorkerDeploymentVersionMetadataRequest,
  UpdateWorkerDeploymentVersionMetadataResponseInit,
  ValidateWorkerDeploymentVersionComputeConfigRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import {
  checkVersionName,
  checkVersionPart,
  readVersionText,
  textOfVersion,
} from "../versions/version-texts.js";
import { newRequestId } from "./deployment-calls.js";
import type { DeploymentServiceDeps } from "./deps.js";
import { checkScalingGroups, groupsOf } from "./scaling-groups.js";
import { workflowNotFound } from "./workflow-not-found.js";

/** `temporal.api.workflowservice.v1.WorkflowService/DescribeWorkerDeploymentVersion` */
export async function describeWorkerDeploymentVersion(
  request: DescribeWorkerDeploymentVersionRequest,
  deps: DeploymentServiceDeps,
): Promise<DescribeWorkerDeploymentVersionResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  if (request.version === "" && request.deploymentVersion === undefined) {
    throw new InvalidArgumentError("deployment version cannot be empty");
  }
  const { version: text, deploymentVersion } = request;
  const { deploymentName: id, buildId } = readVersionText(
    text !== "" || deploymentVersion === undefined ? text : textOfVersion(deploymentVersion),
  );
  checkVersionName({ deploymentName: id, buildId }, deps.limits.idLengthMax);
  const { versions, identity } = await inVersion(() =>
    deps.deployments.read({ namespaceId: namespace.id, id }),
  );
  const version = versions.get(buildId);
  if (version === undefined) throw new NotFoundError(VERSION_NOT_FOUND);
  return {
    workerDeploymentVersionInfo: describedVersion({ identity }, version),
    versionTaskQueues: version.queues,
  };
}

const VERSION_NOT_FOUND = "Worker Deployment Version not found";

/** Without its deployment, a version is what is not there. */
async function inVersion<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof NotFoundError ? new NotFoundError(VERSION_NOT_FOUND) : error;
  }
}

/** `temporal.api.workflowservice.v1.WorkflowService/CreateWorkerDeploymentVersion` */
export async function createWorkerDeploymentVersion(
  request: CreateWorkerDeploymentVersionRequest,
  deps: DeploymentServiceDeps,
): Promise<Record<string, never>> {
  if (request.namespace === "") throw new InvalidArgumentError("Namespace is empty.");
  const { deploymentName: id, buildId } = requireVersion(request.deploymentVersion);
  const namespace = resolveNamespace(deps, request.namespace);
  checkVersionName({ deploymentName: id, buildId }, deps.limits.idLengthMax);
  checkScalingGroups(request.computeConfig?.scalingGroups ?? new Map());
  const requestId = request.requestId || newRequestId(deps);
  const target = { namespaceId: namespace.id, id };
  await deps.deployments.createVersion(target, { buildId, identity: request.identity, requestId });
  return {};
}

/** @throws {InvalidArgumentError} */
function requireVersion(version: WorkerDeploymentVersion | undefined): VersionName {
  if ((version?.deploymentName ?? "") === "") {
    throw new InvalidArgumentError("deployment name cannot be empty");
  }
  if (version === undefined || version.buildId === "") {
    throw new InvalidArgumentError("build ID cannot be empty");
  }
  return version;
}

/** `temporal.api.workflowservice.v1.WorkflowService/DeleteWorkerDeploymentVersion` */
export async function deleteWorkerDeploymentVersion(
  request: DeleteWorkerDeploymentVersionRequest,
  deps: DeploymentServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { deploymentVersion, version: text } = request;
  const { deploymentName: id, buildId } = readVersionText(
    deploymentVersion === undefined ? text : textOfVersion(deploymentVersion),
  );
  checkVersionPart("WorkerDeploymentName", id, deps.limits.idLengthMax);
  const identity = request.identity || newRequestId(deps);
  const deletion = { buildId, identity, skipsDrainage: request.skipDrainage };
  await workflowNotFound(`temporal-sys-worker-deployment:${id}`, () =>
    deps.deployments.deleteVersion({ namespaceId: namespace.id, id }, deletion),
  );
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/UpdateWorkerDeploymentVersionMetadata` */
export async function updateWorkerDeploymentVersionMetadata(
  request: UpdateWorkerDeploymentVersionMetadataRequest,
  deps: DeploymentServiceDeps,
): Promise<UpdateWorkerDeploymentVersionMetadataResponseInit> {
  if (request.namespace === "") throw new InvalidArgumentError("Namespace is empty.");
  const { upsertEntries: entries, removeEntries: removals, identity } = request;
  if (entries.size === 0 && removals.length === 0) {
    throw new InvalidArgumentError(
      "At least one of remove_entries or upsert_entries must be provided",
    );
  }
  const namespace = resolveNamespace(deps, request.namespace);
  const { deploymentName: id, buildId } =
    request.deploymentVersion ?? readVersionText(request.version);
  const target = { namespaceId: namespace.id, id };
  const state = await workflowNotFound(
    `temporal-sys-worker-deployment-version:${id}:${buildId}`,
    () => deps.deployments.changeMetadata(target, buildId, { entries, removals, identity }),
  );
  const version = state.versions.get(buildId);
  return {
    metadata: version?.hasMetadata === true ? { entries: version.metadata } : undefined,
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/UpdateWorkerDeploymentVersionComputeConfig` */
export async function updateWorkerDeploymentVersionComputeConfig(
  request: UpdateWorkerDeploymentVersionComputeConfigRequest,
  deps: DeploymentServiceDeps,
): Promise<Record<string, never>> {
  if (request.namespace === "") throw new InvalidArgumentError("Namespace is empty.");
  const { deploymentName: id, buildId } = requireVersion(request.deploymentVersion);
  const namespace = resolveNamespace(deps, request.namespace);
  const notFound = `build ID '${buildId}' not found in Worker Deployment '${id}'`;
  const state = await deps.deployments
    .read({ namespaceId: namespace.id, id })
    .catch((error: unknown) => {
      throw error instanceof NotFoundError ? new NotFoundError(notFound) : error;
    });
  if (!state.versions.has(buildId)) throw new NotFoundError(notFound);
  checkScalingGroups(groupsOf(request.computeConfigScalingGroups));
  return {};
}

const NO_COMPUTE_CONFIG =
  "No prior compute config found, which means nothing can be removed and something needs to be added to be valid";

/** `WorkflowService/ValidateWorkerDeploymentVersionComputeConfig` of `temporal.api` */
export function validateWorkerDeploymentVersionComputeConfig(
  request: ValidateWorkerDeploymentVersionComputeConfigRequest,
  deps: DeploymentServiceDeps,
): Record<string, never> {
  resolveNamespace(deps, request.namespace);
  const groups = groupsOf(request.computeConfigScalingGroups);
  if (groups.size === 0) throw new InvalidArgumentError(NO_COMPUTE_CONFIG);
  checkScalingGroups(groups);
  return {};
}
