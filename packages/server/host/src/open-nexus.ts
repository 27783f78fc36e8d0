import { NexusHttpClient } from "@perdure/frontend";
import { systemClock } from "@perdure/kernel";
import { type NexusEndpoints, NexusService, type WorkflowHost } from "@perdure/runtime";
import type { ServerAddresses } from "./grpc-services.js";
import { NodeHttpClient } from "./http-client.js";
import { nexusCallbackUrl } from "./nexus-callback-url.js";
import type { ServerConfig } from "./server-config.js";

/** Connects what makes the Nexus calls of workflows, over the network where they go outside. */
export function openNexus(
  host: WorkflowHost,
  endpoints: NexusEndpoints,
  server: {
    readonly config: ServerConfig;
    readonly listeners: ServerAddresses;
  },
): NexusService {
  const { namespaces } = host.deps;
  const { config, listeners } = server;
  const nexus = new NexusService(host, {
    endpoints,
    // Other servers live by real time, also where this one skips it.
    http: new NexusHttpClient(new NodeHttpClient(systemClock())),
    callbackUrl: (namespaceId) =>
      nexusCallbackUrl(config, { httpAddress: listeners.http, namespaces, namespaceId }),
  });
  host.connectCalls(nexus);
  return nexus;
}
