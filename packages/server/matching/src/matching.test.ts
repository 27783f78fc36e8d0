import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StoreUnavailableError } from "@perdure/kernel";
import { Bench, POLL_TIMEOUT_MS, QUEUE, row, settled, withPoller } from "./testing/bench.js";

describe("takePoller()", () => {
  it("takes the poller that waits longest, once", async () => {
    const bench = new Bench();
    const polls = [bench.poll("a"), bench.poll("b")];
    await settled();
    const taken = bench.matching.takePoller(QUEUE);
    assert.equal(taken?.info.identity, "a");
    taken?.deliver({ response: Uint8Array.of(9) });
    await settled();
    assert.deepEqual(
      polls.map(({ answer }) => answer),
      [9, undefined],
    );
  });

  it("takes none while tasks wait, or may wait in the store", async () => {
    const bench = new Bench();
    assert.equal(bench.matching.takePoller(QUEUE), undefined);
    bench.poll();
    assert.equal(bench.matching.takePoller(QUEUE), undefined, "The store was not read yet");
    await settled();
    assert.notEqual(bench.matching.takePoller(QUEUE), undefined);
  });

  it("puts a released poller before the others, with the deadline it had", async () => {
    const bench = new Bench();
    const first = bench.poll("a");
    bench.clock.advance(50_000);
    bench.poll("b");
    await settled();
    bench.matching.takePoller(QUEUE)?.release();
    assert.equal(bench.matching.takePoller(QUEUE)?.info.identity, "a");
    bench.clock.advance(11_000);
    await settled();
    assert.equal(first.answer, "none");
  });

  it("forgets a released poller whose time ended meanwhile", async () => {
    const { bench, poll } = await withPoller();
    const taken = bench.matching.takePoller(QUEUE);
    bench.clock.advance(POLL_TIMEOUT_MS + 1_000);
    taken?.release();
    await settled();
    assert.equal(poll.answer, "none");
    assert.equal(bench.matching.takePoller(QUEUE), undefined);
  });
});

describe("transient work", () => {
  const dispatch = { response: Uint8Array.of(42) };

  it("goes to a waiting poller, ahead of stored tasks", async () => {
    const bench = new Bench();
    await bench.commit(row(1));
    bench.matching.offerTransient(QUEUE, { start: () => Promise.resolve(dispatch) });
    const polls = [bench.poll("a"), bench.poll("b")];
    await settled();
    assert.deepEqual(
      polls.map(({ answer }) => answer),
      [42, 1],
    );
  });

  it("that is taken back reaches nobody", async () => {
    const bench = new Bench();
    const takeBack = bench.matching.offerTransient(QUEUE, {
      start: () => Promise.resolve(dispatch),
    });
    takeBack();
    const poll = bench.poll();
    await settled();
    assert.equal(poll.answer, undefined);
  });

  it("that nobody wants any more, or that fails, leaves its poller waiting", async () => {
    const { bench, poll } = await withPoller();
    const failure = new StoreUnavailableError("no luck");
    bench.matching.offerTransient(QUEUE, { start: () => Promise.resolve(undefined) });
    await settled();
    bench.matching.offerTransient(QUEUE, { start: () => Promise.reject(failure) });
    await settled();
    assert.equal(poll.answer, undefined);
    await bench.commit(row(1));
    await settled();
    assert.equal(poll.answer, 1);
  });
});

describe("hasRecentPoller()", () => {
  it("knows polls that wait, and those that ended a while ago", async () => {
    const { bench } = await withPoller();
    assert.equal(bench.matching.hasRecentPoller(QUEUE, 0), true);
    bench.clock.advance(POLL_TIMEOUT_MS + 1_000);
    bench.clock.advance(10_000);
    assert.equal(bench.matching.hasRecentPoller(QUEUE, 15_000), true);
    assert.equal(bench.matching.hasRecentPoller(QUEUE, 5_000), false);
    assert.equal(bench.matching.hasRecentPoller({ ...QUEUE, name: "other" }, 60_000), false);
  });

  it("knows none of a queue whose pollers are forgotten, which ends their polls", async () => {
    const { bench, poll } = await withPoller();
    bench.matching.forgetPollers(QUEUE);
    await settled();
    assert.equal(poll.answer, "none");
    assert.equal(bench.matching.hasRecentPoller(QUEUE, Number.MAX_SAFE_INTEGER), false);
  });

  it("forgets queues that nobody used for long", async () => {
    const { bench } = await withPoller();
    bench.clock.advance(POLL_TIMEOUT_MS + 30 * 60_000);
    assert.equal(bench.matching.hasRecentPoller(QUEUE, Number.MAX_SAFE_INTEGER), false);
    const poll = bench.poll();
    await bench.commit(row(1));
    await settled();
    assert.equal(poll.answer, 1);
  });
});

describe("stop()", () => {
  it("ends every poll with nothing and takes no more", async () => {
    const { bench, poll } = await withPoller();
    bench.matching.stop();
    const late = bench.poll("late");
    await settled();
    assert.deepEqual([poll.answer, late.answer], ["none", "none"]);
  });

  it("ends a poll that is taken at the time, once it is released", async () => {
    const { bench, poll } = await withPoller();
    const taken = bench.matching.takePoller(QUEUE);
    bench.matching.stop();
    taken?.release();
    await settled();
    assert.equal(poll.answer, "none");
  });

  it("lets a task that is taken at the time reach its poller", async () => {
    const { bench, poll } = await withPoller();
    const taken = bench.matching.takePoller(QUEUE);
    bench.matching.stop();
    taken?.deliver({ response: Uint8Array.of(9) });
    await settled();
    assert.equal(poll.answer, 9);
  });
});
