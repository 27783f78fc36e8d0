import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { toDuration, toTimestamp } from "@perdure/engine";
import { WorkflowAlreadyStartedError } from "@perdure/kernel";
import { EntityKind, listIdOf } from "@perdure/persistence";
import { ScheduleOverlapPolicy } from "@perdure/proto/temporal/api/enums/v1";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
} from "../testing/memory-runtime.js";
import { TestDispatcher } from "../testing/test-dispatcher.js";
import { Schedules } from "./schedule-kind.js";

const TARGET = { namespaceId: NAMESPACE_ID, id: "schedule" };
const MINUTE_MS = 60_000;

interface Opened extends MemoryRuntime {
  readonly schedules: Schedules;
}

/** Opens a server with schedules over what a disk holds. */
async function open(before?: Pick<MemoryRuntime, "clock" | "disk">): Promise<Opened> {
  const runtime = await openMemoryRuntime(before);
  const { host, workflows } = runtime;
  const schedules = new Schedules(host.deps, {
    host,
    workflows,
    prepareStart: (_, request) => request,
  });
  host.start(new TestDispatcher(), new Map([[schedules.kind, schedules.waker]]));
  return { ...runtime, schedules };
}

async function create({ schedules }: Opened, overlapPolicy: ScheduleOverlapPolicy) {
  const workflow = {
    workflowId: "w",
    workflowType: { name: "Type" },
    taskQueue: { name: "queue" },
  };
  const schedule = {
    spec: { interval: [{ interval: toDuration(MINUTE_MS) }] },
    action: { action: { kind: "startWorkflow" as const, value: workflow } },
    policies: { overlapPolicy },
  };
  const none = { patch: undefined, memo: undefined, searchAttributes: undefined };
  return schedules.create({ schedule, ...none, requestId: "request" }, TARGET);
}

/** Lets time pass, second by second, and whatever it brings happen. */
async function pass({ clock }: Opened, spanMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < spanMs; passedMs += 1000) {
    clock.advance(1000);
    for (let turn = 0; turn < 10; turn++) await setImmediate();
  }
}

async function workflowIds({ store }: MemoryRuntime): Promise<readonly string[]> {
  const query = { namespaceId: NAMESPACE_ID, filter: undefined, order: [] };
  const page = await store.listVisibility(query, { cursor: undefined, limit: 100 });
  return page.rows.map(({ workflowId }) => workflowId).sort();
}

describe("Schedules", () => {
  it("start workflows at their times, each once, also over a crash", async () => {
    const opened = await open();
    await create(opened, ScheduleOverlapPolicy.ALLOW_ALL);
    await pass(opened, 3 * MINUTE_MS);
    const before = await workflowIds(opened);
    assert.equal(before.length, 3);
    opened.schedules.stop();
    opened.store.crash();
    opened.clock.advance(2 * MINUTE_MS);
    const again = await open(opened);
    await pass(again, MINUTE_MS);
    const ids = await workflowIds(again);
    assert.equal(ids.length, 6);
    assert.equal(new Set(ids).size, 6);
    const { info } = await again.schedules.read(TARGET);
    assert.equal(info.actionCount, 6n);
    await again.host.stop();
  });

  it("learn of the end of what they have started", async () => {
    const opened = await open();
    await create(opened, ScheduleOverlapPolicy.BUFFER_ONE);
    await pass(opened, 2.5 * MINUTE_MS);
    const [first = ""] = await workflowIds(opened);
    assert.equal((await workflowIds(opened)).length, 1);
    await closeTestRun(opened, first);
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    assert.equal((await workflowIds(opened)).length, 2);
    await opened.host.stop();
  });

  it("notice an end that came while they were not told", async () => {
    const opened = await open();
    await create(opened, ScheduleOverlapPolicy.SKIP);
    await pass(opened, 1.5 * MINUTE_MS);
    const [first = ""] = await workflowIds(opened);
    opened.schedules.stop();
    opened.store.crash();
    const alone = await openMemoryRuntime(opened);
    await closeTestRun(alone, first);
    alone.store.crash();
    const again = await open(opened);
    await pass(again, MINUTE_MS);
    assert.equal((await workflowIds(again)).length, 2);
    await again.host.stop();
  });

  it("are created once by a repeated request, and refuse another", async () => {
    const opened = await open();
    await create(opened, ScheduleOverlapPolicy.SKIP);
    await create(opened, ScheduleOverlapPolicy.SKIP);
    const none = { patch: undefined, memo: undefined, searchAttributes: undefined };
    const other = opened.schedules.create({ schedule: {}, ...none, requestId: "other" }, TARGET);
    await assert.rejects(other, WorkflowAlreadyStartedError);
    await opened.host.stop();
  });

  it("are listed apart from workflows, and not once they are deleted", async () => {
    const opened = await open();
    await create(opened, ScheduleOverlapPolicy.SKIP);
    const namespaceId = listIdOf(NAMESPACE_ID, EntityKind.SCHEDULE);
    const query = { namespaceId, filter: undefined, order: [] };
    const page = { cursor: undefined, limit: 10 };
    const listed = await opened.store.listVisibility(query, page);
    assert.deepEqual(
      listed.rows.map(({ workflowId, closeTimeMs }) => [workflowId, closeTimeMs]),
      [["schedule", undefined]],
    );
    await opened.schedules.delete(TARGET);
    const [ended] = (await opened.store.listVisibility(query, page)).rows;
    assert.equal(ended?.closeTimeMs, opened.clock.nowMs());
    await assert.rejects(opened.schedules.read(TARGET), /schedule not found/);
    await create(opened, ScheduleOverlapPolicy.SKIP).catch(() =>
      assert.fail("it may be made again"),
    );
    const at = toTimestamp(opened.clock.nowMs());
    assert.deepEqual((await opened.schedules.read(TARGET)).info.createTime?.seconds, at.seconds);
    await opened.host.stop();
  });
});
