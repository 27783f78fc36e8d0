import type { UnaryHandler } from "../grpc/grpc-service.js";
import {
  createWorkerDeployment,
  deleteWorkerDeployment,
  describeWorkerDeployment,
  listWorkerDeployments,
  setWorkerDeploymentManager,
} from "./deployment-calls.js";
import type { DeploymentServiceDeps } from "./deps.js";
import { OLD_VERSIONING } from "./old-versioning.js";
import {
  setWorkerDeploymentCurrentVersion,
  setWorkerDeploymentRampingVersion,
} from "./routing-calls.js";
import {
  createWorkerDeploymentVersion,
  deleteWorkerDeploymentVersion,
  describeWorkerDeploymentVersion,
  updateWorkerDeploymentVersionComputeConfig,
  updateWorkerDeploymentVersionMetadata,
  validateWorkerDeploymentVersionComputeConfig,
} from "./version-calls.js";

/** The RPCs of `WorkflowService` on versions of workers, by method name. */
export function deploymentHandlers(deps: DeploymentServiceDeps): ReadonlyMap<string, UnaryHandler> {
  type Handle = (request: never, deps: DeploymentServiceDeps) => ReturnType<UnaryHandler>;
  const handlers = new Map<string, UnaryHandler>();
  for (const [name, handle] of Object.entries<Handle>(HANDLERS)) {
    handlers.set(name, (request) => handle(request, deps));
  }
  return handlers;
}

const HANDLERS = {
  CreateWorkerDeployment: createWorkerDeployment,
  CreateWorkerDeploymentVersion: createWorkerDeploymentVersion,
  DeleteWorkerDeployment: deleteWorkerDeployment,
  DeleteWorkerDeploymentVersion: deleteWorkerDeploymentVersion,
  DescribeWorkerDeployment: describeWorkerDeployment,
  DescribeWorkerDeploymentVersion: describeWorkerDeploymentVersion,
  ListWorkerDeployments: listWorkerDeployments,
  SetWorkerDeploymentCurrentVersion: setWorkerDeploymentCurrentVersion,
  SetWorkerDeploymentManager: setWorkerDeploymentManager,
  SetWorkerDeploymentRampingVersion: setWorkerDeploymentRampingVersion,
  UpdateWorkerDeploymentVersionComputeConfig: updateWorkerDeploymentVersionComputeConfig,
  UpdateWorkerDeploymentVersionMetadata: updateWorkerDeploymentVersionMetadata,
  ValidateWorkerDeploymentVersionComputeConfig: validateWorkerDeploymentVersionComputeConfig,
  ...OLD_VERSIONING,
};
