import { DEFAULT_GRPC_LIMITS, GrpcServer, type GrpcServerOptions } from "@perdure/frontend";
import type { HttpRoutes, HttpServer } from "@perdure/frontend/http";
import type { TlsListeners } from "@perdure/frontend/tls";
import type { MetricsListener } from "./metrics/metrics-listener.js";
import type { ServerMetrics } from "./metrics/server-metrics.js";
import type { ServerConfig } from "./server-config.js";
import { SetupError } from "./setup/setup-error.js";
import { readTlsFiles, TlsReloader } from "./tls-files.js";

/** What the server takes calls with. */
export interface Listeners {
  readonly port: number;
  /** Absent: there is no HTTP listener. */
  readonly httpPort: number | undefined;
  /** Absent: nothing is counted. */
  readonly metricsPort: number | undefined;
  /** Reads the files of TLS again. */
  reload(): Promise<void>;
  /** Takes no new calls, lets those under way end within the grace time, then ends them. */
  stop(grace: { readonly graceMs: number }): Promise<void>;
}

interface RpcOptions extends Omit<GrpcServerOptions, "listener" | "limits"> {
  readonly metrics: ServerMetrics | undefined;
}

/**
 * Opens the listeners for gRPC and HTTP; both answer with the same handlers.
 *
 * @throws {SetupError} A file of TLS is of no use, or the address of HTTP can't be had.
 * @throws {Error} The address of gRPC can't be had. Nothing listens then.
 */
export async function openListeners(config: ServerConfig, rpc: RpcOptions): Promise<Listeners> {
  const tls = await openTls(config, rpc);
  const limits = DEFAULT_GRPC_LIMITS;
  const grpc = new GrpcServer({ ...rpc, limits, listener: tls?.listeners.grpc });
  const { port } = await grpc.listen({ host: config.host, port: config.port });
  const readiness = { isReady: true };
  const opening = openHttpParts(config, { rpc, tls: tls?.listeners, readiness });
  const { http, metrics } = await opening.catch(async (error: unknown) => {
    await grpc.stop({ graceMs: 0 });
    throw error;
  });
  tls?.reloader.start();
  return {
    port,
    httpPort: http?.port,
    metricsPort: metrics?.port,
    reload: async () => await tls?.reloader.reload(),
    stop: async (grace) => {
      readiness.isReady = false;
      tls?.reloader.stop();
      await Promise.all([grpc.stop(grace), http?.server.stop(grace), metrics?.stop()]);
    },
  };
}

async function openHttpParts(
  config: ServerConfig,
  parts: HttpParts,
): Promise<{ readonly http: OpenHttp | undefined; readonly metrics: MetricsListener | undefined }> {
  const metrics = await openMetrics(config, parts.rpc);
  try {
    return { http: await openHttp(config, parts), metrics };
  } catch (error) {
    await metrics?.stop();
    throw error;
  }
}

async function openMetrics(
  config: ServerConfig,
  { metrics, clock, logger }: RpcOptions,
): Promise<MetricsListener | undefined> {
  if (metrics === undefined || config.metrics === undefined) return undefined;
  const { openMetricsListener } = await import("./metrics/metrics-listener.js");
  return await openMetricsListener(metrics, config.metrics, { clock, logger });
}

interface OpenTls {
  readonly listeners: TlsListeners;
  readonly reloader: TlsReloader;
}

async function openTls(
  { tls: files }: ServerConfig,
  rpc: RpcOptions,
): Promise<OpenTls | undefined> {
  if (files === undefined) return undefined;
  const identity = await readTlsFiles(files);
  const { TlsListeners } = await import("@perdure/frontend/tls");
  try {
    const listeners = new TlsListeners(identity);
    return { listeners, reloader: new TlsReloader(files, { listeners, identity }, rpc) };
  } catch (error) {
    const { certPath, keyPath } = files;
    const reason = error instanceof Error ? error.message : String(error);
    const what = `Cannot use TLS certificate "${certPath}" with key "${keyPath}"`;
    throw new SetupError(`${what}: ${reason}`, { cause: error });
  }
}

interface HttpParts {
  readonly rpc: RpcOptions;
  readonly tls: TlsListeners | undefined;
  readonly readiness: { readonly isReady: boolean };
}

interface OpenHttp {
  readonly server: HttpServer;
  readonly port: number;
}

async function openHttp(config: ServerConfig, parts: HttpParts): Promise<OpenHttp | undefined> {
  if (config.http === undefined) return undefined;
  const { rpc, tls } = parts;
  const { HttpServer, HttpRoutes } = await import("@perdure/frontend/http");
  const routes = new HttpRoutes();
  await mountAll(routes, parts, config);
  const { clock, logger } = rpc;
  const server = new HttpServer({ routes, clock, logger, listener: tls?.http });
  const { host, port } = config.http;
  try {
    return { server, port: (await server.listen({ host, port })).port };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(`Cannot listen for HTTP on ${host}:${port}: ${reason}`, { cause: error });
  }
}

/** Everything that is said over HTTP; the API comes last, since it takes all that is left. */
async function mountAll(
  routes: HttpRoutes,
  { rpc, readiness }: HttpParts,
  { authorization }: ServerConfig,
): Promise<void> {
  const { metrics } = rpc;
  const { mountHealthPages, mountHttpApi } = await import("@perdure/frontend/http");
  mountHealthPages(routes, () => readiness.isReady);
  // Where not everybody may know everything, metrics are told at their own port alone.
  if (metrics !== undefined && authorization === undefined) {
    routes.mountPage("/metrics", (request, response) => metrics.answer(request, response));
  }
  mountHttpApi(routes, { ...rpc, maxBodyBytes: DEFAULT_GRPC_LIMITS.maxReceiveBytes });
}
