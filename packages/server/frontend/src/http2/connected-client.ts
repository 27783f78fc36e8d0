import type { Socket } from "node:net";
import { type ClientCertificate, readClientCertificate } from "./client-certificate.js";

/** Who is at the other end of a connection. */
export class ConnectedClient {
  /** Address and port. */
  readonly peer: string;
  readonly #socket: Socket;
  #certificate: { readonly read: ClientCertificate | undefined } | undefined;

  constructor(socket: Socket) {
    this.peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#socket = socket;
  }

  /** What it proved itself with, read when it is first asked for: it stays the same. */
  get certificate(): ClientCertificate | undefined {
    this.#certificate ??= { read: readClientCertificate(this.#socket) };
    return this.#certificate.read;
  }
}
