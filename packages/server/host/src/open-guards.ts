import {
  Authorizer,
  type GrpcService,
  guardServices,
  QuotaGuard,
  type ServiceGuard,
} from "@perdure/frontend";
import { systemClock } from "@perdure/kernel";
import { TaskKind } from "@perdure/persistence";
import type { ServerCore } from "./open-core.js";
import type { ServerConfig } from "./server-config.js";

/** What calls have to pass. */
export interface Guards {
  /** Puts it before everything that some services answer. */
  guard(services: readonly GrpcService[]): readonly GrpcService[];
  stop(): void;
}

/** Sets up what calls have to pass: they are counted, then asked who calls, then how often. */
export async function openGuards(core: ServerCore, config: ServerConfig): Promise<Guards> {
  const { namespaces, dynamicConfig } = core;
  // Rates are of the world's time, whatever time the server has.
  const clock = systemClock();
  const quota = new QuotaGuard({ quotas: dynamicConfig.settings, clock, namespaces });
  const authorization = await openAuthorization(core, config);
  const guards = [countingGuard(core), authorization?.guard, quota];
  const present = guards.filter((guard) => guard !== undefined);
  return {
    guard: (services) => guardServices(services, present),
    stop: () => {
      authorization?.stop();
      dynamicConfig.stop();
    },
  };
}

const TASK_TYPES = {
  [TaskKind.WORKFLOW]: "Workflow",
  [TaskKind.ACTIVITY]: "Activity",
  [TaskKind.NEXUS]: "Nexus",
} as const satisfies Record<TaskKind, string>;

/** Counts calls before anybody refuses them. */
function countingGuard({
  metrics,
  namespaces,
  matching,
  host,
}: ServerCore): ServiceGuard | undefined {
  return metrics?.watch({
    namespaces,
    slotCount: () => host.slotCount,
    queueLoads: () =>
      matching.loads().map(({ key, backlogCount, pollerCount }) => ({
        namespace: namespaces.nameOf(key.namespaceId) ?? "",
        taskQueue: key.name,
        taskType: TASK_TYPES[key.taskKind],
        backlogCount,
        pollerCount,
      })),
  });
}

interface OpenAuthorization {
  readonly guard: ServiceGuard;
  stop(): void;
}

async function openAuthorization(
  { logger, namespaces, host }: ServerCore,
  { authorization }: ServerConfig,
): Promise<OpenAuthorization | undefined> {
  if (authorization === undefined) return undefined;
  const { CallerClaims } = await import("./authorization/caller-claims.js");
  // Tokens end in the world's time too.
  const claims = new CallerClaims(authorization, { clock: systemClock(), logger });
  await claims.start();
  const isCrossNamespaceAllowed = (): boolean => host.deps.limits.isCrossNamespaceAllowed;
  const guard = new Authorizer({ claims, logger, namespaces, isCrossNamespaceAllowed });
  return { guard, stop: () => claims.stop() };
}
