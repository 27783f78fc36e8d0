import type { Server as HttpServer, ServerOptions } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import {
  createSecureContext,
  createServer,
  type Server,
  type TLSSocket,
  type TlsOptions,
} from "node:tls";
import type { SocketListener } from "../http2/http2-server.js";
import type { TlsIdentity } from "./tls-identity.js";

/** Time for the handshake of a connection, milliseconds. */
const HANDSHAKE_MS_MAX = 20_000;

/**
 * The encrypted listeners of one server. All have the same identity, which can be replaced while
 * they listen: new connections get the new one, those that are open keep theirs.
 */
export class TlsListeners {
  readonly #servers = new Set<Server | HttpsServer>();
  #identity: TlsIdentity;

  /** @throws {Error} Certificate and key are no pair, or not readable. */
  constructor(identity: TlsIdentity) {
    createSecureContext(tlsOptions(identity));
    this.#identity = identity;
  }

  /** A listener for gRPC, which is agreed on as `h2`. */
  readonly grpc: SocketListener = (onSocket: (socket: TLSSocket) => void) => {
    const options = { ...tlsOptions(this.#identity), ALPNProtocols: ["h2"], noDelay: true };
    return this.#keep(createServer({ ...options, handshakeTimeout: HANDSHAKE_MS_MAX }, onSocket));
  };

  /** A listener for HTTP/1.1. */
  readonly http = (settings: ServerOptions): HttpServer => {
    const options = { ...settings, ...tlsOptions(this.#identity), ALPNProtocols: ["http/1.1"] };
    return this.#keep(createHttpsServer({ ...options, handshakeTimeout: HANDSHAKE_MS_MAX }));
  };

  /**
   * Replaces the identity of all listeners.
   *
   * @throws {Error} Certificate and key are no pair, or not readable; the old one stays.
   */
  replace(identity: TlsIdentity): void {
    const options = tlsOptions(identity);
    createSecureContext(options);
    for (const server of this.#servers) server.setSecureContext(options);
    this.#identity = identity;
  }

  #keep<S extends Server | HttpsServer>(server: S): S {
    this.#servers.add(server);
    // A client that fails at the handshake was never there.
    server.on("tlsClientError", (_error, socket: TLSSocket) => socket.destroy());
    return server;
  }
}

function tlsOptions(identity: TlsIdentity): TlsOptions {
  const { certificate, privateKey, clientAuthorities, isClientCertificateRequired } = identity;
  return {
    cert: certificate,
    key: privateKey,
    ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities }),
    requestCert: clientAuthorities !== undefined,
    rejectUnauthorized: isClientCertificateRequired,
    minVersion: "TLSv1.2",
  };
}
