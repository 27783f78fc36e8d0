import {
  conflictToken,
  currentText,
  rampingText,
  UNVERSIONED_TEXT,
  versionText,
} from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import type {
  SetWorkerDeploymentCurrentVersionRequest,
  SetWorkerDeploymentCurrentVersionResponseInit,
  SetWorkerDeploymentRampingVersionRequest,
  SetWorkerDeploymentRampingVersionResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { RoutingRequest } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import { checkVersionPart, parseVersionText, readVersionOf } from "../versions/version-texts.js";
import type { DeploymentServiceDeps } from "./deps.js";

/** `temporal.api.workflowservice.v1.WorkflowService/SetWorkerDeploymentCurrentVersion` */
export async function setWorkerDeploymentCurrentVersion(
  request: SetWorkerDeploymentCurrentVersionRequest,
  deps: DeploymentServiceDeps,
): Promise<SetWorkerDeploymentCurrentVersionResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { deploymentName } = request;
  if (deploymentName === "") throw new InvalidArgumentError("deployment name cannot be empty");
  const text = request.version || textOf(request) || UNVERSIONED_TEXT;
  const version = readVersionOf(deploymentName, text);
  const { idLengthMax } = deps.limits;
  checkVersionPart("WorkerDeploymentName", deploymentName, idLengthMax);
  if (request.allowNoPollers && version !== undefined) {
    checkVersionPart("BuildID", version.buildId, idLengthMax);
  }
  const target = { namespaceId: namespace.id, id: deploymentName };
  const { before, after } = await deps.deployments.setCurrent(target, {
    ...routingRequest(request),
    buildId: version?.buildId ?? "",
  });
  const previousVersion = before === after ? text : currentText(before);
  return {
    conflictToken: conflictToken(after),
    previousVersion,
    previousDeploymentVersion: parseVersionText(previousVersion),
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/SetWorkerDeploymentRampingVersion` */
export async function setWorkerDeploymentRampingVersion(
  request: SetWorkerDeploymentRampingVersionRequest,
  deps: DeploymentServiceDeps,
): Promise<SetWorkerDeploymentRampingVersionResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { deploymentName, percentage } = request;
  const text = rampText(request);
  if (percentage < 0 || percentage > 100) {
    throw new InvalidArgumentError("Percentage must be between 0 and 100 (inclusive)");
  }
  const version = text === "" ? undefined : readVersionOf(deploymentName, text);
  const { idLengthMax } = deps.limits;
  checkVersionPart("WorkerDeploymentName", deploymentName, idLengthMax);
  if (request.allowNoPollers && version !== undefined) {
    checkVersionPart("BuildID", version.buildId, idLengthMax);
  }
  const target = { namespaceId: namespace.id, id: deploymentName };
  const { before, after } = await deps.deployments.setRamping(target, {
    ...routingRequest(request),
    buildId: text === "" ? undefined : (version?.buildId ?? ""),
    percentage,
  });
  const isChanged = before !== after;
  const previousVersion = isChanged ? rampingText(before) : text;
  return {
    conflictToken: conflictToken(after),
    previousVersion,
    previousPercentage: isChanged ? before.header.rampPercentage : percentage,
    previousDeploymentVersion:
      previousVersion === "" ? undefined : parseVersionText(previousVersion),
  };
}

/** The version that is to ramp, in the older form; empty: none. */
function rampText(request: SetWorkerDeploymentRampingVersionRequest): string {
  const { percentage, buildId } = request;
  const isUnset = percentage === 0 && buildId === "";
  if (request.version !== "") {
    return request.version === UNVERSIONED_TEXT && isUnset ? "" : request.version;
  }
  if (buildId === "" && percentage > 0) return UNVERSIONED_TEXT;
  return textOf(request);
}

function textOf(request: { readonly deploymentName: string; readonly buildId: string }): string {
  return request.buildId === "" ? "" : versionText(request);
}

function routingRequest(request: {
  readonly identity: string;
  readonly conflictToken: Uint8Array;
  readonly ignoreMissingTaskQueues: boolean;
  readonly allowNoPollers: boolean;
}): RoutingRequest {
  return {
    identity: request.identity,
    conflictToken: request.conflictToken,
    ignoresMissingQueues: request.ignoreMissingTaskQueues,
    allowsNoPollers: request.allowNoPollers,
  };
}
