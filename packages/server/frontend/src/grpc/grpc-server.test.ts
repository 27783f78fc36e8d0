import assert from "node:assert/strict";
import { once } from "node:events";
import http2, { type ClientHttp2Session } from "node:http2";
import net from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { type CancelSignal, SILENT_LOGGER, VirtualClock } from "@perdure/kernel";
import { Health } from "@perdure/proto/grpc/health/v1";
import type { CallContext } from "./call-context.js";
import { EncodedResponse } from "./encoded-response.js";
import { GrpcError } from "./grpc-error.js";
import { DEFAULT_GRPC_LIMITS } from "./grpc-limits.js";
import { GrpcServer } from "./grpc-server.js";
import type { UnaryHandler } from "./grpc-service.js";
import { GrpcStatusCode } from "./status-codes.js";
import { beginCall, callUnary, framed } from "./testing/raw-call.js";

const PATH = "/grpc.health.v1.Health/Check";
const MAX_BYTES = DEFAULT_GRPC_LIMITS.maxReceiveBytes;
const EMPTY = new EncodedResponse(new Uint8Array(0));

let clock: VirtualClock;
let server: GrpcServer;
let port: number;
let client: ClientHttp2Session;
/** What the only method does; each test sets it. */
let handle: UnaryHandler;

function connect(settings: http2.Settings = {}): ClientHttp2Session {
  return http2.connect(`http://127.0.0.1:${port}`, { settings });
}

beforeEach(async () => {
  clock = new VirtualClock();
  handle = () => EMPTY;
  server = new GrpcServer({
    services: [
      { descriptor: Health, unary: new Map([["Check", (request, call) => handle(request, call)]]) },
    ],
    logger: SILENT_LOGGER,
    clock,
    limits: DEFAULT_GRPC_LIMITS,
    toGrpcError: () => new GrpcError(GrpcStatusCode.INTERNAL, "internal server error"),
  });
  ({ port } = await server.listen({ host: "127.0.0.1", port: 0 }));
  client = connect();
});

afterEach(async () => {
  client.destroy();
  const stopped = server.stop({ graceMs: 0 });
  clock.advance(0);
  await stopped;
});

describe("a call", () => {
  it("is answered with a message and its status in trailers", async () => {
    handle = () => new EncodedResponse(Buffer.from([8, 1]));
    const answer = await callUnary(client, { path: PATH, body: framed(Buffer.alloc(0)) });
    assert.deepEqual(answer, { code: 0, message: "", body: framed(Buffer.from([8, 1])) });
  });

  it("to a method without a handler is unimplemented", async () => {
    const path = "/grpc.health.v1.Health/Watch";
    const answer = await callUnary(client, { path, body: framed(Buffer.alloc(0)) });
    assert.equal(answer.code, GrpcStatusCode.UNIMPLEMENTED);
    assert.equal(answer.message, "method Watch not implemented");
  });

  it("whose handler fails by a bug is told nothing of it", async () => {
    handle = () => Promise.reject(new TypeError("secret"));
    const answer = await callUnary(client, { path: PATH, body: framed(Buffer.alloc(0)) });
    assert.equal(answer.code, GrpcStatusCode.INTERNAL);
    assert.equal(answer.message, "internal server error");
  });
});

describe("the size of a message", () => {
  it("may be 4 MiB", async () => {
    const message = nameOfBytes(MAX_BYTES);
    assert.equal(message.length, MAX_BYTES);
    const answer = await callUnary(client, { path: PATH, body: framed(message) });
    assert.equal(answer.code, 0);
  });

  it("is refused above that as soon as it is announced", async () => {
    const head = framed(Buffer.alloc(0));
    head.writeUInt32BE(MAX_BYTES + 1, 1);
    const call = beginCall(client, { path: PATH });
    call.stream.write(head);
    const answer = await call.answer;
    assert.equal(answer.code, GrpcStatusCode.RESOURCE_EXHAUSTED);
    assert.equal(answer.message, "grpc: received message larger than max (4194305 vs. 4194304)");
  });

  it("is measured after decompression too", async () => {
    const packed = gzipSync(Buffer.alloc(MAX_BYTES + 1));
    const headers = { "grpc-encoding": "gzip" };
    const answer = await callUnary(client, { path: PATH, headers, body: framed(packed, 1) });
    assert.equal(answer.code, GrpcStatusCode.RESOURCE_EXHAUSTED);
  });
});

describe("a deadline", () => {
  it("ends the call when it passes, and tells the handler", async () => {
    const { call, signalled } = waitingCall({ "grpc-timeout": "300m" });
    const signal = await signalled;
    clock.advance(299);
    assert.equal(signal.aborted, false);
    clock.advance(DEADLINE_LAG_MS);
    const answer = await call.answer;
    assert.equal(answer.code, GrpcStatusCode.DEADLINE_EXCEEDED);
    assert.equal(answer.message, "context deadline exceeded");
    assert.equal(signal.aborted, true);
  });

  it("is told to the handler in milliseconds since the epoch", async () => {
    let deadlineMs: number | undefined;
    handle = (_request, call) => {
      deadlineMs = call.deadlineMs;
      return EMPTY;
    };
    const headers = { "grpc-timeout": "20S" };
    await callUnary(client, { path: PATH, headers, body: framed(Buffer.alloc(0)) });
    assert.equal(deadlineMs, clock.nowMs() + 20_000);
  });

  it("that is malformed refuses the call", async () => {
    const headers = { "grpc-timeout": "5x" };
    const answer = await callUnary(client, { path: PATH, headers, body: framed(Buffer.alloc(0)) });
    assert.equal(answer.code, GrpcStatusCode.INTERNAL);
  });
});

