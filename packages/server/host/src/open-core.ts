import type { NamespaceRules, RunLimits } from "@perdure/engine";
import { NamespaceRegistry, startPreparer } from "@perdure/frontend";
import {
  type Clock,
  type Random,
  SkippingClock,
  systemClock,
  systemRandom,
  systemStopwatch,
  uuidV7,
} from "@perdure/kernel";
import { Matching } from "@perdure/matching";
import {
  MemoryStore,
  type NamespaceRow,
  type Store,
  type StoreFacts,
  type StoreWrite,
} from "@perdure/persistence";
import {
  Batches,
  DeploymentDirectory,
  Deployments,
  type EntityHostDeps,
  GroupCommitter,
  type HostedKind,
  HostedKinds,
  NamespaceReclaimer,
  NexusEndpoints,
  type NexusService,
  Schedules,
  StoreNumbers,
  TaskRouter,
  TimeSkippingService,
  WorkflowHost,
  WorkflowService,
} from "@perdure/runtime";
import { DynamicConfig } from "./dynamic-config/dynamic-config.js";
import type { ServerAddresses } from "./grpc-services.js";
import type { ServerMetrics } from "./metrics/server-metrics.js";
import { openNexus } from "./open-nexus.js";
import { readAttributes, type ServerConfig } from "./server-config.js";

const SIZES = {
  /** Workflow IDs that stay in memory while nothing happens to them. */
  maxIdleSlots: 4096,
  /** Log entries after which a run gets a snapshot: some milliseconds to read and fold. */
  snapshotEntries: 256,
};

/** The parts of a server that know nothing of calls from outside. */
export interface ServerCore extends EntityHostDeps {
  readonly facts: StoreFacts;
  readonly dynamicConfig: DynamicConfig;
  /** Absent: nothing is counted. */
  readonly metrics: ServerMetrics | undefined;
  readonly namespaces: NamespaceRegistry;
  /** Workflows. */
  readonly host: WorkflowHost;
  readonly workflows: WorkflowService;
  readonly schedules: Schedules;
  readonly deployments: Deployments;
  readonly batches: Batches;
  readonly nexus: NexusService;
  /** Where the server can be reached, known once it listens. */
  readonly listeners: ServerAddresses;
  /** Every kind of entity, workflows included. */
  readonly kinds: HostedKinds;
  readonly matching: Matching;
  /** Present when the server skips time. */
  readonly timeSkipping: TimeSkippingService | undefined;
  /** Cleans up after deleted namespaces. */
  readonly reclaimer: NamespaceReclaimer;
}

/**
 * Opens the store and wires what works on it. Nothing is woken or served yet.
 *
 * @throws {Error} The store can't be opened.
 */
export async function openCore(config: ServerConfig): Promise<ServerCore> {
  const skippingClock = skippingClockOf(config);
  const clock = skippingClock ?? systemClock();
  const random = systemRandom();
  const { logger } = config;
  const dynamicConfig = await openDynamicConfig(config);
  const { settings } = dynamicConfig;
  const limits: RunLimits = settings.current;
  const { store, metrics } = await openMeteredStore(config);
  const facts = await store.facts();
  const committer = new GroupCommitter(store, logger);
  const namespaces = namespaceRegistry(committer, facts.namespaces, { clock, random });
  await namespaces.ensure(config.namespaces ?? []);
  await namespaces.ensureAttributes(readAttributes(config.searchAttributes));
  const rules = rulesOf(namespaces);
  const limitsOf = (id: string): RunLimits =>
    settings.hasNamespaces ? settings.settingsOf(namespaces.nameOf(id) ?? "") : limits;
  const deps = { store, committer, clock, random, logger, numbers: new StoreNumbers(facts) };
  const { directory, router } = openRouting(clock);
  const listeners: ServerAddresses = { grpc: "", http: "" };
  const nexusEndpoints = await openNexusEndpoints(deps);
  const wired = { rules, namespaces, router, nexusEndpoints };
  const host = new WorkflowHost({ ...deps, limits, limitsOf, ...wired, ...SIZES });
  const deployments = new Deployments(deps, { host, directory, router, limits });
  const nexus = openNexus(host, nexusEndpoints, { config, listeners });
  const workflows = new WorkflowService(host);
  const prepareStart = startPreparer({ ...deps, limits, namespaces, deployments });
  const schedules = new Schedules(deps, { host, workflows, prepareStart });
  const batches = new Batches(deps);
  const others: readonly HostedKind[] = [schedules, deployments, batches, nexus.hostedKind];
  const kinds = new HostedKinds(host, others);
  const matching = new Matching({ store, clock, logger, starter: kinds });
  deployments.connect(matching);
  await deployments.load(namespaces.retentions().map(({ namespaceId }) => namespaceId));
  const reclaimer = reclaimerOf(deps, kinds, namespaces);
  const parts = { nexus, listeners, workflows, schedules, deployments, batches };
  const services = { host, ...parts, kinds, matching, reclaimer };
  const timeSkipping = skippingClock && new TimeSkippingService(skippingClock);
  return { ...deps, facts, namespaces, dynamicConfig, metrics, ...services, timeSkipping };
}

async function openNexusEndpoints(deps: EntityHostDeps): Promise<NexusEndpoints> {
  const endpoints = new NexusEndpoints(deps);
  await endpoints.load();
  return endpoints;
}

/** It is read before anything else: a server that is set up wrongly does nothing. */
async function openDynamicConfig(config: ServerConfig): Promise<DynamicConfig> {
  const { dynamicConfig: values, dynamicConfigPath: path, logger } = config;
  const dynamicConfig = new DynamicConfig({ values, path }, { clock: systemClock(), logger });
  await dynamicConfig.start();
  return dynamicConfig;
}

/** Metrics are loaded when they are wanted. */
async function openMeteredStore(
  config: ServerConfig,
): Promise<Pick<ServerCore, "store" | "metrics">> {
  const store = await openStore(config);
  if (config.metrics === undefined) return { store, metrics: undefined };
  const { ServerMetrics } = await import("./metrics/server-metrics.js");
  const metrics = new ServerMetrics(systemStopwatch());
  return { store: metrics.meter(store), metrics };
}

function skippingClockOf({ timeSkipping }: ServerConfig): SkippingClock | undefined {
  if (timeSkipping === undefined) return undefined;
  const clock = new SkippingClock(systemClock());
  if (timeSkipping === "unlocked") clock.unlock();
  return clock;
}

function reclaimerOf(
  { store, clock, logger }: Pick<EntityHostDeps, "store" | "clock" | "logger">,
  kinds: HostedKinds,
  namespaces: NamespaceRegistry,
): NamespaceReclaimer {
  const forget = (id: string): Promise<void> => namespaces.forget(id);
  return new NamespaceReclaimer({ store, clock, logger, kinds: kinds.reclaimed, forget });
}

function openRouting(clock: Clock): {
  readonly directory: DeploymentDirectory;
  readonly router: TaskRouter;
} {
  const directory = new DeploymentDirectory();
  return { directory, router: new TaskRouter(directory, clock) };
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
