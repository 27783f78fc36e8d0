import { InvalidArgumentError, PermissionDeniedError, UnimplementedError } from "@perdure/kernel";

/** The first two ways of versioning workers are off by default in the official server. */
const SETS =
  "Worker versioning v0.1 (Version Set-based, deprecated) is disabled on this namespace.";
const RULES = "Worker versioning v0.2 (Rules-based, deprecated) is disabled on this namespace.";

interface InNamespace {
  readonly namespace: string;
}

function disabled(message: string): (request: InNamespace) => never {
  return (request) => {
    if (request.namespace === "") throw new InvalidArgumentError("Namespace is empty.");
    throw new PermissionDeniedError(message);
  };
}

function removed(request: InNamespace): never {
  if (request.namespace === "") throw new InvalidArgumentError("Namespace is empty.");
  throw new UnimplementedError(
    "Deployments are deprecated and no longer supported, use Worker Deployments instead",
  );
}

/** The RPCs of older ways to version workers, which are answered as the official server does. */
export const OLD_VERSIONING = {
  UpdateWorkerBuildIdCompatibility: disabled(SETS),
  GetWorkerBuildIdCompatibility: disabled(SETS),
  UpdateWorkerVersioningRules: disabled(RULES),
  GetWorkerVersioningRules: disabled(RULES),
  GetWorkerTaskReachability: disabled(RULES),
  DescribeDeployment: removed,
  ListDeployments: removed,
  GetDeploymentReachability: removed,
  GetCurrentDeployment: removed,
  SetCurrentDeployment: removed,
};