describe("a client that goes away", () => {
  it("aborts its call by cancelling it", async () => {
    const { call, signalled } = waitingCall();
    const signal = await signalled;
    call.stream.close(http2.constants.NGHTTP2_CANCEL);
    await aborted(signal);
  });

  it("aborts its calls by closing the connection", async () => {
    const { signalled } = waitingCall();
    const signal = await signalled;
    client.destroy();
    await aborted(signal);
  });
});

describe("flow control", () => {
  it("lets a slow reader get all of a large response, and others theirs meanwhile", async () => {
    const slow = connect({ initialWindowSize: 1024 });
    const large = Buffer.alloc(3_000_000, 7);
    handle = () => new EncodedResponse(large);
    const stalled = beginCall(slow, { path: PATH });
    stalled.stream.pause();
    stalled.stream.end(framed(Buffer.alloc(0)));
    await once(stalled.stream, "response");
    handle = () => EMPTY;
    const other = await callUnary(slow, { path: PATH, body: framed(Buffer.alloc(0)) });
    assert.equal(other.code, 0);
    stalled.stream.resume();
    const answer = await stalled.answer;
    assert.ok(answer.body.equals(framed(large)));
    slow.destroy();
  });
});

describe("keep-alive", () => {
  it("answers a client's pings, however many there are", async () => {
    await once(client, "connect");
    for (let count = 0; count < 100; count++) {
      await new Promise<void>((resolve, reject) => {
        client.ping((error) => (error === null ? resolve() : reject(error)));
      });
    }
    const answer = await callUnary(client, { path: PATH, body: framed(Buffer.alloc(0)) });
    assert.equal(answer.code, 0);
  });

  it("leaves a client that answers pings alone", async () => {
    await callUnary(client, { path: PATH, body: framed(Buffer.alloc(0)) });
    for (let minute = 0; minute < 5; minute++) {
      const pinged = once(client, "ping");
      clock.advance(60_250);
      await pinged;
      // Comes after the answer to the ping, which the next minute would otherwise miss.
      const answer = await callUnary(client, { path: PATH, body: framed(Buffer.alloc(0)) });
      assert.equal(answer.code, 0);
    }
    assert.equal(client.destroyed, false);
  });

  it("ends the connection of a client that answers none", async () => {
    const socket = net.connect(port, "127.0.0.1");
    const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), emptySettings]));
    const [settings] = (await once(socket, "data")) as [Buffer];
    assert.equal(settings[3], 4);
    socket.resume();
    const closed = once(socket, "close");
    clock.advance(60_250);
    clock.advance(10_250);
    await closed;
  });
});

describe("stop()", () => {
  it("lets a call under way end", async () => {
    let finish: (response: EncodedResponse) => void = () => undefined;
    const handled = new Promise<void>((resolveHandled) => {
      handle = () => {
        resolveHandled();
        return new Promise((resolve) => {
          finish = resolve;
        });
      };
    });
    const call = beginCall(client, { path: PATH });
    call.stream.end(framed(Buffer.alloc(0)));
    await handled;
    const stopped = server.stop({ graceMs: 1000 });
    finish(EMPTY);
    assert.equal((await call.answer).code, 0);
    await stopped;
  });

  it("ends a call whose grace is over", async () => {
    const { call, signalled } = waitingCall();
    const signal = await signalled;
    const stopped = server.stop({ graceMs: 1000 });
    clock.advance(1000);
    await stopped;
    await call.answer;
    assert.equal(signal.aborted, true);
  });
});

/** A deadline may be noticed this much later: the width of the wheel's buckets. */
const DEADLINE_LAG_MS = 251;

/** Begins a call whose handler never answers; `signalled` is the handler's signal. */
function waitingCall(headers: http2.OutgoingHttpHeaders = {}): {
  readonly call: ReturnType<typeof beginCall>;
  readonly signalled: Promise<CancelSignal>;
} {
  const signalled = new Promise<CancelSignal>((resolve) => {
    handle = (_request: never, context: CallContext) => {
      resolve(context.signal);
      return new Promise(() => undefined);
    };
  });
  const call = beginCall(client, { path: PATH, headers });
  call.stream.end(framed(Buffer.alloc(0)));
  return { call, signalled };
}

async function aborted(signal: CancelSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", resolve);
  });
}

/** A `HealthCheckRequest` of so many bytes. */
function nameOfBytes(sizeBytes: number): Buffer {
  const message = Buffer.alloc(sizeBytes, "x");
  // Tag of field 1 and a length of four bytes.
  const length = sizeBytes - 5;
  message[0] = 10;
  for (let index = 0; index < 4; index++) {
    message[1 + index] = ((length >>> (7 * index)) & 0x7f) | (index < 3 ? 0x80 : 0);
  }
  return message;
}
