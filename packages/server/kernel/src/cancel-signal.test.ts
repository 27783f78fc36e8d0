import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CancelSource } from "./cancel-signal.js";

describe("CancelSource", () => {
  it("calls its listeners once", () => {
    const source = new CancelSource();
    let calls = 0;
    source.addEventListener("abort", () => {
      calls += 1;
    });
    assert.equal(source.aborted, false);
    source.abort();
    source.abort();
    assert.equal(source.aborted, true);
    assert.equal(calls, 1);
  });

  it("does not call a listener that was removed, also by another one", () => {
    const source = new CancelSource();
    const removed = (): void => assert.fail("It was removed");
    source.addEventListener("abort", removed);
    source.removeEventListener("abort", removed);
    source.abort();
  });
});
