import { once } from "node:events";
import http2 from "node:http2";
import type { SecureContextOptions } from "node:tls";
import type { AnyMethodDescriptor } from "@perdure/proto/wire";

/** How a call came out. */
export interface GrpcAnswer {
  /** The gRPC status; -1 when none came. */
  readonly code: number;
  readonly message: string;
  /** `grpc-status-details-bin`; empty: there is none. */
  readonly details: Buffer;
  /** The encoded response; empty when the call failed. */
  readonly body: Buffer;
}

/** Calls one server over gRPC, with a client of Node.js and not our own. */
export class GrpcClient {
  readonly #session: http2.ClientHttp2Session;

  private constructor(session: http2.ClientHttp2Session) {
    this.#session = session;
  }

  /** @param tls - Absent: the connection is not encrypted. */
  static async connect(port: number, tls?: SecureContextOptions): Promise<GrpcClient> {
    const scheme = tls === undefined ? "http" : "https";
    const session = http2.connect(`${scheme}://127.0.0.1:${port}`, tls ?? {});
    await once(session, "connect");
    return new GrpcClient(session);
  }

  /** Calls a method of one request and one response. */
  call(
    method: Pick<AnyMethodDescriptor, "path" | "request">,
    request: object,
    headers: http2.OutgoingHttpHeaders = {},
  ): Promise<GrpcAnswer> {
    const stream = this.#session.request({
      ":method": "POST",
      ":path": method.path,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    const message = method.request.encode(request);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([head, message]));
    return answerOf(stream);
  }

  close(): void {
    this.#session.destroy();
  }
}

function answerOf(stream: http2.ClientHttp2Stream): Promise<GrpcAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status: http2.IncomingHttpHeaders = {};
    const take = (headers: http2.IncomingHttpHeaders): void => {
      if (headers["grpc-status"] !== undefined) status = headers;
    };
    stream.on("response", take);
    stream.on("trailers", take);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", () => undefined);
    stream.on("close", () => {
      resolve({
        code: Number(status["grpc-status"] ?? -1),
        message: decodeURIComponent(String(status["grpc-message"] ?? "")),
        details: Buffer.from(String(status["grpc-status-details-bin"] ?? ""), "base64"),
        body: Buffer.concat(chunks).subarray(5),
      });
    });
  });
}
