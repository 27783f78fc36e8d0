import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TestRun } from "../testing/test-run.js";

describe("a signal with a request ID", () => {
  it("is remembered with its event when it is the first with a request ID", () => {
    const run = new TestRun();
    run.startTask();
    run.signal("one");
    run.signal("two", { requestId: "r1" });
    assert.equal(run.state.signals.firstEventId, 0);
    run.complete();
    run.keepSnapshot();
    run.signal("three", { requestId: "r2" });
    assert.deepEqual(run.state.signals, { count: 3, firstRequestId: "r1", firstEventId: 6 });
    run.reload();
    assert.deepEqual(run.state.signals, { count: 3, firstRequestId: "r1", firstEventId: 6 });
  });
});
