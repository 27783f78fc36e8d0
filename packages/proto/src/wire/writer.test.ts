import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AllTypes } from "@perdure/proto/perdure/internal/testing/v1";
import { encodeFrame } from "./message-type.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("encode()", () => {
  it("writes the canonical bytes of 64-bit extremes", () => {
    assert.equal(hex(AllTypes.encode({ int64Field: -1n })), "20ffffffffffffffffff01");
    assert.equal(hex(AllTypes.encode({ int64Field: -(2n ** 63n) })), "2080808080808080808001");
    assert.equal(hex(AllTypes.encode({ int64Field: 2n ** 63n - 1n })), "20ffffffffffffffff7f");
    assert.equal(hex(AllTypes.encode({ uint64Field: 2n ** 64n - 1n })), "30ffffffffffffffffff01");
    assert.equal(hex(AllTypes.encode({ int64Field: 2n ** 32n })), "208080808010");
    assert.equal(hex(AllTypes.encode({ int32Field: -1 })), "18ffffffffffffffffff01");
  });

  it("leaves out defaults, but not those of optional fields and oneofs", () => {
    const defaults = { int32Field: 0, stringField: "", boolField: false, doubles: [] };
    assert.equal(AllTypes.encode(defaults).length, 0);
    assert.equal(hex(AllTypes.encode({ maybeInt32: 0 })), "a00100");
    assert.equal(hex(AllTypes.encode({ oneChoice: { kind: "chosenNumber", value: 0 } })), "e00300");
  });

  it("keeps negative zero", () => {
    const { doubleField } = AllTypes.decode(AllTypes.encode({ doubleField: -0 }));
    assert.ok(Object.is(doubleField, -0));
  });

  it("writes lists of numbers packed", () => {
    assert.equal(hex(AllTypes.encode({ int32s: [1, 300] })), "8a020301ac02");
  });

  it("writes lengths of every size around nested messages and strings", () => {
    for (const size of [0, 1, 40, 41, 126, 127, 128, 16_383, 16_384, 2_097_152]) {
      for (const char of ["a", "é", "日"]) {
        const messageField = { messageField: { stringField: char.repeat(size) } };
        const decoded = AllTypes.decode(AllTypes.encode({ messageField }));
        assert.equal(decoded.messageField?.messageField?.stringField, char.repeat(size));
      }
    }
  });

  it("writes a lone surrogate as U+FFFD", () => {
    const { stringField } = AllTypes.decode(AllTypes.encode({ stringField: "a\ud800b" }));
    assert.equal(stringField, "a\ufffdb");
  });

  it("takes any Uint8Array as bytes", () => {
    const bytesField = Buffer.from("xabcx").subarray(1, 4);
    assert.equal(hex(AllTypes.encode({ bytesField })), "7a03616263");
  });

  it("gives results that share no memory", () => {
    const first = AllTypes.encode({ stringField: "first" });
    const before = hex(first);
    AllTypes.encode({ stringField: "other" });
    assert.equal(hex(first), before);
    assert.equal(first.buffer.byteLength, first.length);
  });

  it("works again after a getter of a message threw, and inside of a getter", () => {
    const broken = {
      stringField: "x",
      get boolField(): boolean {
        throw new RangeError("no value");
      },
    };
    assert.throws(() => AllTypes.encode(broken), RangeError);
    const nesting = {
      int32Field: 1,
      get stringField() {
        return hex(AllTypes.encode({ int32Field: 2 }));
      },
    };
    assert.equal(AllTypes.decode(AllTypes.encode(nesting)).stringField, "1802");
  });
});

describe("encodeFrame()", () => {
  it("leaves room before the message", () => {
    const message = { stringField: "x".repeat(300) };
    const frame = encodeFrame(AllTypes, message, 5);
    assert.deepEqual(new Uint8Array(frame.subarray(5)), AllTypes.encode(message));
  });
});
