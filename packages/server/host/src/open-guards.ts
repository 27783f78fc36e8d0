import {
  Authorizer,
  type GrpcService,
  guardServices,
  QuotaGuard,
  type ServiceGuard,
} from "@perdure/frontend";
import { systemClock } from "@perdure/kernel";
import type { ServerCore } from "./open-core.js";
import type { ServerConfig } from "./server-config.js";

/** What calls have to pass. */
export interface Guards {
  /** Puts it before everything that some services answer. */
  guard(services: readonly GrpcService[]): readonly GrpcService[];
  stop(): void;
}

/** Sets up what calls have to pass: who calls is asked before how often. */
export async function openGuards(core: ServerCore, config: ServerConfig): Promise<Guards> {
  const { namespaces, dynamicConfig } = core;
  // Rates are of the world's time, whatever time the server has.
  const clock = systemClock();
  const quota = new QuotaGuard({ quotas: dynamicConfig.settings, clock, namespaces });
  const authorization = await openAuthorization(core, config);
  const guards = authorization === undefined ? [quota] : [authorization.guard, quota];
  return {
    guard: (services) => guardServices(services, guards),
    stop: () => {
      authorization?.stop();
      dynamicConfig.stop();
    },
  };
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
