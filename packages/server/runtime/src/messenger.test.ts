import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { completeWorkflowTask, Step, startWorkflowTask } from "@perdure/engine";
import { present } from "@perdure/kernel";
import type { CommitFate, StoreFaults } from "@perdure/persistence";
import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { CommandType, EventType, EventType$names } from "@perdure/proto/temporal/api/enums/v1";
import { History } from "@perdure/proto/temporal/api/history/v1";
import { deleteRun } from "./delete-run.js";
import type { Dispatcher } from "./dispatch.js";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
  whileTimePasses,
} from "./testing/memory-runtime.js";

const NOBODY: Dispatcher = {
  takePoller: () => undefined,
  offer: () => undefined,
  offerTransient: () => () => undefined,
  hasRecentPoller: () => false,
  recheck: () => undefined,
};

const START_CHILD: CommandInit = {
  commandType: CommandType.START_CHILD_WORKFLOW_EXECUTION,
  attributes: {
    kind: "startChildWorkflowExecutionCommandAttributes",
    value: { workflowId: "child", workflowType: { name: "Child" } },
  },
};
const SIGNAL: CommandInit = {
  commandType: CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
  attributes: {
    kind: "signalExternalWorkflowExecutionCommandAttributes",
    value: { execution: { workflowId: "target" }, signalName: "hello" },
  },
};
const COMPLETE: CommandInit = {
  commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION,
  attributes: { kind: "completeWorkflowExecutionCommandAttributes", value: {} },
};

/** Does the pending workflow task of a workflow's current run. Resolves when that is stored. */
async function runTask(
  { host }: MemoryRuntime,
  workflowId: string,
  commands: readonly CommandInit[],
): Promise<void> {
  const slot = host.slot(NAMESPACE_ID, workflowId);
  const run = await slot.run("");
  const environment = host.environment(NAMESPACE_ID);
  const step = new Step(run.state, environment);
  startWorkflowTask(step, { identity: "worker", requestId: "poll" });
  host.apply(slot, run, step.finish());
  const proof = present(run.state.workflowTask, "A workflow task is pending");
  const input = { proof, request: { commands } };
  await host.apply(slot, run, completeWorkflowTask(run.state, input, environment)).ticket?.durable;
}

/** Lets deliveries come to their end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

/** Names of the events that are on the disk for a workflow's current run. */
function stored({ disk }: MemoryRuntime, workflowId: string): readonly string[] {
  const key = { kind: 1, namespaceId: NAMESPACE_ID, businessId: workflowId } as const;
  const row = disk.runs.loadCurrent(key);
  if (row === undefined) return [];
  return disk.runs
    .readLog(row.runNo, 1, Number.MAX_SAFE_INTEGER)
    .flatMap(({ events }) => History.decode(events).events)
    .map(({ eventType }) => EventType$names.get(eventType)?.replace("EVENT_TYPE_", "") ?? "");
}

function countOf(names: readonly string[], type: keyof typeof EventType): number {
  assert.ok(EventType[type] > 0);
  return names.filter((name) => name === type).length;
}

