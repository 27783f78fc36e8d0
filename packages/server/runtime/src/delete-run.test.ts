import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NotFoundError } from "@perdure/kernel";
import { EntityKind } from "@perdure/persistence";
import { HistoryEventFilterType } from "@perdure/proto/temporal/api/enums/v1";
import { GetWorkflowExecutionHistoryResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
  whileTimePasses,
} from "./testing/memory-runtime.js";

const target = (runId: string) => ({ namespaceId: NAMESPACE_ID, workflowId: "a", runId });
const KEY = { kind: EntityKind.WORKFLOW, namespaceId: NAMESPACE_ID, businessId: "a" };

async function remove(runtime: MemoryRuntime, runId: string): Promise<void> {
  await whileTimePasses(runtime.clock, runtime.workflows.delete(target(runId)));
}

function listed({ store }: MemoryRuntime): Promise<number> {
  return store.countVisibility({ namespaceId: NAMESPACE_ID, filter: undefined, order: [] });
}

describe("deleteRun()", () => {
  it("deletes a closed run with its log and its row in lists, for good", async () => {
    const runtime = await openMemoryRuntime();
    const runId = await startTestRun(runtime, "a");
    await closeTestRun(runtime, "a");
    const row = await runtime.store.loadRun(KEY, runId);
    await remove(runtime, "");

    for (const opened of [runtime, await openMemoryRuntime(runtime)]) {
      await assert.rejects(opened.workflows.inspect(target("")), NotFoundError);
      await assert.rejects(opened.workflows.inspect(target(runId)), NotFoundError);
      assert.equal(await listed(opened), 0);
      assert.deepEqual(await opened.store.readLog(row?.runNo ?? 0, 1, 10), []);
    }
  });

  it("terminates an open run first, and who waits for its end sees it", async () => {
    const runtime = await openMemoryRuntime();
    const runId = await startTestRun(runtime, "a");
    const waiting = runtime.workflows.history({
      ...target(runId),
      maxBatches: 10,
      pageToken: new Uint8Array(),
      isWaiting: true,
      isWorker: false,
      followsSuccessors: true,
      filter: HistoryEventFilterType.CLOSE_EVENT,
      waitMs: 20_000,
      signal: new AbortController().signal,
    });
    await remove(runtime, "");
    const [event] = GetWorkflowExecutionHistoryResponse.decode(await waiting).history?.events ?? [];
    const attributes = event?.attributes;
    assert.equal(attributes?.kind, "workflowExecutionTerminatedEventAttributes");
    assert.equal(
      attributes?.kind === "workflowExecutionTerminatedEventAttributes" && attributes.value.reason,
      "Delete workflow execution",
    );
    await assert.rejects(runtime.workflows.inspect(target(runId)), NotFoundError);
  });

  it("leaves the other runs of the workflow ID, and lets it be used again", async () => {
    const runtime = await openMemoryRuntime();
    const first = await startTestRun(runtime, "a", "1");
    await closeTestRun(runtime, "a");
    runtime.clock.advance(1001);
    const second = await startTestRun(runtime, "a", "2");
    await remove(runtime, second);

    assert.equal((await runtime.workflows.inspect(target(first))).runId, first);
    await assert.rejects(runtime.workflows.inspect(target("")), NotFoundError);
    runtime.clock.advance(1001);
    const third = await startTestRun(runtime, "a", "3");
    assert.equal((await runtime.workflows.inspect(target(""))).runId, third);
    assert.equal(await listed(runtime), 2);
  });

  it("hides the run from whoever loads it while the deletion is being stored", async () => {
    const runtime = await openMemoryRuntime();
    const runId = await startTestRun(runtime, "a");
    await closeTestRun(runtime, "a");
    const restarted = await openMemoryRuntime(runtime);
    const reading = restarted.workflows.inspect(target(runId)).then(
      () => "found",
      (error: unknown) => error,
    );
    await remove(restarted, runId);
    await reading;
    await assert.rejects(restarted.workflows.inspect(target(runId)), NotFoundError);
  });

  it("does not find a run that was deleted before", async () => {
    const runtime = await openMemoryRuntime();
    const runId = await startTestRun(runtime, "a");
    await remove(runtime, runId);
    await assert.rejects(remove(runtime, runId), NotFoundError);
  });
});
