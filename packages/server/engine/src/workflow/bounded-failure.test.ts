import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Failure, type FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import { boundedFailure } from "./bounded-failure.js";

const LIMIT = { bytesMax: 200, keptBytesMax: 60, nonRetryable: true };

function failed(message: string, more: FailureInit = {}): FailureInit {
  const details = { payloads: [{ data: Buffer.from("d".repeat(50)) }] };
  const value = { type: "Broken", nonRetryable: true, details };
  return { message, failureInfo: { kind: "applicationFailureInfo", value }, ...more };
}

describe("boundedFailure()", () => {
  it("leaves a failure within the limit as it is", () => {
    const failure = failed("short");
    assert.equal(boundedFailure(failure, LIMIT), failure);
  });

  it("keeps the type and the start of the message of a larger one, but no details", () => {
    const bounded = boundedFailure(failed("m".repeat(300)), LIMIT);
    assert.equal(bounded.message, "Failure exceeds size limit.");
    const { cause } = bounded;
    assert.deepEqual(cause?.failureInfo, {
      kind: "applicationFailureInfo",
      value: { nonRetryable: true, type: "Broken" },
    });
    assert.match(cause?.message ?? "", /^m+$/);
    assert.ok(Failure.encode(cause ?? {}).length <= LIMIT.keptBytesMax);
  });

  it("says whether the activity may be tried again", () => {
    const bounded = boundedFailure(failed("m".repeat(300)), { ...LIMIT, nonRetryable: false });
    const expected = { kind: "serverFailureInfo", value: { nonRetryable: false } };
    assert.deepEqual(bounded.failureInfo, expected);
  });

  it("gives causes what the failure leaves", () => {
    const inner = { message: "inner", stackTrace: "s".repeat(300) };
    const { cause } = boundedFailure(failed("outer", { cause: inner }), LIMIT);
    assert.equal(cause?.message, "outer");
    assert.equal(cause?.cause?.message, "inner");
    assert.ok((cause?.cause?.stackTrace ?? "").length < 60);
  });

  it("never splits a character", () => {
    for (let keptBytesMax = 20; keptBytesMax < 30; keptBytesMax += 1) {
      const bounded = boundedFailure({ message: "é€😀".repeat(60) }, { ...LIMIT, keptBytesMax });
      const { message = "" } = bounded.cause ?? {};
      assert.ok(!message.includes("\ufffd"), message);
      assert.ok(Buffer.byteLength(message) > keptBytesMax - 4);
    }
  });
});
