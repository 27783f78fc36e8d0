import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Payloads } from "@perdure/proto/temporal/api/common/v1";
import { isLargerThan } from "./payload-size.js";

describe("isLargerThan()", () => {
  it("tells exactly the size on the wire", () => {
    const metadata = new Map([["encoding", Buffer.from("json/plain")]]);
    for (const length of [0, 1, 100, 127, 128, 300, 20_000]) {
      const payload = { metadata, data: Buffer.alloc(length) };
      const payloads = { payloads: [payload, payload] };
      const bytes = Payloads.encode(payloads).length;
      assert.equal(isLargerThan(payloads, bytes), false, `${length}`);
      assert.equal(isLargerThan(payloads, bytes - 1), true, `${length}`);
    }
  });

  it("takes an absent list for empty", () => {
    assert.equal(isLargerThan(undefined, 0), false);
  });
});
