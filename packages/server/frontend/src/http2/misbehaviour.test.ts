import assert from "node:assert/strict";
import { once } from "node:events";
import type net from "node:net";
import { afterEach, describe, it } from "node:test";
import { VirtualClock } from "@perdure/kernel";
import { FrameFlag, FrameType, makeFrame } from "./frame.js";
import { Http2ErrorCode } from "./http2-error.js";
import { Http2Server } from "./http2-server.js";
import type { ServerStream } from "./server-stream.js";
import {
  dataFrame,
  headersFrame,
  nextFrame,
  rawConnect,
  resetFrame,
  windowFrame,
} from "./testing/raw-client.js";

const LIMITS = { maxConcurrentStreams: 100, maxHeaderBytes: 8192, windowBytes: 1024 * 1024 };

let server: Http2Server;
let socket: net.Socket;

afterEach(async () => {
  socket.destroy();
  const closed = server.close();
  server.destroyConnections();
  await closed;
});

/** Connects to a server that answers nothing, and by default does not listen either. */
async function connect(
  limits: Partial<typeof LIMITS> = {},
  onStream: (stream: ServerStream) => void = () => undefined,
): Promise<void> {
  server = new Http2Server({
    limits: { ...LIMITS, ...limits },
    clock: new VirtualClock(),
    onStream,
    onClose: () => undefined,
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  socket = await rawConnect(port);
}

describe("a client that breaks the rules", () => {
  it("has streams above the limit refused", async () => {
    await connect({ maxConcurrentStreams: 1 });
    socket.write(Buffer.concat([headersFrame(1), headersFrame(3)]));
    const reset = await nextFrame(socket, FrameType.RST_STREAM);
    assert.equal(reset.readUInt32BE(0), Http2ErrorCode.REFUSED_STREAM);
  });

  for (const { name, frame, code } of [
    { name: "data of an unknown stream", frame: dataFrame(1), code: "PROTOCOL_ERROR" },
    { name: "a stream with an even number", frame: headersFrame(2), code: "PROTOCOL_ERROR" },
    {
      name: "a malformed header block",
      frame: makeFrame({ type: 1, flags: FrameFlag.END_HEADERS, streamId: 1 }, Buffer.from([0x80])),
      code: "COMPRESSION_ERROR",
    },
    {
      name: "data after the end",
      frame: Buffer.concat([headersFrame(1, FrameFlag.END_STREAM), dataFrame(1)]),
      code: "PROTOCOL_ERROR",
    },
    { name: "a window update of 0", frame: windowFrame(0, 0), code: "PROTOCOL_ERROR" },
    {
      name: "a window beyond 2^31",
      frame: windowFrame(0, 2 ** 31 - 1),
      code: "FLOW_CONTROL_ERROR",
    },
  ] as const) {
    it(`loses its connection after ${name}`, async () => {
      await connect();
      const closed = once(socket, "close");
      socket.write(frame);
      const goAway = await nextFrame(socket, FrameType.GOAWAY);
      assert.equal(goAway.readUInt32BE(4), Http2ErrorCode[code]);
      await closed;
    });
  }

  it("is cut off when it sends more than its window", async () => {
    await connect({ windowBytes: 0 });
    socket.write(Buffer.concat([headersFrame(1), dataFrame(1)]));
    const goAway = await nextFrame(socket, FrameType.GOAWAY);
    assert.equal(goAway.readUInt32BE(4), Http2ErrorCode.FLOW_CONTROL_ERROR);
  });

  it("is cut off when it asks for answers and never reads them", async () => {
    await connect();
    const ping = makeFrame({ type: FrameType.PING, flags: 0, streamId: 0 }, Buffer.alloc(8));
    const closed = new Promise((resolve) => void socket.on("close", resolve));
    // More than the system buffers for a client that reads nothing.
    socket.write(Buffer.alloc(ping.length * 1_000_000, ping));
    await closed;
  });

  for (const { name, frame } of [
    { name: "begins and abandons", frame: resetFrame },
    { name: "breaks", frame: (streamId: number) => windowFrame(streamId, 0) },
  ]) {
    it(`is cut off when it ${name} stream after stream`, async () => {
      await connect();
      const goAway = nextFrame(socket, FrameType.GOAWAY);
      const streamIds = Array.from({ length: 20_000 }, (_, index) => 2 * index + 1);
      socket.write(Buffer.concat(streamIds.flatMap((id) => [headersFrame(id), frame(id)])));
      assert.equal((await goAway).readUInt32BE(4), Http2ErrorCode.ENHANCE_YOUR_CALM);
    });
  }

  it("has a stream reset when it has too many requests half sent", async () => {
    await connect({ windowBytes: 100_000 }, (stream) => {
      const onData = (chunk: Buffer): void => stream.keep(chunk.length);
      stream.listener = { onData, onEnd: () => undefined, onClose: () => undefined };
    });
    const reset = nextFrame(socket, FrameType.RST_STREAM);
    for (let streamId = 1; streamId < 100; streamId += 2) {
      socket.write(headersFrame(streamId));
      for (let part = 0; part < 6; part++) socket.write(dataFrame(streamId, Buffer.alloc(16_000)));
    }
    assert.equal((await reset).readUInt32BE(0), Http2ErrorCode.ENHANCE_YOUR_CALM);
  });
});
