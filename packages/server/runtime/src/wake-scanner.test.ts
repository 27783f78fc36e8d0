import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { VirtualClock } from "@perdure/kernel";
import type { CommitFate } from "@perdure/persistence";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import {
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  whileTimePasses,
} from "./testing/memory-runtime.js";
import { TestDispatcher } from "./testing/test-dispatcher.js";

const HOUR_MS = 3_600_000;
const STORED: CommitFate = { outcome: "stored", writeDelayMs: 0, replyDelayMs: 0 };

/** Starts runs that time out after an hour, and ends their process. */
async function crashedWith(runCount: number): Promise<MemoryRuntime> {
  const runtime = await openMemoryRuntime({ clock: new VirtualClock(1_000_000) });
  const starts: Promise<unknown>[] = [];
  for (let index = 0; index < runCount; index++) {
    const request = {
      workflowId: `workflow-${index}`,
      workflowType: { name: "Type" },
      taskQueue: { name: "queue" },
      requestId: "request",
      workflowRunTimeout: { seconds: 3600n },
    };
    starts.push(runtime.workflows.start({ namespaceId: NAMESPACE_ID, request, isEager: false }));
  }
  await Promise.all(starts);
  runtime.store.crash();
  return runtime;
}

function timedOutCount({ disk }: MemoryRuntime): number {
  let count = 0;
  for (const row of disk.visibility.get(NAMESPACE_ID)?.values() ?? []) {
    if (row.status === WorkflowExecutionStatus.TIMED_OUT) count += 1;
  }
  return count;
}

async function untilTimedOut(runtime: MemoryRuntime, count: number): Promise<void> {
  const reached = async (): Promise<void> => {
    while (timedOutCount(runtime) < count) await setImmediate();
  };
  await whileTimePasses(runtime.clock, reached());
}

describe("WakeScanner", () => {
  it("wakes all that is due after a restart at once, some hundreds at a time", async () => {
    const crashed = await crashedWith(1_300);
    crashed.clock.advance(2 * HOUR_MS);
    const readAtMs: number[] = [];
    const { clock } = crashed;
    const faults = {
      decideCommit: () => STORED,
      decideReadDelayMs: () => {
        readAtMs.push(clock.nowMs());
        return 1;
      },
    };
    const runtime = await whileTimePasses(clock, openMemoryRuntime({ ...crashed, faults }));
    const fromMs = clock.nowMs();
    runtime.host.start(new TestDispatcher());
    await untilTimedOut(runtime, 1_300);
    assert.ok(clock.nowMs() - fromMs < 1_000, `It took ${clock.nowMs() - fromMs} ms`);
    const countAt = new Map<number, number>();
    for (const atMs of readAtMs) countAt.set(atMs, (countAt.get(atMs) ?? 0) + 1);
    assert.ok(Math.max(...countAt.values()) <= 200);
    await runtime.host.stop();
  });

  it("wakes more runs than a page holds at their time, never before", async () => {
    const crashed = await crashedWith(1_300);
    crashed.clock.advance(HOUR_MS - 5_000);
    const runtime = await openMemoryRuntime(crashed);
    const dueAtMs = runtime.clock.nowMs() + 5_000;
    runtime.host.start(new TestDispatcher());
    const isPassing = async (): Promise<void> => {
      while (runtime.clock.nowMs() < dueAtMs - 1) {
        runtime.clock.advance(1);
        await setImmediate();
      }
    };
    await isPassing();
    assert.equal(timedOutCount(runtime), 0);
    await untilTimedOut(runtime, 1_300);
    assert.ok(runtime.clock.nowMs() - dueAtMs < 1_000);
    await runtime.host.stop();
  });

  it("wakes runs again whose commit failed", async () => {
    const crashed = await crashedWith(3);
    crashed.clock.advance(2 * HOUR_MS);
    const fates: CommitFate["outcome"][] = ["failsBefore", "failsAfter"];
    const faults = {
      decideCommit: () => ({ ...STORED, outcome: fates.shift() ?? ("stored" as const) }),
    };
    const runtime = await openMemoryRuntime({ ...crashed, faults });
    const dispatcher = new TestDispatcher();
    runtime.host.start(dispatcher);
    await untilTimedOut(runtime, 3);
    assert.ok(dispatcher.recheckCount >= 1);
    await runtime.host.stop();
  });

  it("corrects the stored wake-up of a run in memory that is armed for later", async () => {
    const crashed = await crashedWith(1);
    const key = { kind: 1, namespaceId: NAMESPACE_ID, businessId: "workflow-0" } as const;
    const { runNo } = crashed.disk.runs.loadCurrent(key) ?? { runNo: 0 };
    const runtime = await openMemoryRuntime(crashed);
    const early = runtime.clock.nowMs() + 1;
    await runtime.store.commit([{ kind: "updateRun", runNo, wakeAtMs: early }]);
    await runtime.workflows.signal(
      { namespaceId: NAMESPACE_ID, workflowId: "workflow-0", runId: "" },
      { signalName: "go", input: undefined, identity: "", header: undefined, requestId: "" },
    );
    runtime.clock.advance(10);
    runtime.host.start(new TestDispatcher());
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    assert.deepEqual(await runtime.store.readDueRuns(runtime.clock.nowMs() + 1, 10), []);
    await runtime.host.stop();
  });

  it("scans no more after it was stopped, and stops while it wakes", async () => {
    const crashed = await crashedWith(300);
    crashed.clock.advance(2 * HOUR_MS);
    const runtime = await openMemoryRuntime(crashed);
    runtime.host.start(new TestDispatcher());
    await runtime.host.stop();
    const count = timedOutCount(runtime);
    assert.ok(count <= 200);
    runtime.clock.advance(HOUR_MS);
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    assert.equal(timedOutCount(runtime), count);
  });
});
