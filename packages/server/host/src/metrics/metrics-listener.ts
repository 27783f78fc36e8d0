import { HttpRoutes, HttpServer } from "@perdure/frontend/http";
import type { Clock, Logger } from "@perdure/kernel";
import { SetupError } from "../setup/setup-error.js";
import type { ServerMetrics } from "./server-metrics.js";

/** Tells metrics at `/metrics`. */
export interface MetricsListener {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Listens for those who ask for metrics.
 *
 * @throws {SetupError} The address can't be had.
 */
export async function openMetricsListener(
  metrics: ServerMetrics,
  address: { readonly host: string; readonly port: number },
  deps: { readonly clock: Clock; readonly logger: Logger },
): Promise<MetricsListener> {
  const routes = new HttpRoutes();
  routes.mountPage("/metrics", (request, response) => metrics.answer(request, response));
  const server = new HttpServer({ routes, ...deps });
  try {
    const { port } = await server.listen(address);
    return { port, stop: async () => await server.stop({ graceMs: 0 }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const place = `${address.host}:${address.port}`;
    throw new SetupError(`Cannot listen for metrics on ${place}: ${reason}`, { cause: error });
  }
}
