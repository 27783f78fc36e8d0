import assert from "node:assert/strict";
import http2 from "node:http2";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { SILENT_LOGGER, systemClock } from "@perdure/kernel";
import {
  Health,
  type HealthCheckRequest,
  HealthCheckRequest as HealthCheckRequestType,
  HealthCheckResponse,
} from "@perdure/proto/grpc/health/v1";
import type { CallContext } from "./call-context.js";
import { GrpcError } from "./grpc-error.js";
import { DEFAULT_GRPC_LIMITS } from "./grpc-limits.js";
import { GrpcServer } from "./grpc-server.js";
import { GrpcStatusCode } from "./status-codes.js";

const HEADERS = {
  ":method": "POST",
  ":path": "/grpc.health.v1.Health/Check",
  "content-type": "application/grpc+proto",
  te: "trailers",
};

let server: GrpcServer;
let session: http2.ClientHttp2Session;
let lastCall: CallContext | undefined;

/** Answers by the name of the service that is asked about. */
function check(request: HealthCheckRequest, call: CallContext): object | Promise<object> {
  lastCall = call;
  switch (request.service) {
    case "fails":
      throw new GrpcError(GrpcStatusCode.NOT_FOUND, "no 100 % match: ü", [
        { typeName: "a.B", bytes: Buffer.from([1]) },
      ]);
    case "waits":
      return new Promise(() => undefined);
    default:
      return { status: request.service.length };
  }
}

async function* watch(requests: AsyncIterable<HealthCheckRequest>): AsyncGenerator<object> {
  for await (const { service } of requests) {
    if (service === "fails") throw new GrpcError(GrpcStatusCode.ABORTED, "enough");
    yield { status: service.length };
  }
}

