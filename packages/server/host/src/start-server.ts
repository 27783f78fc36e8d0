import { DEFAULT_RUN_LIMITS, type NamespaceRules } from "@perdure/engine";
import {
  checkClientVersion,
  DEFAULT_GRPC_LIMITS,
  GrpcServer,
  type GrpcService,
  healthService,
  NamespaceRegistry,
  namespaceHandlers,
  reflectionServices,
  searchAttributeHandlers,
  systemHandlers,
  toGrpcError,
  workflowHandlers,
} from "@perdure/frontend";
import { type Clock, type Random, systemClock, systemRandom, uuidV7 } from "@perdure/kernel";
import { Matching } from "@perdure/matching";
import { MemoryStore, type NamespaceRow, type Store, type StoreWrite } from "@perdure/persistence";
import { OperatorService } from "@perdure/proto/temporal/api/operatorservice/v1";
import { WorkflowService as WorkflowServiceDescriptor } from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  GroupCommitter,
  QueryService,
  RetentionSweeper,
  startQueuedTask,
  UpdateService,
  UpdateWithStartService,
  WorkflowHost,
  WorkflowService,
} from "@perdure/runtime";
import { readAttributes, type ServerConfig } from "./server-config.js";

/** A server that runs. */
export interface RunningServer {
  readonly port: number;
  /**
   * Takes no new calls, answers waiting polls, lets the other calls end within the grace time,
   * and closes the store once everything is on disk.
   */
  stop(): Promise<void>;
}

/** Workflow IDs that stay in memory while nothing happens to them. */
const IDLE_SLOTS_MAX = 4096;
/** Log entries after which a run gets a snapshot: some milliseconds to read and fold. */
const SNAPSHOT_ENTRIES = 256;
const GRACE_MS = 10_000;

/**
 * Starts a server: opens its store, wires its parts, and listens.
 *
 * @throws {Error} The store can't be opened or the address can't be had; nothing runs then.
 */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const clock = systemClock();
  const random = systemRandom();
  const { logger, limits = DEFAULT_RUN_LIMITS, callbackAddresses = [] } = config;
  const store = await openStore(config);
  const facts = await store.facts();
  const committer = new GroupCommitter(store, logger);
  const namespaces = namespaceRegistry(committer, facts.namespaces, { clock, random });
  await namespaces.ensure(config.namespaces ?? []);
  await namespaces.ensureAttributes(readAttributes(config.searchAttributes));
  const rules = rulesOf(namespaces);
  const sizes = { maxIdleSlots: IDLE_SLOTS_MAX, snapshotEntries: SNAPSHOT_ENTRIES };
  const deps = { store, committer, clock, random, logger, limits, rules, namespaces, ...sizes };
  const host = new WorkflowHost(deps, facts);
  const matching = new Matching({
    store,
    clock,
    logger,
    starter: { startTask: (task, poller) => startQueuedTask(host, task, poller) },
  });
  const workflows = new WorkflowService(host);
  const updates = new UpdateService(host);
  const unary = new Map([
    ...systemHandlers({ clusterId: facts.clusterId, storeName: storeNameOf(config) }),
    ...namespaceHandlers({ namespaces, limits, nowMs: () => clock.nowMs() }),
    ...workflowHandlers({
      workflows,
      queries: new QueryService(host),
      updates,
      updateWithStart: new UpdateWithStartService(host, workflows, updates),
      poll: (question) => matching.poll(question),
      recentPollers: (queue) => matching.recentPollers(queue),
      forgetPollers: (queue) => matching.forgetPollers(queue),
      namespaces,
      store,
      clock,
      random,
      limits,
      callbackAddresses,
    }),
  ]);
  const server = new GrpcServer({
    services: grpcServices(
      { descriptor: WorkflowServiceDescriptor, unary },
      { descriptor: OperatorService, unary: searchAttributeHandlers(namespaces) },
    ),
    logger,
    clock,
    limits: DEFAULT_GRPC_LIMITS,
    toGrpcError: (error, call) => toGrpcError(error, call, logger),
    intercept: checkClientVersion,
  });
  const retention = new RetentionSweeper(host, () => namespaces.retentions());
  host.start(matching);
  retention.start();
  const { port } = await server
    .listen({ host: config.host, port: config.port })
    .catch(async (error) => {
      await store.close();
      throw error;
    });
  const stop = async (): Promise<void> => {
    matching.stop();
    await server.stop({ graceMs: config.graceMs ?? GRACE_MS });
    await retention.stop();
    await host.stop();
    await store.close();
  };
  return { port, stop };
}

function rulesOf(namespaces: NamespaceRegistry): NamespaceRules {
  return {
    retentionMsOf: (id) => namespaces.retentionMsOf(id),
    attributeSchemaOf: (id) => namespaces.schema(id),
  };
}

function namespaceRegistry(
  committer: GroupCommitter,
  rows: readonly NamespaceRow[],
  source: { readonly clock: Clock; readonly random: Random },
): NamespaceRegistry {
  const deps = {
    write: (writes: readonly StoreWrite[]) => committer.add(writes, undefined).durable,
    newId: () => uuidV7(source.clock.nowMs(), source.random),
  };
  return new NamespaceRegistry(deps, rows);
}

function grpcServices(...services: readonly GrpcService[]): readonly GrpcService[] {
  const names = services.map(({ descriptor }) => descriptor.typeName);
  const health = healthService(names);
  const all = [...names, health.descriptor.typeName];
  return [...services, health, ...reflectionServices(all)];
}

/** The SQLite store is loaded when a file is wanted. */
async function openStore(config: ServerConfig): Promise<Store> {
  const { databasePath: path, logger, pragmas, storageWorkerUrl: workerUrl } = config;
  if (path === undefined) return new MemoryStore({ random: systemRandom() });
  const { openSqliteStore } = await import("@perdure/persistence-sqlite");
  return openSqliteStore({
    path,
    logger,
    ...(pragmas === undefined ? {} : { pragmas }),
    ...(workerUrl === undefined ? {} : { workerUrl }),
  });
}

function storeNameOf(config: ServerConfig): string {
  return config.databasePath === undefined ? "memory" : "sqlite";
}
