import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { exceededHistoryLimit } from "./history-limits.js";
import { NAMESPACE_ID, openMemoryRuntime, startTestRun } from "./testing/memory-runtime.js";

describe("WorkflowHost, with a history that is too long", () => {
  const cases = [
    { limits: { historyCountMax: 3 }, reason: "Workflow history count exceeds limit." },
    { limits: { historySizeMaxBytes: 300 }, reason: "Workflow history size exceeds limit." },
  ];
  for (const { limits, reason } of cases) {
    it(`terminates the run instead of the step: ${reason}`, async () => {
      const runtime = await openMemoryRuntime({ limits });
      const runId = await startTestRun(runtime, "order");
      const target = { namespaceId: NAMESPACE_ID, workflowId: "order", runId };
      const signal = async (name: string): Promise<string> =>
        runtime.workflows.signal(target, {
          signalName: name,
          input: undefined,
          header: undefined,
          identity: "",
          requestId: name,
          links: [],
        });
      await assert.rejects(
        async () => {
          for (const name of ["1", "2", "3", "4", "5", "6"]) await signal(name);
        },
        (error: unknown) => error instanceof InvalidArgumentError && error.message === reason,
      );
      const state = await runtime.workflows.inspect(target);
      assert.equal(state.status, WorkflowExecutionStatus.TERMINATED);
    });
  }
});

describe("exceededHistoryLimit()", () => {
  it("does not count what the store saves", async () => {
    const runtime = await openMemoryRuntime({});
    await startTestRun(runtime, "order");
    const { state } = await runtime.host.slot(NAMESPACE_ID, "order").run("");
    const step = { next: state, lateEventCount: 0 };
    const { historySizeBytes } = state;
    const limits = { ...runtime.host.deps.limits, historySizeMaxBytes: historySizeBytes - 10 };
    const reasonAt = (savedBytes: number) =>
      exceededHistoryLimit({ state, savedBytes }, step, limits);
    assert.equal(reasonAt(0), "Workflow history size exceeds limit.");
    assert.equal(reasonAt(9), "Workflow history size exceeds limit.");
    assert.equal(reasonAt(10), undefined);
  });
});
