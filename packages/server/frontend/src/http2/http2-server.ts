import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "@perdure/kernel";
import type { Http2Limits } from "./control-frames.js";
import { Http2Connection } from "./http2-connection.js";
import type { Http2Handler } from "./http2-handler.js";

/** Makes what connections come from. */
export type SocketListener = (onSocket: (socket: Socket) => void) => Server;

export interface Http2ServerOptions extends Http2Handler {
  readonly limits: Http2Limits;
  readonly clock: Pick<Clock, "nowMs">;
  /** A client has connected. */
  readonly onOpen?: (connection: Http2Connection) => void;
  /** Absent: TCP without encryption. */
  readonly listener?: SocketListener | undefined;
}

const PLAIN: SocketListener = (onSocket) => createServer({ noDelay: true }, onSocket);

/**
 * An HTTP/2 server for gRPC: prior knowledge, no pushed streams, no priorities. Why not
 * `node:http2`: see docs/decisions/transport.md.
 */
export class Http2Server {
  readonly #server: Server;
  readonly #connections = new Set<Http2Connection>();

  constructor(options: Http2ServerOptions) {
    const { limits, clock, onOpen, listener = PLAIN } = options;
    const onClose = (connection: Http2Connection): void => {
      this.#connections.delete(connection);
      options.onClose(connection);
    };
    const handler = { ...options, onClose };
    this.#server = listener((socket) => {
      const connection = new Http2Connection(socket, { limits, clock, handler });
      this.#connections.add(connection);
      onOpen?.(connection);
    });
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

  /** Takes no new connections and no new streams; resolves once all connections are over. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.goAway();
    return closed;
  }

  /** Ends every connection at once. */
  destroyConnections(): void {
    for (const connection of [...this.#connections]) connection.destroy();
  }
}
