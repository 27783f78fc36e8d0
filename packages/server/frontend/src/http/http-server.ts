import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock, Logger, ScheduledCall } from "@perdure/kernel";
import type { HttpRoutes } from "./http-routes.js";

export interface HttpServerOptions {
  readonly routes: HttpRoutes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Makes what connections come from; absent: TCP without encryption. */
  readonly listener?: ((settings: ServerOptions) => Server) | undefined;
}

/** A client may be idle, or take for one request, this long; as the official server. */
const CONNECTION_IDLE_MS = 120_000;
const HEADER_BYTES_MAX = 64 * 1024;

/** The HTTP/1.1 listener, shared by all that the server says over HTTP. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { listener = createServer } = options;
    this.#server = listener({
      maxHeaderSize: HEADER_BYTES_MAX,
      keepAliveTimeout: CONNECTION_IDLE_MS,
      requestTimeout: CONNECTION_IDLE_MS,
    });
    this.#server.on("request", (request, response) => void this.#handle(request, response));
  }

  /** Begins to listen. Rejects with the system's error when the address can't be had. */
  listen(address: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(address.port, address.host, () => {
        this.#server.off("error", reject);
        resolve({ port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  /** Takes no new requests, lets those under way end for `graceMs` milliseconds, then ends them. */
  async stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeIdleConnections();
    let timer: ScheduledCall | undefined;
    const expired = new Promise<void>((resolve) => {
      timer = this.#options.clock.schedule(graceMs, resolve);
    });
    await Promise.race([closed, expired]);
    timer?.cancel();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => undefined); // A client that is gone is told by its close.
    const entry = this.#options.routes.find(request);
    if (entry === undefined) {
      response.writeHead(404, { "content-length": 0 }).end();
      return;
    }
    try {
      await entry.handle(request, response);
    } catch (error) {
      const { url, method } = request;
      const facts = { error, url, method, part: entry.name };
      this.#options.logger.log("error", "An HTTP request failed by a bug", facts);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-length": 0 }).end();
    }
  }
}
