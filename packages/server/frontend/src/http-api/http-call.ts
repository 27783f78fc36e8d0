import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type CancelSignal, CancelSource, type Clock, type ScheduledCall } from "@perdure/kernel";
import type { CallContext, RequestMetadata } from "../grpc/call-context.js";
import { type ClientCertificate, readClientCertificate } from "../http2/client-certificate.js";
import { httpMetadata } from "./http-metadata.js";

/** A call over HTTP as handlers and interceptors see it. */
export class HttpCall implements CallContext {
  readonly metadata: RequestMetadata;
  readonly peer: string;
  readonly #socket: Socket;
  readonly #cancel = new CancelSource();
  #timer: ScheduledCall | undefined;

  constructor(
    readonly path: string,
    request: IncomingMessage,
    readonly deadlineMs: number | undefined,
  ) {
    const { remoteAddress, remotePort } = request.socket;
    this.metadata = httpMetadata(request.headers);
    this.#socket = request.socket;
    this.peer = `${remoteAddress}:${remotePort}`;
  }

  get clientCertificate(): ClientCertificate | undefined {
    return readClientCertificate(this.#socket);
  }

  get signal(): CancelSignal {
    return this.#cancel;
  }

  /** Ends the call when its client goes away, and runs `onDeadline` if its time is over before. */
  watch(response: ServerResponse, clock: Clock, onDeadline: () => void): void {
    response.once("close", () => {
      this.#timer?.cancel();
      this.#cancel.abort();
    });
    if (this.deadlineMs === undefined) return;
    this.#timer = clock.schedule(Math.max(this.deadlineMs - clock.nowMs(), 0), () => {
      onDeadline();
      this.#cancel.abort();
    });
  }
}
