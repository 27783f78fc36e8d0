import {
  checkClientVersion,
  DEFAULT_GRPC_LIMITS,
  GrpcServer,
  toGrpcError,
} from "@perdure/frontend";
import { RetentionSweeper } from "@perdure/runtime";
import { grpcServices } from "./grpc-services.js";
import { openCore } from "./open-core.js";
import type { ServerConfig } from "./server-config.js";

/** A server that runs. */
export interface RunningServer {
  readonly port: number;
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
  const { store, clock, logger, host, kinds, matching, namespaces } = core;
  const server = new GrpcServer({
    services: grpcServices(core, config),
    logger,
    clock,
    limits: DEFAULT_GRPC_LIMITS,
    toGrpcError: (error, call) => toGrpcError(error, call, logger),
    intercept: checkClientVersion,
  });
  const retentionDeps = { store, clock, logger, kinds: kinds.retained };
  const retention = new RetentionSweeper(retentionDeps, () => namespaces.retentions());
  host.start(matching, kinds.wakers);
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
    kinds.stop();
    await host.stop();
    await store.close();
  };
  return { port, stop };
}
