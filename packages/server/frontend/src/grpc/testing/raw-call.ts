import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
} from "node:http2";

/** How a call came out. */
export interface RawAnswer {
  /** The gRPC status; -1 when none came. */
  readonly code: number;
  readonly message: string;
  /** All bytes of the response, frame heads included. */
  readonly body: Buffer;
}

export interface RawCall {
  readonly stream: ClientHttp2Stream;
  readonly answer: Promise<RawAnswer>;
}

interface RawRequest {
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** Begins a gRPC call on an HTTP/2 session; the caller writes the request. */
export function beginCall(session: ClientHttp2Session, request: RawRequest): RawCall {
  const stream = session.request({
    ":method": "POST",
    ":path": request.path,
    "content-type": "application/grpc",
    te: "trailers",
    ...request.headers,
  });
  return { stream, answer: answerOf(stream) };
}

/** Calls with one message, in its frame. */
export function callUnary(
  session: ClientHttp2Session,
  request: RawRequest & { readonly body: Uint8Array },
): Promise<RawAnswer> {
  const call = beginCall(session, request);
  call.stream.end(request.body);
  return call.answer;
}

function answerOf(stream: ClientHttp2Stream): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status: IncomingHttpHeaders = {};
    const take = (headers: IncomingHttpHeaders): void => {
      if (headers["grpc-status"] !== undefined) status = headers;
    };
    stream.on("response", take);
    stream.on("trailers", take);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", () => undefined);
    stream.on("close", () => {
      const code = Number(status["grpc-status"] ?? -1);
      const message = String(status["grpc-message"] ?? "");
      resolve({ code, message, body: Buffer.concat(chunks) });
    });
  });
}

/** A message in its gRPC frame. `flag` is 1 when it is compressed. */
export function framed(message: Uint8Array, flag = 0): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame[0] = flag;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}
