import * as grpc from "@grpc/grpc-js";
import { decodeMessage } from "./decode.js";
import { encodeMessage } from "./encode.js";
import { type Plain, type PlainObject, pickList } from "./plain.js";
import { messageType, type ReflectedType, wireMethod } from "./reflection.js";

/** What a call came to. */
export type Outcome =
  | { readonly kind: "response"; readonly type: ReflectedType; readonly response: PlainObject }
  | { readonly kind: "error"; readonly error: WireError };

export interface WireError {
  /** Name of the gRPC status, such as `NOT_FOUND`. */
  readonly code: string;
  readonly message: string;
  /** Decoded from `grpc-status-details-bin`; each has its type under `@type`. */
  readonly details: readonly Plain[];
}

const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Calls any RPC at one address with plain objects. */
export class GrpcCaller {
  readonly #client: grpc.Client;

  /** @param address - `host:port`, without TLS. */
  constructor(address: string) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
      "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
      "grpc.enable_retries": 0, // A retry would hide the answer that is to be compared.
    });
  }

  /** Waits until the address accepts connections. */
  ready(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.waitForReady(Date.now() + timeoutMs, (error) => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
  }

  /** Calls once; an error status is an outcome, never a rejection. */
  call(rpc: string, request: PlainObject, deadlineMs: number): Promise<Outcome> {
    const method = wireMethod(rpc);
    const body = Buffer.from(encodeMessage(method.request, request));
    const type = method.response;
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        method.path,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => decodeMessage(type, bytes),
        body,
        new grpc.Metadata(),
        { deadline: Date.now() + deadlineMs },
        (error, response) => {
          if (error !== null) resolve({ kind: "error", error: wireError(error) });
          else resolve({ kind: "response", type, response: response ?? {} });
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}

function wireError(error: grpc.ServiceError): WireError {
  const status = error.metadata.get("grpc-status-details-bin")[0];
  const decoded =
    status instanceof Buffer ? decodeMessage(messageType("google.rpc.Status"), status) : {};
  // Which side notices first that the time is over is chance.
  const isDeadline = error.code === grpc.status.DEADLINE_EXCEEDED;
  return {
    code: grpc.status[error.code] ?? String(error.code),
    message: isDeadline ? "<deadline>" : error.details,
    details: pickList(decoded, "details"),
  };
}
