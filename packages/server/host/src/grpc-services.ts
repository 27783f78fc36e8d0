import {
  type GrpcService,
  healthService,
  namespaceHandlers,
  reflectionServices,
  searchAttributeHandlers,
  systemHandlers,
  workflowHandlers,
} from "@perdure/frontend";
import { OperatorService } from "@perdure/proto/temporal/api/operatorservice/v1";
import { WorkflowService as WorkflowServiceDescriptor } from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  ActivityOperations,
  QueryService,
  UpdateService,
  UpdateWithStartService,
  WorkflowService,
} from "@perdure/runtime";
import type { ServerCore } from "./open-core.js";
import type { ServerConfig } from "./server-config.js";

/** The gRPC services of a server, with what answers their calls. */
export function grpcServices(core: ServerCore, config: ServerConfig): readonly GrpcService[] {
  const unary = new Map([
    ...systemHandlers({ clusterId: core.facts.clusterId, storeName: storeNameOf(config) }),
    ...namespaceHandlers({
      namespaces: core.namespaces,
      limits: core.host.deps.limits,
      nowMs: () => core.clock.nowMs(),
    }),
    ...executionHandlers(core, config),
  ]);
  return withHealth(
    { descriptor: WorkflowServiceDescriptor, unary },
    { descriptor: OperatorService, unary: searchAttributeHandlers(core.namespaces) },
  );
}

function executionHandlers(
  core: ServerCore,
  config: ServerConfig,
): ReturnType<typeof workflowHandlers> {
  const { host, matching, namespaces, store, clock, random } = core;
  const workflows = new WorkflowService(host);
  const updates = new UpdateService(host);
  return workflowHandlers({
    workflows,
    activityOperations: new ActivityOperations(host),
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
    limits: host.deps.limits,
    callbackAddresses: config.callbackAddresses ?? [],
  });
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
