import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GrpcError } from "./grpc-error.js";
import { parseGrpcTimeout } from "./grpc-timeout.js";

describe("parseGrpcTimeout()", () => {
  const legal: readonly (readonly [string, number])[] = [
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["10S", 10_000],
    ["250m", 250],
    ["500u", 0.5],
    ["1000n", 0.001],
    ["0m", 0],
    ["99999999H", 99_999_999 * 3_600_000],
  ];
  for (const [text, timeoutMs] of legal) {
    it(`reads "${text}" as ${timeoutMs} ms`, () => {
      assert.ok(Math.abs(parseGrpcTimeout(text) - timeoutMs) < 1e-9);
    });
  }

  for (const text of ["", "S", "10", "10s", "-1S", "1.5S", " 1S", "123456789S"]) {
    it(`refuses "${text}"`, () => {
      assert.throws(() => parseGrpcTimeout(text), GrpcError);
    });
  }
});
