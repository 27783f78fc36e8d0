import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FrameFlag, FrameType, makeFrame } from "./frame.js";
import { FrameReader, type IncomingFrame } from "./frame-reader.js";
import { Http2ConnectionError, Http2ErrorCode } from "./http2-error.js";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const SETTINGS = frame(FrameType.SETTINGS, { streamId: 0 });

function frame(
  type: number,
  options: { flags?: number; streamId?: number; payload?: Buffer | string } = {},
): Buffer {
  const { flags = 0, streamId = 1, payload = "" } = options;
  return makeFrame({ type, flags, streamId }, Buffer.from(payload as string));
}

function read(...chunks: Buffer[]): IncomingFrame[] {
  const frames: IncomingFrame[] = [];
  const reader = new FrameReader(65_536, (incoming) => frames.push(incoming));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

function afterStart(...frames: Buffer[]): IncomingFrame[] {
  return read(Buffer.concat([PREFACE, SETTINGS, ...frames])).slice(1);
}

describe("FrameReader", () => {
  it("gives the same frames however the bytes are cut", () => {
    const bytes = Buffer.concat([
      PREFACE,
      SETTINGS,
      frame(FrameType.HEADERS, { flags: FrameFlag.END_HEADERS, payload: "head" }),
      frame(FrameType.DATA, { flags: FrameFlag.END_STREAM, payload: "body" }),
    ]);
    const whole = read(bytes);
    assert.equal(whole.length, 3);
    const single = read(...[...bytes].map((byte) => Buffer.from([byte])));
    assert.deepEqual(single, whole);
  });

  it("joins a header block that comes in several frames", () => {
    const [headers] = afterStart(
      frame(FrameType.HEADERS, { flags: FrameFlag.END_STREAM, payload: "ab" }),
      frame(FrameType.CONTINUATION, { payload: "cd" }),
      frame(FrameType.CONTINUATION, { flags: FrameFlag.END_HEADERS, payload: "ef" }),
    );
    assert.equal(headers?.payload.toString(), "abcdef");
    assert.equal(headers?.flags, FrameFlag.END_STREAM);
  });

  it("cuts off padding and priority, but counts them against the window", () => {
    const payload = Buffer.from([2, 0x61, 0x62, 0, 0]);
    const [data] = afterStart(frame(FrameType.DATA, { flags: FrameFlag.PADDED, payload }));
    assert.equal(data?.payload.toString(), "ab");
    assert.equal(data?.windowBytes, 5);
    const flags = FrameFlag.PRIORITY | FrameFlag.END_HEADERS;
    const [headers] = afterStart(frame(FrameType.HEADERS, { flags, payload: "\0\0\0\0\0h" }));
    assert.equal(headers?.payload.toString(), "h");
  });

  for (const { name, bytes, code } of [
    { name: "another protocol", bytes: Buffer.from("GET / HTTP/1.1\r\n"), code: "PROTOCOL_ERROR" },
    {
      name: "a first frame that is not the settings",
      bytes: Buffer.concat([PREFACE, frame(FrameType.PING, { streamId: 0, payload: "12345678" })]),
      code: "PROTOCOL_ERROR",
    },
    ...[
      { name: "data of no stream", of: frame(FrameType.DATA, { streamId: 0 }) },
      { name: "settings of a stream", of: frame(FrameType.SETTINGS) },
      { name: "a pushed stream", of: frame(FrameType.PUSH_PROMISE) },
      { name: "a continuation of nothing", of: frame(FrameType.CONTINUATION) },
      {
        name: "another frame within a header block",
        of: Buffer.concat([frame(FrameType.HEADERS), frame(FrameType.DATA)]),
      },
      {
        name: "padding longer than its frame",
        of: frame(FrameType.DATA, { flags: FrameFlag.PADDED, payload: "\u0009a" }),
      },
    ].map(({ name, of }) => ({
      name,
      bytes: Buffer.concat([PREFACE, SETTINGS, of]),
      code: "PROTOCOL_ERROR" as const,
    })),
    ...[
      { name: "a ping of 7 bytes", of: frame(FrameType.PING, { streamId: 0, payload: "1234567" }) },
      {
        name: "settings of 5 bytes",
        of: frame(FrameType.SETTINGS, { streamId: 0, payload: "12345" }),
      },
      {
        name: "a frame that is too large",
        of: frame(FrameType.DATA, { payload: "a".repeat(16_385) }),
      },
    ].map(({ name, of }) => ({
      name,
      bytes: Buffer.concat([PREFACE, SETTINGS, of]),
      code: "FRAME_SIZE_ERROR" as const,
    })),
  ]) {
    it(`refuses ${name}`, () => {
      const isExpected = (error: unknown): boolean =>
        error instanceof Http2ConnectionError &&
        error.code === Http2ErrorCode[code as keyof typeof Http2ErrorCode];
      assert.throws(() => read(bytes), isExpected);
    });
  }

  it("refuses a header block that does not end", () => {
    const piece = frame(FrameType.CONTINUATION, { payload: "" });
    const pieces = Array.from({ length: 100 }, () => piece);
    assert.throws(() => afterStart(frame(FrameType.HEADERS), ...pieces), Http2ConnectionError);
  });
});
