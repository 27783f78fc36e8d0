import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TestRun } from "../testing/test-run.js";
import { workflowTaskTimeoutMs } from "./workflow-task-timeout.js";

describe("workflowTaskTimeoutMs()", () => {
  it("gives later attempts more time, up to a limit", () => {
    const { state } = new TestRun();
    const timeoutMs = (attempt: number) => workflowTaskTimeoutMs(state, attempt, 60_000);
    assert.deepEqual([1, 3].map(timeoutMs), [10_000, 10_000]);
    for (const [attempt, backoffMs] of [
      [4, 5000],
      [5, 10_000],
      [20, 60_000],
      [2000, 60_000],
    ] as const) {
      const actualMs = timeoutMs(attempt) - 10_000;
      assert.ok(actualMs >= 0.8 * backoffMs && actualMs <= backoffMs, `${attempt}: ${actualMs}`);
    }
  });

  it("gives runs that failed together different times", () => {
    const { state } = new TestRun();
    const runIds = ["one", "two", "three", "four"];
    const times = runIds.map((runId) => workflowTaskTimeoutMs({ ...state, runId }, 6, 60_000));
    assert.equal(new Set(times).size, runIds.length);
  });
});
