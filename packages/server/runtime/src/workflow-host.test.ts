import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TaskProof } from "@perdure/engine";
import { present } from "@perdure/kernel";
import { TaskToken as TaskTokenMessage } from "@perdure/proto/perdure/internal/v1";
import { CommandType } from "@perdure/proto/temporal/api/enums/v1";
import { RespondWorkflowTaskCompletedRequest } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { LoadedRun } from "./loaded-run.js";
import {
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
} from "./testing/memory-runtime.js";
import { TestDispatcher } from "./testing/test-dispatcher.js";
import { settle, startTestTask } from "./testing/test-task.js";

const COMPLETE = {
  commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION,
  attributes: { kind: "completeWorkflowExecutionCommandAttributes", value: {} },
} as const;

describe("WorkflowHost", () => {
  it("keeps a slot that was just asked for, however many others are", async () => {
    const runtime = await openMemoryRuntime({ maxIdleSlots: 1 });
    await startTestRun(runtime, "a");
    const first = runtime.host.slot(NAMESPACE_ID, "a");
    for (const workflowId of ["b", "c", "d"]) runtime.host.slot(NAMESPACE_ID, workflowId);
    assert.equal(runtime.host.slot(NAMESPACE_ID, "a"), first);
  });

  it("drops idle slots beyond the limit a moment later, those in use stay", async () => {
    const runtime = await openMemoryRuntime({ maxIdleSlots: 1 });
    await startTestRun(runtime, "a");
    await startTestRun(runtime, "b");
    const [idle, held] = ["a", "b"].map((id) => runtime.host.slot(NAMESPACE_ID, id));
    held?.hold();
    runtime.host.slot(NAMESPACE_ID, "c");
    runtime.clock.advance(1);
    assert.notEqual(runtime.host.slot(NAMESPACE_ID, "a"), idle);
    assert.equal(runtime.host.slot(NAMESPACE_ID, "b"), held);
  });

  describe("when a workflow could not close because of news", () => {
    const news = { input: undefined, identity: "", header: undefined, requestId: "" };
    const target = { namespaceId: NAMESPACE_ID, workflowId: "a", runId: "" };
    const proofOf = (run: LoadedRun): TaskProof => present(run.state.workflowTask, "A task");

    /** A run whose task was refused; the next one is started. */
    async function refused(): Promise<{ runtime: MemoryRuntime; run: LoadedRun }> {
      const runtime = await openMemoryRuntime();
      await startTestRun(runtime, "a");
      await startTestTask(runtime, "a");
      const { host, workflows } = runtime;
      await workflows.signal(target, { ...news, signalName: "one" });
      const run = await host.slot(NAMESPACE_ID, "a").run("");
      const token = { namespaceId: NAMESPACE_ID, workflowId: "a", runId: run.state.runId };
      const request = { commands: [{ ...COMPLETE }] };
      const body = RespondWorkflowTaskCompletedRequest.decode(
        RespondWorkflowTaskCompletedRequest.encode(request),
      );
      const full = TaskTokenMessage.decode(TaskTokenMessage.encode({ ...token }));
      const answer = workflows.completeWorkflowTask({ ...full, ...proofOf(run) }, body);
      await assert.rejects(answer, /UnhandledCommand/);
      await workflows.signal(target, { ...news, signalName: "before the next task starts" });
      await startTestTask(runtime, "a");
      return { runtime, run };
    }

    it("turns further news away while the next task is under way", async () => {
      const { runtime } = await refused();
      const signal = runtime.workflows.signal(target, { ...news, signalName: "two" });
      await assert.rejects(signal, /workflow is closing/);
    });

    it("takes news again once that task has timed out, also during the one after it", async () => {
      const { runtime, run } = await refused();
      runtime.host.start(new TestDispatcher());
      runtime.clock.advance(11_000);
      await settle();
      assert.equal(run.isClosing, false);
      await startTestTask(runtime, "a");
      await runtime.workflows.signal(target, { ...news, signalName: "two" });
      await runtime.host.stop();
    });
  });
});
