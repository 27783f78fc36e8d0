import type { RunLimits } from "@perdure/engine";
import {
  batchHandlers,
  batchTargets,
  deploymentHandlers,
  type GrpcService,
  healthService,
  namespaceHandlers,
  nexusEndpointHandlers,
  operatorHandlers,
  reflectionServices,
  scheduleHandlers,
  searchAttributeHandlers,
  systemHandlers,
  timeSkippingHandlers,
  type WorkflowServiceDeps,
  workflowHandlers,
} from "@perdure/frontend";
import { OperatorService } from "@perdure/proto/temporal/api/operatorservice/v1";
import { TestService } from "@perdure/proto/temporal/api/testservice/v1";
import { WorkflowService as WorkflowServiceDescriptor } from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  ActivityOperations,
  QueryService,
  RunControlService,
  UpdateService,
  UpdateWithStartService,
} from "@perdure/runtime";
import type { ServerCore } from "./open-core.js";
import type { ServerConfig } from "./server-config.js";

/** Where clients reach a server, as `host:port`; empty until it listens, and where it does not. */
export interface ServerAddresses {
  readonly grpc: string;
  readonly http: string;
}

/** The gRPC services of a server, with what answers their calls. */
export function grpcServices(
  core: ServerCore,
  config: ServerConfig,
  addresses: () => ServerAddresses,
): readonly GrpcService[] {
  const execution = executionDeps(core);
  core.batches.connect(batchTargets(execution));
  const unary = new Map([
    ...systemHandlers({ clusterId: core.facts.clusterId, storeName: storeNameOf(config) }),
    ...namespaceHandlers({
      namespaces: core.namespaces,
      ...limitsOf(core),
      nowMs: () => core.clock.nowMs(),
    }),
    ...workflowHandlers(execution),
    ...batchHandlers({ ...execution, batches: core.batches }),
    ...scheduleHandlers({ ...core, limits: core.host.deps.limits }),
    ...deploymentHandlers({ ...core, limits: core.host.deps.limits }),
  ]);
  const services: GrpcService[] = [
    { descriptor: WorkflowServiceDescriptor, unary },
    { descriptor: OperatorService, unary: operatorServiceHandlers(core, addresses) },
  ];
  if (core.timeSkipping !== undefined) {
    services.push({ descriptor: TestService, unary: timeSkippingHandlers(core.timeSkipping) });
  }
  return withHealth(...services);
}

function operatorServiceHandlers(
  core: ServerCore,
  addresses: () => ServerAddresses,
): ReturnType<typeof operatorHandlers> {
  const { namespaces, facts, clock, reclaimer } = core;
  return new Map([
    ...searchAttributeHandlers(namespaces),
    ...nexusEndpointHandlers({
      endpoints: core.nexus.endpoints,
      namespaces,
      idLengthMax: core.host.deps.limits.idLengthMax,
    }),
    ...operatorHandlers({
      namespaces,
      clusterId: facts.clusterId,
      nowMs: () => clock.nowMs(),
      namespaceDeleteDelayMs: 0,
      reclaim: (namespaceId, atMs) => reclaimer.reclaim(namespaceId, atMs),
      addresses,
    }),
  ]);
}

function executionDeps(core: ServerCore): WorkflowServiceDeps {
  const { host, workflows, matching, namespaces, store, clock, random } = core;
  const updates = new UpdateService(host);
  return {
    workflows,
    activityOperations: new ActivityOperations(host),
    queries: new QueryService(host),
    control: new RunControlService(host),
    updates,
    nexus: core.nexus,
    updateWithStart: new UpdateWithStartService(host, workflows, updates),
    poll: (question) => matching.poll(question),
    recentPollers: (queue) => matching.recentPollers(queue),
    forgetPollers: (queue) => matching.forgetPollers(queue),
    deployments: core.deployments,
    namespaces,
    store,
    clock,
    random,
    ...limitsOf(core),
    get callbackAddresses() {
      return core.dynamicConfig.settings.current.callbackAddresses;
    },
  };
}

/** Limits that handlers keep: they change in place. */
function limitsOf({ host, dynamicConfig: { settings } }: ServerCore): {
  readonly limits: RunLimits;
  readonly limitsOf: (namespace: string) => RunLimits;
} {
  return { limits: host.deps.limits, limitsOf: (name) => settings.settingsOf(name) };
}

function withHealth(...services: readonly GrpcService[]): readonly GrpcService[] {
  const names = services.map(({ descriptor }) => descriptor.typeName);
  const health = healthService(names);
  const all = [...names, health.descriptor.typeName];
  return [...services, health, ...reflectionServices(all)];
}

function storeNameOf(config: ServerConfig): string {
  return config.databasePath === undefined ? "memory" : "sqlite";
}
