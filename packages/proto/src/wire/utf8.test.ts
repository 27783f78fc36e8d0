import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type * as Utf8 from "./utf8.js";

const texts = ["", "a", "abcdefgh", "x".repeat(300), "é日😀", "\ufffd", "\ufeffbom"];

/** Loads the module as a browser would. */
async function withoutBuffer(): Promise<typeof Utf8> {
  const { Buffer } = globalThis;
  Reflect.deleteProperty(globalThis, "Buffer");
  try {
    return (await import(new URL("./utf8.js?without-buffer", import.meta.url).href)) as typeof Utf8;
  } finally {
    globalThis.Buffer = Buffer;
  }
}

describe("decodeUtf8() and encodeUtf8()", () => {
  for (const [place, load] of [
    ["in Node.js", () => import("./utf8.js")],
    ["where there is no Buffer", withoutBuffer],
  ] as const) {
    it(`give the same ${place} as the standard`, async () => {
      const { decodeUtf8, encodeUtf8 } = await load();
      for (const text of texts) {
        const expected = new TextEncoder().encode(text);
        const buf = new Uint8Array(text.length * 3 + 4);
        const size = encodeUtf8(buf, text, 2);
        assert.deepEqual(buf.subarray(2, 2 + size), expected);
        assert.equal(decodeUtf8(buf, 2, 2 + size), text);
      }
      assert.equal(decodeUtf8(Uint8Array.of(97, 255), 0, 2), undefined);
    });
  }
});
