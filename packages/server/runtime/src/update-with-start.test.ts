import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CancelSource, MultiOperationError } from "@perdure/kernel";
import {
  UpdateWorkflowExecutionLifecycleStage as Stage,
  WorkflowIdConflictPolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
} from "./testing/memory-runtime.js";
import { settle } from "./testing/test-task.js";
import { UpdateService } from "./update-service.js";
import { type UpdateWithStartReply, UpdateWithStartService } from "./update-with-start.js";

/** Sends an update with a start of the workflow "a", and waits for its admission. */
function send(
  runtime: MemoryRuntime,
  conflict: WorkflowIdConflictPolicy = WorkflowIdConflictPolicy.UNSPECIFIED,
  stage: Stage = Stage.ADMITTED,
): Promise<UpdateWithStartReply> {
  const { host, workflows } = runtime;
  const service = new UpdateWithStartService(host, workflows, new UpdateService(host));
  const request = {
    workflowId: "a",
    workflowType: { name: "Type" },
    taskQueue: { name: "queue" },
    requestId: "with-update",
    workflowIdConflictPolicy: conflict,
  };
  const update = {
    updateId: "u1",
    request: { meta: { updateId: "u1" }, input: { name: "book" } },
  };
  const wait = {
    stage,
    deadlineMs: runtime.clock.nowMs() + 60_000,
    signal: new CancelSource(),
  };
  const start = { namespaceId: NAMESPACE_ID, request, isEager: false };
  return service.execute({ start, update, wait });
}

describe("UpdateWithStartService", () => {
  it("starts the workflow when there is none, and its first task brings the update", async () => {
    const runtime = await openMemoryRuntime();
    const reply = await send(runtime);
    assert.equal(reply.start.isStarted, true);
    assert.equal(reply.update.stage, Stage.ADMITTED);
    const { state } = await runtime.host.slot(NAMESPACE_ID, "a").run("");
    assert.deepEqual([...state.admittedUpdates.keys()], ["u1"]);
  });

  it("sends the update to a workflow that runs when the policy allows it", async () => {
    const runtime = await openMemoryRuntime();
    const runId = await startTestRun(runtime, "a");
    const reply = await send(runtime, WorkflowIdConflictPolicy.USE_EXISTING);
    assert.equal(reply.start.isStarted, false);
    assert.equal(reply.update.runId, runId);
  });

  it("fails the start, and gives up the update, when the policy forbids a running one", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "a");
    await assert.rejects(send(runtime, WorkflowIdConflictPolicy.FAIL), (error) => {
      assert.ok(error instanceof MultiOperationError);
      assert.deepEqual(
        error.operations.map(({ kind }) => kind),
        ["failed", "aborted"],
      );
      return true;
    });
  });

  it("tells that the start went well when only the update fails", async () => {
    const runtime = await openMemoryRuntime();
    const sent = send(runtime, WorkflowIdConflictPolicy.UNSPECIFIED, Stage.COMPLETED);
    const failed = assert.rejects(sent, (error) => {
      assert.ok(error instanceof MultiOperationError);
      assert.deepEqual(
        error.operations.map(({ kind }) => kind),
        ["succeeded", "failed"],
      );
      return true;
    });
    await settle();
    await closeTestRun(runtime, "a");
    await failed;
  });
});
