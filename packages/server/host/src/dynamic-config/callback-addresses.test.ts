import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCallbackAddresses } from "./callback-addresses.js";

describe("readCallbackAddresses()", () => {
  it("reads hosts with wildcards", () => {
    const [rule] = readCallbackAddresses([{ Pattern: "*.example.com:80", AllowInsecure: true }]);
    assert.ok(rule);
    assert.equal(rule.allowsInsecure, true);
    assert.ok(rule.host.test("a.b.example.com:80"));
    assert.ok(!rule.host.test("example.org:80"));
    assert.ok(!rule.host.test("a-example-com:80"));
  });

  it("asks for secure connections unless told otherwise", () => {
    assert.equal(readCallbackAddresses([{ Pattern: "*" }])[0]?.allowsInsecure, false);
  });

  it("passes over what has no pattern", () => {
    assert.deepEqual(readCallbackAddresses([{ Pattern: "" }, {}, 5, null]), []);
    assert.deepEqual(readCallbackAddresses("nonsense"), []);
  });
});