describe("Messenger", () => {
  it("starts a child, and tells its parent of the start and the end", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "parent");
    await runTask(runtime, "parent", [START_CHILD]);
    await settle();
    await runTask(runtime, "child", [COMPLETE]);
    await settle();
    const names = stored(runtime, "parent");
    assert.equal(countOf(names, "CHILD_WORKFLOW_EXECUTION_STARTED"), 1);
    assert.equal(countOf(names, "CHILD_WORKFLOW_EXECUTION_COMPLETED"), 1);
    assert.deepEqual(await runtime.store.readDueRuns(1, 10), [], "No outbox is left");
  });

  it("delivers after a restart what was stored and not delivered", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "parent");
    await runTask(runtime, "parent", []);
    await runtime.workflows.signal(
      { namespaceId: NAMESPACE_ID, workflowId: "parent", runId: "" },
      { signalName: "go", input: undefined, identity: "", header: undefined, requestId: "" },
    );
    await runTask(runtime, "parent", [START_CHILD]);
    runtime.store.crash();
    assert.deepEqual(stored(runtime, "child"), []);

    const restarted = await openMemoryRuntime(runtime);
    restarted.host.start(NOBODY);
    await settle();
    restarted.clock.advance(1);
    await settle();
    assert.equal(countOf(stored(restarted, "child"), "WORKFLOW_EXECUTION_STARTED"), 1);
    const names = stored(restarted, "parent");
    assert.equal(countOf(names, "CHILD_WORKFLOW_EXECUTION_STARTED"), 1);
  });

  for (const outcome of ["failsBefore", "failsAfter"] as const) {
    it(`has its effect once when the commit of a delivery ${outcome}`, async () => {
      const fates: CommitFate["outcome"][] = [];
      const faults: StoreFaults = {
        decideCommit: () => ({
          outcome: fates.shift() ?? "stored",
          writeDelayMs: 0,
          replyDelayMs: 0,
        }),
      };
      const runtime = await openMemoryRuntime({ faults });
      runtime.host.start(NOBODY);
      await startTestRun(runtime, "parent");
      await startTestRun(runtime, "target");
      fates.push("stored", outcome);
      await runTask(runtime, "parent", [START_CHILD, SIGNAL]);
      for (let round = 0; round < 4; round++) {
        await settle();
        runtime.clock.advance(20_000);
      }
      await settle();
      const names = stored(runtime, "parent");
      assert.equal(countOf(names, "CHILD_WORKFLOW_EXECUTION_STARTED"), 1);
      assert.equal(countOf(names, "EXTERNAL_WORKFLOW_EXECUTION_SIGNALED"), 1);
      assert.equal(countOf(stored(runtime, "child"), "WORKFLOW_EXECUTION_STARTED"), 1);
      assert.equal(countOf(stored(runtime, "target"), "WORKFLOW_EXECUTION_SIGNALED"), 1);
    });
  }

  it("does not start the child of a parent that has closed meanwhile", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "parent");
    const task = runTask(runtime, "parent", [START_CHILD]);
    const closing = setImmediate().then(() => undefined);
    await Promise.all([task.then(() => closeTestRun(runtime, "parent")), closing]);
    await settle();
    const isStarted = stored(runtime, "child").length > 0;
    const names = stored(runtime, "parent");
    assert.equal(countOf(names, "CHILD_WORKFLOW_EXECUTION_STARTED"), isStarted ? 1 : 0);
    const end = stored(runtime, "child").at(-1);
    assert.equal(end, isStarted ? "WORKFLOW_EXECUTION_TERMINATED" : undefined);
  });

  it("reports the end of a child that was closed before a restart", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "parent");
    await runTask(runtime, "parent", [START_CHILD]);
    await settle();
    await runTask(runtime, "child", [COMPLETE]);
    runtime.store.crash();

    const restarted = await openMemoryRuntime(runtime);
    restarted.host.start(NOBODY);
    await settle();
    restarted.clock.advance(1);
    await settle();
    const names = stored(restarted, "parent");
    assert.equal(countOf(names, "CHILD_WORKFLOW_EXECUTION_COMPLETED"), 1);
    assert.deepEqual(await restarted.store.readDueRuns(1, 10), [], "No outbox is left");
  });

  it("reports the end of a child that is deleted", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "parent");
    await runTask(runtime, "parent", [START_CHILD]);
    await settle();
    const target = { namespaceId: NAMESPACE_ID, workflowId: "child", runId: "" };
    await whileTimePasses(runtime.clock, deleteRun(runtime.host, target));
    const names = stored(runtime, "parent");
    assert.equal(countOf(names, "CHILD_WORKFLOW_EXECUTION_TERMINATED"), 1);
  });
});
