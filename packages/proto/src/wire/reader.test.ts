import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AllTypes } from "@perdure/proto/perdure/internal/testing/v1";
import { Payloads } from "@perdure/proto/temporal/api/common/v1";
import { Failure } from "@perdure/proto/temporal/api/failure/v1";
import { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import { DecodeError } from "./decode-error.js";
import { EMPTY_ARRAY, EMPTY_MAP } from "./empty.js";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));

function assertRefused(hex: string, reason: RegExp): void {
  assert.throws(
    () => AllTypes.decode(bytes(hex)),
    (error) => error instanceof DecodeError && reason.test(error.message),
  );
}

describe("decode()", () => {
  it("takes the last of several scalars", () => {
    assert.equal(AllTypes.decode(bytes("1801 1802")).int32Field, 2);
  });

  it("merges several occurrences of a message", () => {
    const first = AllTypes.encode({ messageField: { int32Field: 1, strings: ["a"] } });
    const second = AllTypes.encode({ messageField: { stringField: "x", strings: ["b"] } });
    const merged = AllTypes.decode(Buffer.concat([first, second])).messageField;
    assert.equal(merged?.int32Field, 1);
    assert.equal(merged?.stringField, "x");
    assert.deepEqual(merged?.strings, ["a", "b"]);
  });

  it("merges a message in a oneof only with one of the same kind", () => {
    const one = (value: object) => AllTypes.encode({ oneChoice: { kind: "chosenMessage", value } });
    const number = AllTypes.encode({ oneChoice: { kind: "chosenNumber", value: 7 } });
    const same = AllTypes.decode(Buffer.concat([one({ int32Field: 1 }), one({ boolField: true })]));
    assert.ok(same.oneChoice?.kind === "chosenMessage");
    assert.equal(same.oneChoice.value.int32Field, 1);
    const other = AllTypes.decode(
      Buffer.concat([one({ int32Field: 1 }), number, one({ boolField: true })]),
    );
    assert.ok(other.oneChoice?.kind === "chosenMessage");
    assert.equal(other.oneChoice.value.int32Field, 0);
  });

  it("accepts repeated scalars packed, unpacked and mixed", () => {
    const list = AllTypes.decode(bytes("8a02 02 0102  8802 03  8a02 00  8a02 01 04")).int32s;
    assert.deepEqual(list, [1, 2, 3, 4]);
  });

  it("keeps a field with the wrong wire type as an unknown one", () => {
    const input = bytes("1d 01020304");
    const message = AllTypes.decode(input);
    assert.equal(message.int32Field, 0);
    assert.deepEqual(message.$unknown, input);
  });

  it("keeps unknown groups", () => {
    const input = bytes("c33e  0801 13 0801 14  c43e");
    assert.deepEqual(AllTypes.encode(AllTypes.decode(input)), input);
  });

  it("keeps unknown fields apart by message, in order", () => {
    const message = AllTypes.decode(bytes("c03e01 8a0103c03e02 1805 c83e03 8a0103c83e04"));
    assert.deepEqual(message.$unknown, bytes("c03e01 c83e03"));
    assert.deepEqual(message.messageField?.$unknown, bytes("c03e02 c83e04"));
    assert.equal(message.int32Field, 5);
  });

  it("gives map entries without key or value their defaults", () => {
    const message = AllTypes.decode(bytes("920300 ba0302 1200 ba0305 0d01000000"));
    assert.deepEqual([...message.stringMap], [["", ""]]);
    assert.deepEqual([...message.fixed32Map.keys()], [0, 1]);
    assert.equal(message.fixed32Map.get(1)?.int32Field, 0);
  });

  it("keeps a map key named like a property of objects", () => {
    const stringMap = new Map([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
    assert.deepEqual(AllTypes.decode(AllTypes.encode({ stringMap })).stringMap, stringMap);
  });

  it("takes the low bits of an integer that is wider than its field", () => {
    assert.equal(AllTypes.decode(bytes("18 ffffffffffffffffff01")).int32Field, -1);
    assert.equal(AllTypes.decode(bytes("28 8180808010")).uint32Field, 1);
    assert.equal(AllTypes.decode(bytes("68 8080808010")).boolField, true);
  });

  it("gives views of its input, also when that is a Buffer inside a larger one", () => {
    const data = Uint8Array.of(1, 2, 3);
    const encoded = Payloads.encode({ payloads: [{ data }] });
    const input = Buffer.concat([Buffer.alloc(5), encoded]).subarray(5);
    const decoded = Payloads.decode(input).payloads[0]?.data;
    assert.deepEqual(decoded, data);
    assert.equal(decoded?.buffer, input.buffer);
  });

  it("shares frozen empty values", () => {
    const message = AllTypes.decode(new Uint8Array(0));
    assert.equal(message.strings, EMPTY_ARRAY);
    assert.equal(message.stringMap, EMPTY_MAP);
    assert.throws(() => (message.strings as string[]).push("x"), TypeError);
    assert.throws(() => (message.stringMap as Map<string, string>).set("a", "b"), TypeError);
  });

  it("makes all objects of a message of one shape", () => {
    const keys = (message: object) => Object.keys(message);
    const full = AllTypes.decode(AllTypes.encode({ messageField: {}, farAway: "x", int32s: [1] }));
    assert.deepEqual(keys(full), keys(AllTypes.decode(new Uint8Array(0))));
  });
});

describe("decode() of malformed bytes", () => {
  it("refuses a field number of 0", () => assertRefused("0001", /field number 0/));
  it("refuses invalid wire types", () => {
    assertRefused("1e", /wire type 6/);
    assertRefused("1f", /wire type 7/);
  });
  it("refuses a lone end of a group", () => assertRefused("1c", /wire type 4/));
  it("refuses a group that another one ends", () => assertRefused("c33e cc3e", /wire type 4/));
  it("refuses a varint of 11 bytes", () => assertRefused("18 ffffffffffffffffffff01", /varint/));
  it("refuses a varint of 65 bits", () => assertRefused("18 ffffffffffffffffff02", /varint/));
  it("refuses a tag of more than 32 bits", () => assertRefused("8880808010 01", /tag/));
  it("refuses a length of more than 32 bits", () =>
    assertRefused("72 8080808010", /length is longer/));
  it("refuses a length beyond the end", () => assertRefused("72 05 61", /5 bytes are needed/));
  it("refuses a field that crosses the end of its message", () => {
    assertRefused("8a0102 7203 616263", /crosses the end/);
  });
  it("refuses a packed list that crosses its end", () => assertRefused("8a02 01 8001", /packed/));
  it("refuses text that is not UTF-8", () => {
    assertRefused("72 01 ff", /UTF-8/);
    assertRefused(`72 20 ${"61".repeat(31)}ff`, /UTF-8/);
    assertRefused("72 03 eda080", /UTF-8/); // A lone surrogate.
  });

  it("says where it stopped", () => {
    assert.throws(() => AllTypes.decode(bytes("1801 1e")), /at byte 3/);
  });

  it("refuses messages and groups nested deeper than 100 levels", () => {
    const nested = (levels: number) => {
      let message = Failure.encode({ message: "innermost" });
      for (let level = 0; level < levels; level++) {
        message = Failure.encode({ $unknown: wrap(message) });
      }
      return message;
    };
    let failure: Failure | undefined = Failure.decode(nested(100));
    while (failure?.cause !== undefined) failure = failure.cause;
    assert.equal(failure?.message, "innermost");
    assert.throws(() => Failure.decode(nested(101)), /deeper than 100/);
    assertRefused("c33e".repeat(101), /deeper than 100/);
    assertRefused("c33e".repeat(1_000_000), /deeper than 100/);
  });

  it("takes linear time for many unknown fields and list pieces", () => {
    const repeat = (hex: string) => bytes(hex.repeat(200_000));
    const startMs = performance.now();
    assert.equal(AllTypes.decode(repeat("c03e01 1801")).$unknown?.length, 600_000);
    assert.equal(AllTypes.decode(repeat("8a02 01 05")).int32s.length, 200_000);
    assert.ok(performance.now() - startMs < 2_000);
  });

  it("throws nothing but DecodeError for truncated and changed messages", () => {
    const attributes = {
      kind: "workflowExecutionStartedEventAttributes",
      value: { input: { payloads: [{ metadata: new Map([["encoding", bytes("6a73")]]) }] } },
    } as const;
    const whole = HistoryEvent.encode({ eventId: 2n ** 60n, eventTime: { nanos: 5 }, attributes });
    for (let size = 0; size < whole.length; size++) decodeOrRefuse(whole.subarray(0, size));
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 1, 7, 127, 128, 255]) decodeOrRefuse(whole.with(at, value));
    }
  });
});

/** Encodes `cause`, the field of a Failure that holds a Failure. */
function wrap(cause: Uint8Array): Uint8Array {
  const payloads = Payloads.encode({ payloads: [{ $unknown: cause }] });
  payloads[0] = 4 * 8 + 2; // `payloads` is field 1, `cause` is field 4; both are messages.
  return payloads;
}

function decodeOrRefuse(input: Uint8Array): void {
  try {
    HistoryEvent.decode(input);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
  }
}
