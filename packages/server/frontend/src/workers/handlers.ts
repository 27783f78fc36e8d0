import {
  type Clock,
  InvalidArgumentError,
  NotFoundError,
  UnimplementedError,
} from "@perdure/kernel";
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
    FetchWorkerConfig: refuseCommand("FetchWorkerConfig", deps),
    UpdateWorkerConfig: refuseCommand("UpdateWorkerConfig", deps),
    CountWorkers: (request: CountWorkersRequest) => ({ count: BigInt(matching(request).length) }),
  };
  return new Map(Object.entries<UnaryHandler>(handlers));
}

/** Commands to workers are switched off, as they are in the official server. */
function refuseCommand(name: string, deps: WorkerDeps): UnaryHandler {
  return ({ namespace }: { readonly namespace: string }) => {
    resolveNamespace(deps, namespace);
    throw new UnimplementedError(`${name} command is not enabled.`);
  };
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

/** One page of workers in the order of their keys; the token names the last one before it. */
function listWorkers(
  request: ListWorkersRequest,
  workers: readonly WorkerHeartbeat[],
): ListWorkersResponseInit {
  const { pageSize } = request;
  const after = workers.length === 0 ? "" : readPageToken(request.nextPageToken);
  const rest = workers.filter(({ workerInstanceKey }) => after === "" || workerInstanceKey > after);
  const page = pageSize > 0 ? rest.slice(0, pageSize) : rest;
  const last = page.length < rest.length ? page.at(-1) : undefined;
  return {
    workersInfo: page.map((workerHeartbeat) => ({ workerHeartbeat })),
    workers: page.map(listInfo),
    nextPageToken:
      last === undefined ? undefined : Buffer.from(JSON.stringify({ l: last.workerInstanceKey })),
  };
}

/** @throws {InvalidArgumentError} It is no token of a list. */
function readPageToken(token: Uint8Array): string {
  if (token.length === 0) return "";
  try {
    const read: unknown = JSON.parse(Buffer.from(token).toString());
    const key = typeof read === "object" && read !== null && "l" in read ? read.l : "";
    if (typeof key === "string") return key;
  } catch (error) {
    throw new InvalidArgumentError("invalid next_page_token", { cause: error });
  }
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
