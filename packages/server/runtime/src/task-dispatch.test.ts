import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StoreUnavailableError } from "@perdure/kernel";
import { type CommitFate, TaskKind, type TaskRow } from "@perdure/persistence";
import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { CommandType } from "@perdure/proto/temporal/api/enums/v1";
import { PollWorkflowTaskQueueResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { Dispatch } from "./dispatch.js";
import { startQueuedTask } from "./task-dispatch.js";
import {
  closeTestRun,
  type MemoryRuntime,
  openMemoryRuntime,
  startTestRun,
} from "./testing/memory-runtime.js";
import { POLLER, TestDispatcher } from "./testing/test-dispatcher.js";
import { completeTestTask, settle, startTestTask } from "./testing/test-task.js";

const STORED: CommitFate = { outcome: "stored", writeDelayMs: 0, replyDelayMs: 0 };

const ACTIVITY: CommandInit = {
  commandType: CommandType.SCHEDULE_ACTIVITY_TASK,
  attributes: {
    kind: "scheduleActivityTaskCommandAttributes",
    value: {
      activityId: "activity",
      activityType: { name: "Type" },
      taskQueue: { name: "queue" },
      startToCloseTimeout: { seconds: 10n },
    },
  },
};

/** A host with matching, and what the next commits come to. */
async function opened(): Promise<{
  readonly runtime: MemoryRuntime;
  readonly dispatcher: TestDispatcher;
  readonly fates: CommitFate[];
}> {
  const fates: CommitFate[] = [];
  const faults = { decideCommit: () => fates.shift() ?? STORED };
  const runtime = await openMemoryRuntime({ faults });
  const dispatcher = new TestDispatcher();
  runtime.host.start(dispatcher);
  await settle();
  return { runtime, dispatcher, fates };
}

async function taskOf(dispatcher: TestDispatcher): Promise<TaskRow> {
  await settle();
  const task = dispatcher.offered.at(-1);
  assert.ok(task !== undefined, "A task is offered");
  return task;
}

/** Tasks that are stored for the queue. */
async function storedCount(runtime: MemoryRuntime, { queue }: TaskRow): Promise<number> {
  return (await runtime.store.readTasks(queue, { after: undefined, limit: 10 })).length;
}

function answerOf(starting: Promise<Dispatch | undefined>): { state: string } {
  const seen = { state: "waits" };
  starting.then(
    (dispatch) => {
      seen.state = dispatch === undefined ? "stale" : "delivered";
    },
    (error: unknown) => {
      seen.state = (error as Error).name;
    },
  );
  return seen;
}

describe("startQueuedTask()", () => {
  it("starts a workflow task and removes its row with the same commit", async () => {
    const { runtime, dispatcher } = await opened();
    const runId = await startTestRun(runtime, "a");
    const task = await taskOf(dispatcher);
    assert.equal(await storedCount(runtime, task), 1);
    const dispatch = await startQueuedTask(runtime.host, task, POLLER);
    const response = PollWorkflowTaskQueueResponse.decode(dispatch?.response ?? new Uint8Array(0));
    assert.equal(response.workflowExecution?.runId, runId);
    assert.equal(response.history?.events.length, 3);
    await settle();
    assert.equal(await storedCount(runtime, task), 0);
  });

  for (const kind of ["closed", "deleted", "started"] as const) {
    it(`drops the task of a run that is ${kind}, with its row`, async () => {
      const { runtime, dispatcher } = await opened();
      await startTestRun(runtime, "a");
      const task = await taskOf(dispatcher);
      if (kind === "started") await startTestTask(runtime, "a");
      else await closeTestRun(runtime, "a");
      const missing = { ...task, runId: "22222222-2222-4222-8222-222222222222" };
      const offered = kind === "deleted" ? missing : task;
      assert.equal(await startQueuedTask(runtime.host, offered, POLLER), undefined);
      await settle();
      assert.equal(await storedCount(runtime, task), 0);
    });
  }

  const slow: CommitFate = { ...STORED, writeDelayMs: 50 };

  it("hands a workflow task out before its start is durable", async () => {
    const { runtime, dispatcher, fates } = await opened();
    await startTestRun(runtime, "a");
    const task = await taskOf(dispatcher);
    fates.push(slow);
    const seen = answerOf(startQueuedTask(runtime.host, task, POLLER));
    await settle();
    assert.equal(seen.state, "delivered");
    assert.equal(await storedCount(runtime, task), 1, "Its start is not stored");
  });

  it("hands an activity out only after its start is durable", async () => {
    const { runtime, dispatcher, fates } = await opened();
    await startTestRun(runtime, "a");
    await startTestTask(runtime, "a");
    await completeTestTask(runtime, "a", { commands: [ACTIVITY] });
    const task = await taskOf(dispatcher);
    assert.equal(task.queue.taskKind, TaskKind.ACTIVITY);
    fates.push(slow);
    const seen = answerOf(startQueuedTask(runtime.host, task, POLLER));
    await settle();
    assert.equal(seen.state, "waits");
    runtime.clock.advance(50);
    await settle();
    assert.equal(seen.state, "delivered");
  });

  it("keeps an activity whose start could not be stored, for the next poller", async () => {
    const { runtime, dispatcher, fates } = await opened();
    await startTestRun(runtime, "a");
    await startTestTask(runtime, "a");
    await completeTestTask(runtime, "a", { commands: [ACTIVITY] });
    const task = await taskOf(dispatcher);
    fates.push({ ...STORED, outcome: "failsBefore" });
    const starting = startQueuedTask(runtime.host, task, POLLER);
    await assert.rejects(starting, StoreUnavailableError);
    assert.equal(dispatcher.recheckCount, 1, "Matching reads its queues again");
    assert.equal(await storedCount(runtime, task), 1);
    assert.notEqual(await startQueuedTask(runtime.host, task, POLLER), undefined);
  });
});

describe("deliverClaimed()", () => {
  it("gives a poller that waits its task within the step, without a row", async () => {
    const { runtime, dispatcher } = await opened();
    dispatcher.poll("queue");
    await startTestRun(runtime, "a");
    await settle();
    assert.equal(dispatcher.delivered.length, 1);
    assert.equal(dispatcher.offered.length, 0);
  });

  it("lets the poller of an activity go whose start could not be stored", async () => {
    const { runtime, dispatcher, fates } = await opened();
    await startTestRun(runtime, "a");
    await startTestTask(runtime, "a");
    await settle();
    dispatcher.poll("queue", TaskKind.ACTIVITY);
    fates.push({ ...STORED, outcome: "failsBefore" });
    const completing = completeTestTask(runtime, "a", { commands: [ACTIVITY] });
    await assert.rejects(completing, StoreUnavailableError);
    await settle();
    assert.deepEqual([dispatcher.delivered.length, dispatcher.releasedCount], [0, 1]);
  });
});
