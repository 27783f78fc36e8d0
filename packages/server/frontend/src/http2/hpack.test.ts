// cspell:ignore dfdf ASDJKHQKBZXOQWEOPIUAXQWEOIU
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeHeaders } from "./encode-headers.js";
import { HpackDecoder } from "./hpack-decoder.js";
import { Http2ConnectionError } from "./http2-error.js";

function decoder(limits: { tableBytes?: number; headerBytes?: number } = {}): HpackDecoder {
  return new HpackDecoder({ tableBytes: 4096, headerBytes: 65_536, ...limits });
}

function decodeHex(hpack: HpackDecoder, hex: string): Record<string, string> | undefined {
  const headers = hpack.decode(Buffer.from(hex.replaceAll(" ", ""), "hex"));
  return headers === undefined ? undefined : Object.fromEntries(headers);
}

describe("HpackDecoder", () => {
  // RFC 7541, appendix C.3: three requests on one connection, without Huffman code.
  it("reads the requests of the specification that build on each other", () => {
    const hpack = decoder();
    const first = { ":method": "GET", ":scheme": "http", ":path": "/" };
    const authority = { ":authority": "www.example.com" };
    assert.deepEqual(decodeHex(hpack, "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"), {
      ...first,
      ...authority,
    });
    assert.deepEqual(decodeHex(hpack, "8286 84be 5808 6e6f 2d63 6163 6865"), {
      ...first,
      ...authority,
      "cache-control": "no-cache",
    });
    assert.deepEqual(
      decodeHex(hpack, "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"),
      {
        ":method": "GET",
        ":scheme": "https",
        ":path": "/index.html",
        ...authority,
        "custom-key": "custom-value",
      },
    );
  });

  // RFC 7541, appendix C.6: a table of 256 bytes, Huffman code, entries that fall out.
  it("reads the responses of the specification that evict entries", () => {
    const hpack = decoder({ tableBytes: 256 });
    const date = { date: "Mon, 21 Oct 2013 20:13:21 GMT" };
    const rest = { "cache-control": "private", location: "https://www.example.com" };
    const first =
      "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e " +
      "919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3";
    assert.deepEqual(decodeHex(hpack, first), { ":status": "302", ...rest, ...date });
    assert.deepEqual(decodeHex(hpack, "4883 640e ffc1 c0bf"), {
      ":status": "307",
      ...rest,
      ...date,
    });
    const third =
      "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 " +
      "821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed " +
      "4ee5 b106 3d50 07";
    assert.deepEqual(decodeHex(hpack, third), {
      ":status": "200",
      "cache-control": "private",
      date: "Mon, 21 Oct 2013 20:13:22 GMT",
      location: "https://www.example.com",
      "content-encoding": "gzip",
      "set-cookie": "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
    });
  });

  it("joins the values of a name that comes twice", () => {
    const block = encodeHeaders([
      ["x-a", "1"],
      ["x-a", "2"],
    ]);
    assert.deepEqual([...(decoder().decode(block) ?? [])], [["x-a", "1, 2"]]);
  });

  it("gives nothing for headers larger than allowed, and reads the next ones", () => {
    const hpack = decoder({ headerBytes: 100 });
    assert.equal(hpack.decode(encodeHeaders([["x-long", "a".repeat(100)]])), undefined);
    assert.deepEqual([...(hpack.decode(encodeHeaders([["x", "y"]])) ?? [])], [["x", "y"]]);
  });

  it("empties its table when the client shrinks it", () => {
    const hpack = decoder();
    decodeHex(hpack, "4001 7801 79");
    assert.deepEqual(decodeHex(hpack, "be"), { x: "y" });
    assert.throws(() => decodeHex(hpack, "20 be"), Http2ConnectionError);
  });

  for (const { name, hex } of [
    { name: "index 0", hex: "80" },
    { name: "an index that nothing has", hex: "be" },
    { name: "a string longer than the block", hex: "0001 7805 79" },
    { name: "a number without an end", hex: "ffff ffff ffff ffff" },
    { name: "a number cut off", hex: "ff" },
    { name: "a table larger than allowed", hex: "3fe2 1f" },
    { name: "a change of the table's size after a field", hex: "8220" },
    { name: "the end mark in a Huffman string", hex: "0001 7884 ffff ffff" },
    { name: "padding of more than seven bits", hex: "0001 7881 ff" },
    { name: "padding that is not the end mark's beginning", hex: "0001 7881 00" },
  ]) {
    it(`refuses ${name}`, () => {
      assert.throws(() => decodeHex(decoder(), hex), Http2ConnectionError);
    });
  }
});

describe("encodeHeaders()", () => {
  it("writes known fields as their index", () => {
    assert.equal(encodeHeaders([[":status", "200"]]).toString("hex"), "88");
  });

  it("writes what its reader reads, long values included", () => {
    const fields = [
      [":status", "200"],
      ["content-type", "application/grpc+proto"],
      ["grpc-message", "ü".repeat(3000)],
      ["empty", ""],
    ] as const;
    assert.deepEqual([...(decoder().decode(encodeHeaders(fields)) ?? [])], fields);
  });
});
