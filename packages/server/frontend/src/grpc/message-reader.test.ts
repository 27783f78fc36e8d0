import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { GrpcError } from "./grpc-error.js";
import { isKnownEncoding, MessageReader, unexpectedEnd } from "./message-reader.js";
import { GrpcStatusCode } from "./status-codes.js";

const MAX_BYTES = 64;

/** A message with its head: a flag and the length. */
function frame(body: Buffer, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

function read(
  chunks: readonly Buffer[],
  encoding?: string,
): { readonly texts: string[]; readonly reader: MessageReader } {
  const texts: string[] = [];
  const onMessage = (message: Buffer): void => void texts.push(message.toString());
  const reader = new MessageReader({ maxBytes: MAX_BYTES, encoding, onMessage });
  for (const chunk of chunks) reader.push(chunk);
  return { texts, reader };
}

function refusal(chunk: Buffer, encoding?: string): GrpcError {
  try {
    read([chunk], encoding);
  } catch (error) {
    if (error instanceof GrpcError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: "The bytes were taken" });
}

const WIRE = Buffer.concat(["one", "", "three"].map((text) => frame(Buffer.from(text))));

describe("MessageReader", () => {
  it("finds the messages of one chunk, empty ones too", () => {
    assert.deepEqual(read([WIRE]).texts, ["one", "", "three"]);
  });

  it("finds them wherever the bytes are split", () => {
    for (let size = 1; size < WIRE.length; size++) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < WIRE.length; at += size) chunks.push(WIRE.subarray(at, at + size));
      const { texts, reader } = read(chunks);
      assert.deepEqual(texts, ["one", "", "three"], `Chunks of ${size} bytes`);
      assert.equal(reader.pendingBytes, 0);
    }
  });

  it("unpacks messages that are marked as compressed, and only those", () => {
    const packed = frame(gzipSync("packed"), 1);
    assert.deepEqual(read([packed, frame(Buffer.from("plain"))], "gzip").texts, [
      "packed",
      "plain",
    ]);
  });

  it("unpacks a message that lies about its unpacked size", () => {
    for (const claimed of [0, 5, 0xffffffff]) {
      const lie = gzipSync("packed");
      lie.writeUInt32LE(claimed, lie.length - 4);
      assert.equal(refusal(frame(lie, 1), "gzip").code, GrpcStatusCode.INTERNAL);
    }
  });

  it("takes a message of the largest size, and none beyond it", () => {
    assert.equal(read([frame(Buffer.alloc(MAX_BYTES))]).texts.length, 1);
    const error = refusal(frame(Buffer.alloc(MAX_BYTES + 1)));
    assert.equal(error.code, GrpcStatusCode.RESOURCE_EXHAUSTED);
    assert.equal(error.message, "grpc: received message larger than max (65 vs. 64)");
  });

  it("refuses a message that is too large by its head alone", () => {
    const head = frame(Buffer.alloc(MAX_BYTES + 1)).subarray(0, 5);
    assert.equal(refusal(head).code, GrpcStatusCode.RESOURCE_EXHAUSTED);
  });

  it("refuses a small message that unpacks to a large one", () => {
    const bomb = frame(gzipSync(Buffer.alloc(10_000)), 1);
    assert.ok(bomb.length < MAX_BYTES);
    assert.equal(refusal(bomb, "gzip").code, GrpcStatusCode.RESOURCE_EXHAUSTED);
  });

  it("refuses what is compressed without an encoding, is no gzip, or has an unknown flag", () => {
    const cases = [
      refusal(frame(gzipSync("packed"), 1)),
      refusal(frame(Buffer.from("no gzip"), 1), "gzip"),
      refusal(frame(Buffer.from("odd"), 2)),
    ];
    for (const error of cases) assert.equal(error.code, GrpcStatusCode.INTERNAL);
  });

  it("knows what is missing when a request ends early", () => {
    assert.equal(unexpectedEnd(read([]).reader).message, "EOF");
    assert.equal(unexpectedEnd(read([WIRE.subarray(0, 7)]).reader).message, "unexpected EOF");
  });
});

describe("isKnownEncoding()", () => {
  it("knows none, identity and gzip", () => {
    for (const encoding of [undefined, "identity", "gzip"]) assert.ok(isKnownEncoding(encoding));
    for (const encoding of ["", "deflate", "GZIP"]) assert.ok(!isKnownEncoding(encoding));
  });
});
