import { type CallContext, checkClientVersion, toGrpcError } from "@perdure/frontend";
import { RetentionSweeper } from "@perdure/runtime";
import { grpcServices, type ServerAddresses } from "./grpc-services.js";
import { type Listeners, openListeners } from "./listeners.js";
import { openCore, type ServerCore } from "./open-core.js";
import { openGuards } from "./open-guards.js";
import type { ServerConfig } from "./server-config.js";

/** A server that runs. */
export interface RunningServer {
  readonly port: number;
  /** Absent: there is no HTTP listener. */
  readonly httpPort: number | undefined;
  /** Absent: nothing is counted. */
  readonly metricsPort: number | undefined;
  /** Reads the files of TLS and of dynamic configuration again; what is open keeps what it has. */
  reload(): Promise<void>;
  /**
   * Takes no new calls, answers waiting polls, lets the other calls end within the grace time,
   * and closes the store once everything is on disk.
   */
  stop(): Promise<void>;
}

const GRACE_MS = 10_000;

/**
 * Starts a server: opens its store, wires its parts, and listens.
 *
 * @throws {Error} The store can't be opened or the address can't be had; nothing runs then.
 */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const core = await openCore(config);
  const { store, clock, logger, host, kinds, matching, namespaces, reclaimer } = core;
  const guards = await openGuards(core, config);
  const rpc = {
    services: guards.guard(grpcServices(core, config, () => core.listeners)),
    logger,
    clock,
    metrics: core.metrics,
    toGrpcError: (error: unknown, call: CallContext) => toGrpcError(error, call, logger),
    intercept: checkClientVersion,
  };
  const retentionDeps = { store, clock, logger, kinds: kinds.retained };
  const retention = new RetentionSweeper(retentionDeps, () => namespaces.retentions());
  host.start(matching, kinds.wakers);
  retention.start();
  for (const { namespaceId, untilMs } of namespaces.deleted()) {
    reclaimer.reclaim(namespaceId, untilMs);
  }
  const listeners = await openListeners(config, rpc).catch(async (error) => {
    guards.stop();
    await store.close();
    throw error;
  });
  const stop = async (): Promise<void> => {
    matching.stop();
    core.timeSkipping?.stop();
    await listeners.stop({ graceMs: config.graceMs ?? GRACE_MS });
    guards.stop();
    await retention.stop();
    await reclaimer.stop();
    kinds.stop();
    await host.stop();
    await store.close();
  };
  const { port, httpPort, metricsPort } = listeners;
  Object.assign(core.listeners, addressesOf(config, { port, httpPort }));
  return { port, httpPort, metricsPort, stop, reload: () => reloadAll(core, listeners) };
}

async function reloadAll({ dynamicConfig }: ServerCore, listeners: Listeners): Promise<void> {
  await Promise.all([listeners.reload(), dynamicConfig.reload()]);
}

function addressesOf(
  config: ServerConfig,
  ports: { readonly port: number; readonly httpPort: number | undefined },
): ServerAddresses {
  const at = (port: number | undefined): string =>
    port === undefined ? "" : `${config.host}:${port}`;
  return { grpc: at(ports.port), http: at(ports.httpPort) };
}
