import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CancelSource } from "@perdure/kernel";
import { QueryRejectCondition as Reject } from "@perdure/proto/temporal/api/enums/v1";
import { type QueryReply, QueryService } from "./query-service.js";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
} from "./testing/memory-runtime.js";
import { completeTestTask, settle, startTestTask } from "./testing/test-task.js";

const CALL_MS = 5000;

async function opened(): Promise<{
  readonly runtime: MemoryRuntime;
  readonly cancel: CancelSource;
  readonly query: (rejectCondition?: Reject) => Promise<QueryReply>;
}> {
  const runtime = await openMemoryRuntime();
  await startTestRun(runtime, "a");
  const queries = new QueryService(runtime.host);
  const cancel = new CancelSource();
  const target = { namespaceId: NAMESPACE_ID, workflowId: "a", runId: "" };
  const query = (rejectCondition: Reject = Reject.UNSPECIFIED): Promise<QueryReply> => {
    const deadlineMs = runtime.clock.nowMs() + CALL_MS;
    const asked = { queryType: "state" };
    return queries.query({ target, query: asked, rejectCondition, deadlineMs, signal: cancel });
  };
  return { runtime, cancel, query };
}

async function runTask(runtime: MemoryRuntime): Promise<void> {
  await startTestTask(runtime, "a");
  await completeTestTask(runtime, "a", {});
}

describe("QueryService", () => {
  it("rejects a query of a closed run when the caller wants that", async () => {
    const { runtime, query } = await opened();
    await runTask(runtime);
    await closeTestRun(runtime, "a");
    assert.equal((await query(Reject.NOT_OPEN)).kind, "rejected");
    assert.equal((await query(Reject.NOT_COMPLETED_CLEANLY)).kind, "rejected");
  });

  it("cannot ask a run that closed before a worker had it", async () => {
    const { runtime, query } = await opened();
    await closeTestRun(runtime, "a");
    await assert.rejects(query(), /closed before WorkflowTaskStarted/);
  });

  it("lets a query wait for the pending workflow task, until its caller's time is over", async () => {
    const { runtime, query } = await opened();
    const asked = query();
    const failed = assert.rejects(asked, /context deadline exceeded/);
    await settle();
    const run = await runtime.host.slot(NAMESPACE_ID, "a").run("");
    assert.equal(run.queries?.size, 1);
    runtime.clock.advance(CALL_MS);
    await failed;
    assert.equal(run.queries?.size ?? 0, 0);
  });

  it("forgets a query whose caller has gone", async () => {
    const { runtime, cancel, query } = await opened();
    const failed = assert.rejects(query(), /context deadline exceeded/);
    await settle();
    cancel.abort();
    await failed;
    const run = await runtime.host.slot(NAMESPACE_ID, "a").run("");
    assert.equal(run.queries?.size ?? 0, 0);
  });

  it("takes a hundred queries that wait for one workflow task, and no more", async () => {
    const { runtime, cancel, query } = await opened();
    const waiting = Array.from({ length: 100 }, () => assert.rejects(query(), /deadline/));
    await settle();
    await assert.rejects(query(), /consistent query buffer is full/);
    cancel.abort();
    await Promise.all(waiting);
    assert.equal(runtime.disk.runs.readDue(0, 1).length, 0);
  });

  it("fails at once while workflow tasks keep failing", async () => {
    const { runtime, query } = await opened();
    const slot = runtime.host.slot(NAMESPACE_ID, "a");
    const run = await slot.run("");
    const task = run.state.workflowTask;
    assert.ok(task);
    run.state = { ...run.state, workflowTask: { ...task, attempt: 3 } };
    await assert.rejects(query(), /Workflow Task in failed state/);
  });
});
