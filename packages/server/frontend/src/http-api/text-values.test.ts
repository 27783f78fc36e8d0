import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { apiSchema } from "@perdure/proto/schema";
import type { ScalarType } from "@perdure/proto/wire";
import { parseTextMessage, parseTextValue } from "./text-values.js";

const scalar = (text: string, type: ScalarType): unknown =>
  parseTextValue(text, { kind: "scalar", type }, apiSchema);

describe("parseTextValue()", () => {
  const legal: readonly (readonly [string, ScalarType, unknown])[] = [
    ["-5", "int32", -5],
    ["+5", "int64", 5n],
    ["18446744073709551615", "uint64", 18446744073709551615n],
    ["1.5e3", "double", 1500],
    ["-inf", "double", Number.NEGATIVE_INFINITY],
    ["F", "bool", false],
    ["", "bytes", new Uint8Array(0)],
    ["-_8=", "bytes", Uint8Array.of(251, 255)],
  ];
  for (const [text, type, expected] of legal) {
    it(`reads "${text}" as ${type}`, () => assert.deepEqual(scalar(text, type), expected));
  }

  const illegal: readonly (readonly [string, ScalarType, string])[] = [
    ["2147483648", "int32", 'strconv.ParseInt: parsing "2147483648": value out of range'],
    ["-1", "uint32", 'strconv.ParseUint: parsing "-1": invalid syntax'],
    ["x", "double", 'strconv.ParseFloat: parsing "x": invalid syntax'],
    ["1e999", "double", 'strconv.ParseFloat: parsing "1e999": value out of range'],
    ["yes", "bool", 'strconv.ParseBool: parsing "yes": invalid syntax'],
    ["ab!d", "bytes", "illegal base64 data at input byte 2"],
    ["abcde", "bytes", "illegal base64 data at input byte 4"],
  ];
  for (const [text, type, message] of illegal) {
    it(`refuses "${text}" as ${type}`, () => {
      assert.throws(() => scalar(text, type), new InvalidArgumentError(message));
    });
  }
});

describe("parseTextMessage()", () => {
  const durations: readonly (readonly [string, bigint, number])[] = [
    ["1h30m", 5400n, 0],
    ["1.5s", 1n, 500_000_000],
    ["-250ms", 0n, -250_000_000],
    ["0", 0n, 0],
  ];
  for (const [text, seconds, nanos] of durations) {
    it(`reads the duration ${text}`, () => {
      assert.deepEqual(parseTextMessage(text, "google.protobuf.Duration"), { seconds, nanos });
    });
  }

  it("reads wrappers and masks", () => {
    assert.deepEqual(parseTextMessage("1.5", "google.protobuf.DoubleValue"), { value: 1.5 });
    assert.deepEqual(parseTextMessage("a,b", "google.protobuf.FieldMask"), { paths: ["a", "b"] });
  });

  it("refuses what is malformed", () => {
    assert.throws(() => parseTextMessage("5", "google.protobuf.Duration"), InvalidArgumentError);
    assert.throws(() => parseTextMessage("x", "google.protobuf.Timestamp"), InvalidArgumentError);
    assert.throws(() => parseTextMessage("", "google.protobuf.Any"), InvalidArgumentError);
  });
});
