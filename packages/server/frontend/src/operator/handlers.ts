import { durationMs } from "@perdure/engine";
import { FailedPreconditionError, InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import type {
  AddOrUpdateRemoteClusterRequest,
  DeleteNamespaceRequest,
  DeleteNamespaceResponseInit,
  ListClustersResponseInit,
  RemoveRemoteClusterRequest,
} from "@perdure/proto/temporal/api/operatorservice/v1";
import { GrpcError } from "../grpc/grpc-error.js";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { GrpcStatusCode } from "../grpc/status-codes.js";
import { isSystemNamespace, type NamespaceRegistry } from "../namespaces/namespace-registry.js";

/** The only cluster that a server knows: itself. */
const CLUSTER = "active";

export interface OperatorHandlersDeps {
  readonly namespaces: NamespaceRegistry;
  readonly clusterId: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** How long a deleted namespace is kept when a request does not say, milliseconds. */
  readonly namespaceDeleteDelayMs: number;
  /** Deletes what is in a deleted namespace, and at the given time the namespace itself. */
  readonly reclaim: (namespaceId: string, atMs: number) => void;
  /** Where clients reach this server; known once it listens. */
  readonly addresses: () => { readonly grpc: string; readonly http: string };
}

/** The RPCs of `OperatorService` about namespaces and clusters, by method name. */
export function operatorHandlers(deps: OperatorHandlersDeps): ReadonlyMap<string, UnaryHandler> {
  return new Map<string, UnaryHandler>([
    ["DeleteNamespace", (request: DeleteNamespaceRequest) => deleteNamespace(request, deps)],
    ["ListClusters", () => listClusters(deps)],
    ["RemoveRemoteCluster", removeRemoteCluster],
    ["AddOrUpdateRemoteCluster", addRemoteCluster],
  ]);
}

/** `temporal.api.operatorservice.v1.OperatorService/DeleteNamespace` */
async function deleteNamespace(
  request: DeleteNamespaceRequest,
  deps: OperatorHandlersDeps,
): Promise<DeleteNamespaceResponseInit> {
  const { namespace: name, namespaceId: id } = request;
  if (name === "" && id === "") throw new InvalidArgumentError("Namespace not set on request.");
  if (name !== "" && id !== "") {
    throw new InvalidArgumentError("Only one of namespace name or Id should be set on request.");
  }
  const namespace = id === "" ? deps.namespaces.resolve(name) : deps.namespaces.resolveId(id);
  if (isSystemNamespace(namespace)) {
    throw new FailedPreconditionError("unable to delete system namespace");
  }
  const { namespaceDeleteDelay: wanted } = request;
  const delayMs = wanted === undefined ? deps.namespaceDeleteDelayMs : durationMs(wanted);
  const untilMs = deps.nowMs() + Math.max(0, delayMs);
  const deleted = await deps.namespaces.markDeleted(namespace, untilMs);
  deps.reclaim(deleted.id, untilMs);
  return { deletedNamespace: deleted.name };
}

/** `temporal.api.operatorservice.v1.OperatorService/ListClusters` */
function listClusters(deps: OperatorHandlersDeps): ListClustersResponseInit {
  const { grpc: address, http: httpAddress } = deps.addresses();
  const own = {
    clusterName: CLUSTER,
    clusterId: deps.clusterId,
    address,
    httpAddress,
    initialFailoverVersion: 1n,
    historyShardCount: 1,
    isConnectionEnabled: true,
  };
  return { clusters: [own] };
}

/** `temporal.api.operatorservice.v1.OperatorService/RemoveRemoteCluster` */
function removeRemoteCluster({ clusterName }: RemoveRemoteClusterRequest): never {
  if (clusterName !== CLUSTER) {
    throw new NotFoundError("The cluster to be deleted cannot be found in clusters cache.");
  }
  const reason = "Cannot delete current cluster metadata.";
  throw new GrpcError(
    GrpcStatusCode.INTERNAL,
    `Unable to delete cluster info with error: ${reason}`,
  );
}

/** `temporal.api.operatorservice.v1.OperatorService/AddOrUpdateRemoteCluster` */
function addRemoteCluster({ frontendAddress }: AddOrUpdateRemoteClusterRequest): never {
  const isMissing = frontendAddress === "";
  const reason = isMissing ? "dns resolver: missing address" : "a server here is its only cluster";
  throw new GrpcError(
    GrpcStatusCode.UNAVAILABLE,
    `Unable connect to remote cluster ${frontendAddress} with error: ${reason}.`,
  );
}
