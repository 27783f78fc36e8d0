import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { readAttributes } from "./server-config.js";

describe("readAttributes()", () => {
  it("reads types by their name", () => {
    assert.equal(readAttributes(new Map([["Size", "Int"]])).size, 1);
    assert.equal(readAttributes().size, 0);
  });

  it("refuses a type that is none", () => {
    assert.throws(() => readAttributes(new Map([["Size", "Huge"]])), InvalidArgumentError);
  });
});
