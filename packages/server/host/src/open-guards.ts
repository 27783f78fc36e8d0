import { Authorizer, type GrpcService, guardServices } from "@perdure/frontend";
import { systemClock } from "@perdure/kernel";
import type { ServerCore } from "./open-core.js";
import type { ServerConfig } from "./server-config.js";

/** What calls have to pass. */
export interface Guards {
  /** Puts it before everything that some services answer. */
  guard(services: readonly GrpcService[]): readonly GrpcService[];
  stop(): void;
}

/** Sets up what calls have to pass; a part that is off is not there. */
export async function openGuards(core: ServerCore, config: ServerConfig): Promise<Guards> {
  const { authorization } = config;
  if (authorization === undefined) {
    return { guard: (services) => services, stop: () => undefined };
  }
  const { CallerClaims } = await import("./authorization/caller-claims.js");
  const { logger, namespaces, host } = core;
  // Tokens end in the time of the world, whatever time the server has.
  const claims = new CallerClaims(authorization, { clock: systemClock(), logger });
  await claims.start();
  const isCrossNamespaceAllowed = (): boolean => host.deps.limits.isCrossNamespaceAllowed;
  const authorizer = new Authorizer({ claims, logger, namespaces, isCrossNamespaceAllowed });
  return {
    guard: (services) => guardServices(services, [authorizer]),
    stop: () => claims.stop(),
  };
}
