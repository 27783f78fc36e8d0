import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StoreUnavailableError } from "@perdure/kernel";
import { TaskKind } from "@perdure/persistence";
import {
  Bench,
  POLL_TIMEOUT_MS,
  QUEUE,
  RETRY_MS,
  row,
  settled,
  withPoller,
} from "./testing/bench.js";

describe("poll", () => {
  it("gets the task that is offered while it waits", async () => {
    const { bench, poll } = await withPoller();
    assert.equal(poll.answer, undefined);
    await bench.commit(row(1));
    await settled();
    assert.equal(poll.answer, 1);
    assert.deepEqual(bench.started, ["task 1 to worker-1"]);
  });

  it("gets tasks that were stored before anybody polled, by priority and then ID", async () => {
    const bench = new Bench();
    await bench.commit(row(1), row(2, { priority: 1 }), row(3, { priority: 1 }));
    const answers = [bench.poll("a"), bench.poll("b"), bench.poll("c")];
    await settled();
    assert.deepEqual(bench.started, ["task 2 to a", "task 3 to b", "task 1 to c"]);
    assert.deepEqual(
      answers.map(({ answer }) => answer),
      [2, 3, 1],
    );
  });

  it("is served in the order of polling", async () => {
    const bench = new Bench();
    for (const identity of ["a", "b"]) bench.poll(identity);
    await settled();
    await bench.commit(row(1));
    await bench.commit(row(2));
    await settled();
    assert.deepEqual(bench.started, ["task 1 to a", "task 2 to b"]);
  });

  it("ends with nothing when its time is over, and not before", async () => {
    const { bench, poll } = await withPoller();
    bench.clock.advance(POLL_TIMEOUT_MS - 1);
    await settled();
    assert.equal(poll.answer, undefined);
    bench.clock.advance(1_000);
    await settled();
    assert.equal(poll.answer, "none");
  });

  it("ends with nothing when its caller goes, and takes no task then", async () => {
    const bench = new Bench();
    const caller = new AbortController();
    const gone = bench.poll("gone", { signal: caller.signal });
    await settled();
    caller.abort();
    await settled();
    assert.equal(gone.answer, "none");
    await bench.commit(row(1));
    bench.poll("worker-2");
    await settled();
    assert.deepEqual(bench.started, ["task 1 to worker-2"]);
  });

  it("of a caller that has gone already ends at once", async () => {
    const bench = new Bench();
    const poll = bench.poll("gone", { signal: AbortSignal.abort() });
    await settled();
    assert.equal(poll.answer, "none");
  });

  it("goes on waiting when its task turns out to be stale", async () => {
    const { bench, poll } = await withPoller();
    bench.staleTaskIds.add(1);
    await bench.commit(row(1));
    await settled();
    assert.equal(poll.answer, undefined);
    await bench.commit(row(2));
    await settled();
    assert.equal(poll.answer, 2);
  });

  it("gets no task of another queue, kind or namespace", async () => {
    const { bench, poll } = await withPoller();
    await bench.commit(
      row(1, { queue: { ...QUEUE, name: "refunds" } }),
      row(2, { queue: { ...QUEUE, taskKind: TaskKind.WORKFLOW } }),
      row(3, { queue: { ...QUEUE, namespaceId: "other" } }),
    );
    await settled();
    assert.equal(poll.answer, undefined);
  });
});

describe("backlog", () => {
  it("is read in pages, and every task is handed out once, in order", async () => {
    const bench = new Bench();
    const taskIds = Array.from({ length: 2_500 }, (_, index) => index + 1);
    await bench.commit(...taskIds.map((taskId) => row(taskId)));
    for (let polls = 0; polls < taskIds.length; polls++) bench.poll("w");
    for (let turns = 0; bench.started.length < taskIds.length && turns < 100; turns++) {
      await settled();
    }
    assert.deepEqual(
      bench.started,
      taskIds.map((taskId) => `task ${taskId} to w`),
    );
    assert.ok(bench.pageLimits.length >= 3, "One page would hold the whole backlog in memory");
  });

  it("takes offers beyond its window from the store later", async () => {
    const { bench } = await withPoller();
    const taskIds = Array.from({ length: 1_200 }, (_, index) => index + 1);
    for (const taskId of taskIds) await bench.commit(row(taskId));
    for (let polls = 1; polls < taskIds.length; polls++) bench.poll();
    for (let turns = 0; bench.started.length < taskIds.length && turns < 100; turns++) {
      await settled();
    }
    assert.equal(new Set(bench.started).size, taskIds.length);
  });

  it("keeps the offer that comes while a page is being read", async () => {
    const bench = new Bench();
    const poll = bench.poll();
    await bench.commit(row(1));
    await settled();
    assert.equal(poll.answer, 1);
    assert.deepEqual(bench.started, ["task 1 to worker-1"]);
  });

  it("is read again after an error", async () => {
    const bench = new Bench();
    await bench.commit(row(1));
    bench.readError = new StoreUnavailableError("no luck");
    const poll = bench.poll();
    await settled();
    bench.readError = undefined;
    await settled();
    assert.equal(poll.answer, undefined);
    bench.clock.advance(RETRY_MS);
    await settled();
    assert.equal(poll.answer, 1);
  });

  it("has a task again whose start failed", async () => {
    const { bench, poll } = await withPoller();
    bench.failures.set(1, 2);
    await bench.commit(row(1));
    for (let tries = 0; tries < 2; tries++) {
      await settled();
      assert.equal(poll.answer, undefined);
      bench.clock.advance(RETRY_MS);
    }
    await settled();
    assert.equal(poll.answer, 1);
  });
});
