import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { seededRandom } from "@perdure/kernel";
import { crc32 } from "./crc32.js";
import { smallGunzip } from "./small-gunzip.js";

describe("smallGunzip()", () => {
  it("unpacks what zlib packs, at every level and with every strategy", () => {
    const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY];
    for (const bytes of samples()) {
      for (let level = 0; level <= 9; level++) {
        for (const strategy of strategies) {
          const file = gzipSync(bytes, { level, strategy });
          assert.deepEqual(smallGunzip(file) ?? bytes, bytes, `${bytes.length} bytes, ${level}`);
          assert.equal(smallGunzip(file) === undefined, file.length > 4096);
        }
      }
    }
  });

  it("unpacks several blocks, stored ones among them", () => {
    const bytes = Buffer.concat([text(500), noise(200, 7), text(300)]);
    const flushed = deflateRawSync(bytes.subarray(0, 600), { finishFlush: constants.Z_SYNC_FLUSH });
    const body = Buffer.concat([flushed, deflateRawSync(bytes.subarray(600), { level: 0 })]);
    assert.deepEqual(smallGunzip(gzipFile(body, bytes)), bytes);
  });

  it("leaves large files to zlib, and files with optional header fields", () => {
    assert.equal(smallGunzip(gzipSync(noise(5000, 1))), undefined);
    assert.equal(smallGunzip(gzipSync(Buffer.alloc(20_000))), undefined);
    const named = gzipSync("x");
    named[3] = 8;
    assert.equal(smallGunzip(named), undefined);
  });

  it("takes no file that is cut off or changed", () => {
    const bytes = text(400);
    const file = gzipSync(bytes);
    for (let end = 0; end < file.length; end++) {
      assert.equal(smallGunzip(file.subarray(0, end)), undefined, `${end} bytes`);
    }
    for (let bit = 0; bit < file.length * 8; bit++) {
      const changed = Buffer.from(file);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // Some bits of the head, such as those of the time, mean nothing here.
      const result = smallGunzip(changed);
      if (result !== undefined) assert.deepEqual(result, bytes, `Bit ${bit}`);
    }
  });
});

function samples(): Buffer[] {
  const sizes = [0, 1, 2, 50, 300, 3000];
  return sizes.flatMap((size) => [text(size), noise(size, size), Buffer.alloc(size, 7)]);
}

/** Bytes that pack well, by codes of many lengths and by repeats far and near. */
function text(size: number): Buffer {
  const words = Array.from({ length: size }, (_, i) => `${(i * i) % 97} workflow ${i % 13}`);
  return Buffer.from(words.join(",")).subarray(0, size);
}

function noise(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  seededRandom(seed).fill(bytes);
  return bytes;
}

function gzipFile(body: Buffer, bytes: Buffer): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes), 0);
  tail.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([gzipSync("").subarray(0, 10), body, tail]);
}