before(async () => {
  server = new GrpcServer({
    services: [
      {
        descriptor: Health,
        unary: new Map([["Check", check]]),
        streams: new Map([["Watch", watch]]),
      },
    ],
    logger: SILENT_LOGGER,
    clock: systemClock(),
    limits: { ...DEFAULT_GRPC_LIMITS, maxReceiveBytes: 1000 },
    toGrpcError: () => new GrpcError(GrpcStatusCode.INTERNAL, "unexpected"),
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  session = http2.connect(`http://127.0.0.1:${port}`);
});

after(async () => {
  session.destroy();
  await server.stop({ graceMs: 0 });
});

function frame(service: string, flag = 0): Buffer {
  const message = HealthCheckRequestType.encode({ service });
  const body = flag === 1 ? gzipSync(message) : message;
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

interface Outcome {
  readonly httpStatus: number | undefined;
  readonly contentType: string | undefined;
  readonly status: string | undefined;
  readonly message: string | undefined;
  readonly details: string | undefined;
  readonly body: Buffer;
}

async function call(
  chunks: readonly Buffer[],
  headers: http2.OutgoingHttpHeaders = {},
): Promise<Outcome> {
  const request = session.request({ ...HEADERS, ...headers });
  for (const chunk of chunks) request.write(chunk);
  request.end();
  let fields: http2.IncomingHttpHeaders = {};
  request.on("response", (head) => {
    fields = { ...fields, ...head };
  });
  request.on("trailers", (trailers) => {
    fields = { ...fields, ...trailers };
  });
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = (name: string): string | undefined => fields[name] as string | undefined;
  return {
    httpStatus: (fields as http2.IncomingHttpStatusHeader)[":status"],
    contentType: text("content-type"),
    status: text("grpc-status"),
    message: text("grpc-message"),
    details: text("grpc-status-details-bin"),
    body: Buffer.concat(parts),
  };
}

function statusIn(body: Buffer): number {
  return HealthCheckResponse.decode(body.subarray(5, 5 + body.readUInt32BE(1))).status;
}

describe("an exchange", () => {
  it("answers a call with a message, its content type and status 0", async () => {
    const outcome = await call([frame("ab")]);
    assert.equal(outcome.httpStatus, 200);
    assert.equal(outcome.contentType, "application/grpc+proto");
    assert.equal(outcome.status, "0");
    assert.equal(statusIn(outcome.body), 2);
  });

  it("takes a message in pieces, and one of no bytes", async () => {
    const message = frame("abc");
    const pieces = [message.subarray(0, 3), message.subarray(3, 6), message.subarray(6)];
    assert.equal(statusIn((await call(pieces)).body), 3);
    assert.equal((await call([Buffer.alloc(5)])).status, "0");
  });

  it("takes a compressed message", async () => {
    const outcome = await call([frame("abcd", 1)], { "grpc-encoding": "gzip" });
    assert.equal(statusIn(outcome.body), 4);
  });

  it("sends an error in headers alone, with its details", async () => {
    const outcome = await call([frame("fails")]);
    assert.equal(outcome.status, String(GrpcStatusCode.NOT_FOUND));
    assert.equal(outcome.message, "no 100 %25 match: %C3%BC");
    assert.ok((outcome.details ?? "").length > 0);
    assert.equal(outcome.body.length, 0);
  });

  for (const { name, chunks, headers, status, httpStatus = 200 } of [
    {
      name: "an unknown method",
      chunks: [frame("a")],
      headers: { ":path": "/grpc.health.v1.Health/Nothing" },
      status: GrpcStatusCode.UNIMPLEMENTED,
    },
    {
      name: "a message above the limit",
      chunks: [frame("a".repeat(1000))],
      headers: {},
      status: GrpcStatusCode.RESOURCE_EXHAUSTED,
    },
    {
      name: "a message cut off",
      chunks: [frame("abc").subarray(0, 7)],
      headers: {},
      status: GrpcStatusCode.UNKNOWN,
    },
    { name: "no message", chunks: [], headers: {}, status: GrpcStatusCode.UNKNOWN },
    {
      name: "bytes that are no message",
      chunks: [Buffer.from([0, 0, 0, 0, 1, 0xff])],
      headers: {},
      status: GrpcStatusCode.INTERNAL,
    },
    {
      name: "an unknown compression",
      chunks: [frame("a")],
      headers: { "grpc-encoding": "br" },
      status: GrpcStatusCode.UNIMPLEMENTED,
    },
    {
      name: "a content type that is not gRPC",
      chunks: [],
      headers: { "content-type": "text/plain" },
      status: GrpcStatusCode.INVALID_ARGUMENT,
      httpStatus: 415,
    },
    {
      name: "a method other than POST",
      chunks: [],
      headers: { ":method": "PUT" },
      status: GrpcStatusCode.INTERNAL,
      httpStatus: 405,
    },
  ]) {
    it(`refuses ${name}`, async () => {
      const outcome = await call(chunks, headers);
      assert.equal(outcome.status, String(status));
      assert.equal(outcome.httpStatus, httpStatus);
    });
  }

  it("ends a call at its deadline, and tells the handler", async () => {
    const outcome = await call([frame("waits")], { "grpc-timeout": "1m" });
    assert.equal(outcome.status, String(GrpcStatusCode.DEADLINE_EXCEEDED));
    assert.equal(lastCall?.signal.aborted, true);
  });

  it("tells the handler when the client cancels", async () => {
    lastCall = undefined;
    const request = session.request(HEADERS);
    request.on("error", () => undefined);
    request.end(frame("waits"));
    // The answer of a later call shows that the server has come this far.
    await call([frame("x")].slice(0, 0));
    const signal = (lastCall as CallContext | undefined)?.signal;
    assert.equal(signal?.aborted, false);
    request.close(http2.constants.NGHTTP2_CANCEL);
    await new Promise<void>((resolve) => {
      signal?.addEventListener("abort", resolve);
    });
  });

  it("answers a stream of requests one by one", async () => {
    const outcome = await call([frame("a"), frame("bb")], {
      ":path": "/grpc.health.v1.Health/Watch",
    });
    assert.equal(outcome.status, "0");
    const second = outcome.body.subarray(5 + outcome.body.readUInt32BE(1));
    assert.deepEqual([statusIn(outcome.body), statusIn(second)], [1, 2]);
  });

  it("ends a stream with an error in trailers", async () => {
    const outcome = await call([frame("a"), frame("fails")], {
      ":path": "/grpc.health.v1.Health/Watch",
    });
    assert.equal(statusIn(outcome.body), 1);
    assert.equal(outcome.status, String(GrpcStatusCode.ABORTED));
    assert.equal(outcome.message, "enough");
  });

  it("takes a message that comes byte by byte", async () => {
    const bytes = frame("x".repeat(300));
    const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    assert.equal(statusIn((await call(pieces)).body), 300);
  });
});
