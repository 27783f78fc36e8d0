import { durationMs, type RunLimits } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import { NamespaceState } from "@perdure/proto/temporal/api/enums/v1";
import type {
  DeprecateNamespaceRequest,
  DescribeNamespaceRequest,
  DescribeNamespaceResponseInit,
  ListNamespacesRequest,
  ListNamespacesResponseInit,
  RegisterNamespaceRequest,
  UpdateNamespaceRequest,
  UpdateNamespaceResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { type Namespace, type NamespaceRegistry, requireName } from "./namespace-registry.js";
import { checkClusters, checkRetention, updateFacts } from "./namespace-update.js";

const LIST_PAGE_MAX = 100;
/** `limit.workflowTaskCompletionSize.error`, bytes. */
const COMPLETION_BYTES_MAX = 40 * 1024 * 1024;

export interface NamespaceHandlersDeps {
  readonly namespaces: NamespaceRegistry;
  readonly limits: RunLimits;
  /** Limits of a namespace, by its name; absent: all have the same ones. */
  readonly limitsOf?: ((namespace: string) => RunLimits) | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** The RPCs of `WorkflowService` about namespaces, by method name. */
export function namespaceHandlers(deps: NamespaceHandlersDeps): ReadonlyMap<string, UnaryHandler> {
  return new Map<string, UnaryHandler>([
    ["RegisterNamespace", (request: RegisterNamespaceRequest) => register(request, deps)],
    ["DescribeNamespace", (request: DescribeNamespaceRequest) => describe(request, deps)],
    ["ListNamespaces", (request: ListNamespacesRequest) => list(request, deps)],
    ["UpdateNamespace", (request: UpdateNamespaceRequest) => update(request, deps)],
    ["DeprecateNamespace", (request: DeprecateNamespaceRequest) => deprecate(request, deps)],
  ]);
}

async function register(
  request: RegisterNamespaceRequest,
  deps: NamespaceHandlersDeps,
): Promise<object> {
  requireName(request.namespace);
  if (request.namespace.length > deps.limits.idLengthMax) {
    throw new InvalidArgumentError("Namespace length exceeds limit.");
  }
  if (request.isGlobalNamespace) {
    throw new InvalidArgumentError("Cannot register global namespace when not enabled");
  }
  const retentionMs = durationMs(request.workflowExecutionRetentionPeriod);
  checkRetention(retentionMs);
  const { namespace: name, description, ownerEmail, data } = request;
  deps.namespaces.requireFree(name);
  checkClusters(request.activeClusterName, request.clusters);
  const isRegistered = true;
  await deps.namespaces.register({
    name,
    description,
    ownerEmail,
    data,
    retentionMs,
    isRegistered,
  });
  return {};
}

function describe(
  request: DescribeNamespaceRequest,
  deps: NamespaceHandlersDeps,
): DescribeNamespaceResponseInit {
  const { namespace: name, id } = request;
  if (name === "" && id === "") throw new InvalidArgumentError("Namespace not set on request.");
  if (name !== "" && id !== "") {
    throw new InvalidArgumentError(
      `GetNamespace operation failed.${request.weakConsistency ? "" : " "} Both ID and Name specified in request.`,
    );
  }
  const namespace = id === "" ? deps.namespaces.resolve(name) : deps.namespaces.resolveId(id);
  return withCapabilities(namespace, deps);
}

/** What a namespace can do, and its limits, are facts of the server and not stored. */
function withCapabilities(
  { name, facts }: Namespace,
  deps: NamespaceHandlersDeps,
): DescribeNamespaceResponseInit {
  const limits = deps.limitsOf?.(name) ?? deps.limits;
  return {
    ...facts,
    namespaceInfo: {
      ...facts.namespaceInfo,
      capabilities: {
        eagerWorkflowStart: true,
        syncUpdate: true,
        asyncUpdate: true,
        workerHeartbeats: true,
        reportedProblemsSearchAttribute: limits.problemsReported > 0,
      },
      limits: {
        blobSizeLimitError: BigInt(limits.blobSizeMaxBytes),
        memoSizeLimitError: BigInt(limits.memoSizeMaxBytes),
        workflowTaskCompletionSizeLimitError: BigInt(COMPLETION_BYTES_MAX),
      },
    },
  };
}

function list(
  request: ListNamespacesRequest,
  deps: NamespaceHandlersDeps,
): ListNamespacesResponseInit {
  const isInRange = request.pageSize > 0 && request.pageSize <= LIST_PAGE_MAX;
  const pageSize = isInRange ? request.pageSize : LIST_PAGE_MAX;
  const after = Buffer.from(request.nextPageToken).toString("latin1");
  const isShown = ({ facts }: Namespace): boolean =>
    request.namespaceFilter?.includeDeleted === true ||
    facts.namespaceInfo?.state !== NamespaceState.DELETED;
  const rest = deps.namespaces.list().filter((each) => each.id > after && isShown(each));
  const page = rest.slice(0, pageSize);
  const last = page.at(-1);
  return {
    namespaces: page.map((each) => withCapabilities(each, deps)),
    nextPageToken:
      rest.length > pageSize && last !== undefined ? Buffer.from(last.id, "latin1") : undefined,
  };
}

async function update(
  request: UpdateNamespaceRequest,
  deps: NamespaceHandlersDeps,
): Promise<UpdateNamespaceResponseInit> {
  requireName(request.namespace);
  const namespace = deps.namespaces.resolve(request.namespace);
  const { facts, isChanged } = updateFacts(namespace.facts, request, deps.nowMs());
  if (isChanged) await deps.namespaces.replace({ ...namespace, facts });
  const described = withCapabilities({ ...namespace, facts }, deps);
  const { namespaceInfo, config, replicationConfig } = described;
  return { namespaceInfo, config, replicationConfig };
}

async function deprecate(
  request: DeprecateNamespaceRequest,
  deps: NamespaceHandlersDeps,
): Promise<object> {
  requireName(request.namespace);
  const namespace = deps.namespaces.resolve(request.namespace);
  const namespaceInfo = { ...namespace.facts.namespaceInfo, state: NamespaceState.DEPRECATED };
  await deps.namespaces.replace({ ...namespace, facts: { ...namespace.facts, namespaceInfo } });
  return {};
}
