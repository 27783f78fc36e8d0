import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RunState } from "@perdure/engine";
import { WorkflowAlreadyStartedError } from "@perdure/kernel";
import {
  CommandType,
  WorkflowIdConflictPolicy as Conflict,
  WorkflowIdReusePolicy as Reuse,
} from "@perdure/proto/temporal/api/enums/v1";
import { decideStart, startRequestId } from "./start-policy.js";
import {
  closeTestRun,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
} from "./testing/memory-runtime.js";
import { completeTestTask, startTestTask } from "./testing/test-task.js";

type Ending = "running" | "terminated" | "completed";

/** The state of a run that the request "request" started. */
async function runThatIs(ending: Ending): Promise<RunState> {
  const runtime = await openMemoryRuntime();
  await startTestRun(runtime, "a");
  if (ending === "terminated") await closeTestRun(runtime, "a");
  if (ending === "completed") {
    await startTestTask(runtime, "a");
    const attributes = { kind: "completeWorkflowExecutionCommandAttributes", value: {} } as const;
    await completeTestTask(runtime, "a", {
      commands: [{ commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION, attributes }],
    });
  }
  return (await runtime.host.slot(NAMESPACE_ID, "a").run("")).state;
}

const WISH = {
  requestId: "other",
  reusePolicy: Reuse.ALLOW_DUPLICATE,
  conflictPolicy: Conflict.UNSPECIFIED,
};

describe("decideStart()", () => {
  it("starts where no run has the workflow ID", () => {
    assert.deepEqual(decideStart(undefined, WISH), { kind: "start" });
  });

  it("answers a repeated request with its run, also when that has closed", async () => {
    for (const ending of ["running", "terminated"] as const) {
      const run = await runThatIs(ending);
      const wish = { ...WISH, requestId: "request", reusePolicy: Reuse.REJECT_DUPLICATE };
      assert.deepEqual(decideStart(run, wish), { kind: "repeat" });
      assert.equal(startRequestId(run), "request");
    }
  });

  for (const [ending, wish, expected] of [
    ["running", {}, "Workflow execution is already running."],
    ["running", { conflictPolicy: Conflict.FAIL }, "Workflow execution is already running."],
    ["running", { conflictPolicy: 99 as Conflict }, "Workflow execution is already running."],
    ["running", { conflictPolicy: Conflict.USE_EXISTING }, "useExisting"],
    ["running", { conflictPolicy: Conflict.TERMINATE_EXISTING }, "terminateAndStart"],
    ["running", { reusePolicy: Reuse.TERMINATE_IF_RUNNING }, "terminateAndStart"],
    ["terminated", {}, "start"],
    ["terminated", { reusePolicy: Reuse.ALLOW_DUPLICATE_FAILED_ONLY }, "start"],
    ["terminated", { reusePolicy: Reuse.REJECT_DUPLICATE }, "Workflow execution already finished."],
    ["completed", {}, "start"],
    ["completed", { reusePolicy: Reuse.ALLOW_DUPLICATE_FAILED_ONLY }, "finished successfully."],
    ["completed", { reusePolicy: Reuse.REJECT_DUPLICATE }, "Workflow execution already finished."],
  ] as const) {
    it(`says "${expected}" to ${JSON.stringify(wish)} when the run is ${ending}`, async () => {
      const run = await runThatIs(ending);
      try {
        assert.equal(decideStart(run, { ...WISH, ...wish }).kind, expected);
      } catch (error) {
        if (!(error instanceof WorkflowAlreadyStartedError)) throw error;
        assert.ok(error.message.includes(expected), error.message);
        assert.equal(error.existing.startRequestId, "request");
        assert.equal(error.existing.runId, run.runId);
      }
    });
  }
});
