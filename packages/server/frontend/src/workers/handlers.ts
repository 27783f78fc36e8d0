import { type Clock, InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import type { WorkerHeartbeat, WorkerListInfoInit } from "@perdure/proto/temporal/api/worker/v1";
import type {
  CountWorkersRequest,
  DescribeWorkerRequest,
  DescribeWorkerResponseInit,
  ListWorkersRequest,
  ListWorkersResponseInit,
  RecordWorkerHeartbeatRequest,
  ShutdownWorkerRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { type NamespaceResolver, resolveNamespace } from "../namespaces/resolve-namespace.js";
import { parseWorkerFilter } from "./worker-filter.js";
import { WorkerRegistry } from "./worker-registry.js";

export interface WorkerDeps {
  readonly namespaces: NamespaceResolver<{ readonly id: string }>;
  readonly clock: Clock;
  /** Answers the waiting polls of a queue with nothing; it has no recent poller then. */
  readonly forgetPollers: (queue: QueueKey) => void;
}

/** The RPCs of `WorkflowService` about workers, by method name. */
export function workerHandlers(deps: WorkerDeps): ReadonlyMap<string, UnaryHandler> {
  const registry = new WorkerRegistry();
  const record = (namespace: string, heartbeats: readonly WorkerHeartbeat[]): object => {
    const id = resolveNamespace(deps, namespace).id;
    for (const heartbeat of heartbeats) registry.record(id, heartbeat, deps.clock.nowMs());
    return {};
  };
  const matching = (request: ListWorkersRequest | CountWorkersRequest) => {
    const id = resolveNamespace(deps, request.namespace).id;
    return registry.list(id, deps.clock.nowMs()).filter(parseWorkerFilter(request.query));
  };
  const handlers = {
    RecordWorkerHeartbeat: ({ namespace, workerHeartbeat }: RecordWorkerHeartbeatRequest) =>
      record(namespace, workerHeartbeat),
    ShutdownWorker: (request: ShutdownWorkerRequest) => {
      const { namespace, workerHeartbeat, stickyTaskQueue } = request;
      const namespaceId = resolveNamespace(deps, namespace).id;
      // Tasks for the worker's cache go to every worker of the type from here on.
      deps.forgetPollers({ namespaceId, name: stickyTaskQueue, taskKind: TaskKind.WORKFLOW });
      return record(namespace, workerHeartbeat === undefined ? [] : [workerHeartbeat]);
    },
    DescribeWorker: (request: DescribeWorkerRequest) => describeWorker(request, registry, deps),
    ListWorkers: (request: ListWorkersRequest) => listWorkers(request, matching(request)),
    CountWorkers: (request: CountWorkersRequest) => ({ count: BigInt(matching(request).length) }),
  };
  return new Map(Object.entries<UnaryHandler>(handlers));
}

function describeWorker(
  request: DescribeWorkerRequest,
  registry: WorkerRegistry,
  deps: WorkerDeps,
): DescribeWorkerResponseInit {
  const id = resolveNamespace(deps, request.namespace).id;
  const found = registry.find(id, request.workerInstanceKey, deps.clock.nowMs());
  if (found === undefined) throw new NotFoundError(`Worker ${request.workerInstanceKey} not found`);
  return { workerInfo: { workerHeartbeat: found } };
}

/** One page of workers; the token is the number of those before it. */
function listWorkers(
  request: ListWorkersRequest,
  workers: readonly WorkerHeartbeat[],
): ListWorkersResponseInit {
  const from = readOffset(request.nextPageToken);
  const to = request.pageSize > 0 ? from + request.pageSize : workers.length;
  const page = workers.slice(from, to);
  return {
    workersInfo: page.map((workerHeartbeat) => ({ workerHeartbeat })),
    workers: page.map(listInfo),
    nextPageToken: to < workers.length ? Buffer.from(String(to)) : undefined,
  };
}

function readOffset(token: Uint8Array): number {
  const offset = Number(Buffer.from(token).toString("latin1"));
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new InvalidArgumentError("invalid next_page_token");
}

function listInfo(worker: WorkerHeartbeat): WorkerListInfoInit {
  const { workerInstanceKey, workerIdentity, taskQueue, deploymentVersion } = worker;
  const { sdkName, sdkVersion, status, startTime, plugins, drivers, hostInfo } = worker;
  return {
    workerInstanceKey,
    workerIdentity,
    taskQueue,
    deploymentVersion,
    sdkName,
    sdkVersion,
    status,
    startTime,
    hostName: hostInfo?.hostName,
    workerGroupingKey: hostInfo?.workerGroupingKey,
    processId: hostInfo?.processId,
    plugins,
    drivers,
  };
}
