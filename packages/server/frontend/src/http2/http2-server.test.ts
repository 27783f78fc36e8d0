import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import http2 from "node:http2";
import { afterEach, describe, it } from "node:test";
import { VirtualClock } from "@perdure/kernel";
import { encodeHeaders } from "./encode-headers.js";
import { Http2ErrorCode } from "./http2-error.js";
import { Http2Server } from "./http2-server.js";
import type { ServerStream } from "./server-stream.js";

const LIMITS = { maxConcurrentStreams: 100, maxHeaderBytes: 8192, windowBytes: 1024 * 1024 };
const HEAD = encodeHeaders([[":status", "200"]]);
const TRAILERS = encodeHeaders([["x-end", "yes"]]);
const REQUEST = { ":method": "POST", ":path": "/a" };

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function listen(
  onStream: (stream: ServerStream) => unknown,
  limits: Partial<typeof LIMITS> = {},
): Promise<{ readonly server: Http2Server; readonly port: number }> {
  const server = new Http2Server({
    limits: { ...LIMITS, ...limits },
    clock: new VirtualClock(),
    onStream: (stream) => void onStream(stream),
    onClose: () => undefined,
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  undo.push(() => {
    const closed = server.close();
    server.destroyConnections();
    return closed;
  });
  return { server, port };
}

async function connect(
  port: number,
  settings: http2.Settings = {},
): Promise<http2.ClientHttp2Session> {
  const session = http2.connect(`http://127.0.0.1:${port}`, { settings });
  session.on("error", () => undefined);
  undo.push(() => session.destroy());
  await once(session, "remoteSettings");
  return session;
}

/** Answers with the request's body. */
function echo(stream: ServerStream): void {
  const chunks: Buffer[] = [];
  stream.listener = {
    onData: (chunk) => void chunks.push(Buffer.from(chunk)),
    onEnd: () => stream.respond({ head: HEAD, body: Buffer.concat(chunks), trailers: TRAILERS }),
    onClose: () => undefined,
  };
}

async function call(session: http2.ClientHttp2Session, body: Buffer): Promise<Buffer> {
  const request = session.request(REQUEST);
  request.end(body);
  const chunks: Buffer[] = [];
  let trailers: http2.IncomingHttpHeaders = {};
  request.on("trailers", (headers) => {
    trailers = headers;
  });
  for await (const chunk of request) chunks.push(chunk as Buffer);
  assert.equal(trailers["x-end"], "yes");
  return Buffer.concat(chunks);
}

function codeOf(request: http2.ClientHttp2Stream): Promise<number> {
  return new Promise((resolve) => {
    request.on("error", () => undefined);
    request.on("close", () => resolve(request.rstCode ?? -1));
  });
}

/** Resolves with the payload of the answer to a ping: what was sent before has come by then. */
function pinged(session: http2.ClientHttp2Session, payload = "a ping__"): Promise<Buffer> {
  return new Promise<Buffer>((resolve, reject) => {
    session.ping(Buffer.from(payload), (error, _durationMs, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}

describe("Http2Server", () => {
  it("serves many calls of one connection at once", async () => {
    const { port } = await listen(echo);
    const session = await connect(port);
    const bodies = Array.from({ length: 100 }, (_, index) => Buffer.from(`body ${index}`));
    assert.deepEqual(await Promise.all(bodies.map((body) => call(session, body))), bodies);
  });

  it("carries bodies larger than every window, both ways", async () => {
    const { port } = await listen(echo);
    const session = await connect(port);
    const body = Buffer.alloc(5 * 1024 * 1024, "0123456789");
    const bodies = await Promise.all([call(session, body), call(session, body)]);
    assert.ok(bodies.every((each) => each.equals(body)));
  });

  it("sends no more than the client's window allows", async () => {
    const { port } = await listen(echo);
    const session = await connect(port, { initialWindowSize: 10 });
    const request = session.request(REQUEST);
    request.end("a".repeat(25));
    await once(request, "readable");
    assert.equal((request.read() as Buffer).length, 10);
    let rest = 0;
    for await (const chunk of request) rest += (chunk as Buffer).length;
    assert.equal(rest, 15);
  });

  it("gives request headers by name", async () => {
    let seen: ReadonlyMap<string, string> | undefined;
    const { port } = await listen((stream) => {
      seen = stream.headers;
      echo(stream);
    });
    const session = await connect(port);
    const request = session.request({ ...REQUEST, "x-long": "é".repeat(300), te: "trailers" });
    request.resume().end();
    await once(request, "end");
    assert.equal(seen?.get(":path"), "/a");
    assert.equal(seen?.get("te"), "trailers");
    assert.equal(seen?.get("x-long"), "é".repeat(300));
  });

  it("tells the listener when the client goes away", async () => {
    const events = new EventEmitter();
    const { port } = await listen((stream) => {
      const onClose = (): boolean => events.emit("closed");
      stream.listener = { onData: () => undefined, onEnd: () => undefined, onClose };
      events.emit("begun");
    });
    const session = await connect(port);
    const begun = once(events, "begun");
    const request = session.request(REQUEST);
    request.on("error", () => undefined);
    await begun;
    const closed = once(events, "closed");
    request.close(http2.constants.NGHTTP2_CANCEL);
    await closed;
  });

  it("ends a request that was answered early, without an error", async () => {
    const { port } = await listen((stream) => {
      stream.respond({ head: HEAD, body: Buffer.from("no"), trailers: TRAILERS });
    });
    const session = await connect(port);
    const request = session.request(REQUEST);
    request.resume();
    assert.equal(await codeOf(request), Http2ErrorCode.NO_ERROR);
  });

  it("lets a client send ahead only what the listener does not keep", async () => {
    let kept: ServerStream | undefined;
    const { port } = await listen(
      (stream) => {
        const onData = (chunk: Buffer): void => stream.keep(chunk.length);
        const onEnd = (): void =>
          stream.respond({ head: HEAD, body: Buffer.from("a"), trailers: TRAILERS });
        stream.listener = { onData, onEnd, onClose: () => undefined };
        kept = stream;
      },
      { windowBytes: 100_000 },
    );
    const session = await connect(port);
    const answer = call(session, Buffer.alloc(150_000));
    // The window is full, and what it holds is kept; an echo shows that nothing more comes.
    while ((kept?.keptBytes ?? 0) < 100_000) await pinged(session);
    await pinged(session);
    assert.equal(kept?.keptBytes, 100_000);
    kept?.release(100_000);
    assert.equal((await answer).toString(), "a");
  });

  it("sends what is written piece by piece, as the client takes it", async () => {
    const written: number[] = [];
    const { port } = await listen(async (stream) => {
      stream.sendHead(HEAD);
      for (let count = 1; count <= 4; count++) {
        await stream.write(Buffer.alloc(50_000, "x"));
        written.push(count);
      }
      stream.end(TRAILERS);
    });
    const session = await connect(port);
    const request = session.request(REQUEST);
    request.end();
    await once(request, "response");
    await once(session.request(REQUEST).resume().end(), "response");
    assert.ok(written.length < 8, "Nothing was read, so not everything can have been sent");
    let size = 0;
    for await (const chunk of request) size += (chunk as Buffer).length;
    assert.equal(size, 200_000);
  });

  it("resets a stream with too many headers, and serves the next one", async () => {
    const { port } = await listen(echo);
    const session = await connect(port);
    const request = session.request({ ...REQUEST, "x-long": "a".repeat(9000) });
    assert.notEqual(await codeOf(request), Http2ErrorCode.NO_ERROR);
    assert.equal((await call(session, Buffer.from("b"))).toString(), "b");
  });

  it("answers pings", async () => {
    const { port } = await listen(echo);
    const session = await connect(port);
    const payload = await pinged(session, "12345678");
    assert.equal(payload.toString(), "12345678");
  });

  it("lets calls end before it closes", async () => {
    const events = new EventEmitter();
    const { server, port } = await listen((stream) => {
      stream.listener = {
        onData: () => undefined,
        onEnd: () => events.emit("begun", stream),
        onClose: () => undefined,
      };
    });
    const session = await connect(port);
    const begun = once(events, "begun") as Promise<[ServerStream]>;
    const answer = call(session, Buffer.from("a"));
    const [stream] = await begun;
    const goAway = once(session, "goaway");
    const closed = server.close();
    await goAway;
    stream.respond({ head: HEAD, body: Buffer.from("late"), trailers: TRAILERS });
    assert.equal((await answer).toString(), "late");
    await closed;
  });
});
