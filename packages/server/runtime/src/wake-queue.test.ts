import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom, VirtualClock } from "@perdure/kernel";
import { type WakeEntry, WakeQueue } from "./wake-queue.js";

describe("WakeQueue", () => {
  it("wakes at the time, never before, in the order of time", () => {
    const clock = new VirtualClock(0);
    const queue = new WakeQueue(clock);
    const random = seededRandom(4);
    const woken: number[] = [];
    for (let count = 0; count < 500; count++) {
      const atMs = Math.floor(random.next() * 1_000);
      queue.add(atMs, () => {
        assert.equal(clock.nowMs(), atMs);
        woken.push(atMs);
      });
    }
    clock.advance(1_000);
    assert.equal(woken.length, 500);
    assert.deepEqual(
      woken,
      [...woken].sort((a, b) => a - b),
    );
  });

  it("wakes at once for a time that has passed", () => {
    const clock = new VirtualClock(1_000);
    let wakeCount = 0;
    new WakeQueue(clock).add(500, () => {
      wakeCount += 1;
    });
    clock.advance(0);
    assert.equal(wakeCount, 1);
  });

  it("forgets what is taken back", () => {
    const clock = new VirtualClock(0);
    const queue = new WakeQueue(clock);
    const woken: string[] = [];
    const first = queue.add(10, () => woken.push("first"));
    queue.add(20, () => woken.push("second"));
    first.cancel();
    clock.advance(30);
    assert.deepEqual(woken, ["second"]);
  });

  it("shares one timer, which moves to an earlier entry", () => {
    const clock = new VirtualClock(0);
    const queue = new WakeQueue(clock);
    for (const atMs of [50, 40, 60]) queue.add(atMs, () => undefined);
    assert.equal(clock.nextCallAtMs(), 40);
    let callCount = 0;
    while (clock.runNext()) callCount += 1;
    assert.equal(callCount, 3);
  });

  it("lets a wake-up add another that is due too", () => {
    const clock = new VirtualClock(0);
    const queue = new WakeQueue(clock);
    const woken: string[] = [];
    queue.add(10, () => {
      woken.push("outer");
      queue.add(10, () => woken.push("inner"));
    });
    clock.advance(10);
    assert.deepEqual(woken, ["outer", "inner"]);
  });

  it("is silent after it stopped", () => {
    const clock = new VirtualClock(0);
    const queue = new WakeQueue(clock);
    queue.add(10, () => assert.fail("It woke"));
    queue.stop();
    clock.advance(100);
    assert.equal(clock.nextCallAtMs(), undefined);
  });

  it("does not keep entries that were taken back long before their time", () => {
    const queue = new WakeQueue(new VirtualClock(0));
    for (let count = 0; count < 100; count++) queue.add(86_400_000, () => undefined);
    for (let count = 0; count < 20_000; count++) {
      queue.add(86_400_000 + count, () => undefined).cancel();
      assert.ok(queue.size <= 1_101);
    }
  });

  it("wakes what is left, in order, when taken back entries were dropped", () => {
    const clock = new VirtualClock(0);
    const queue = new WakeQueue(clock);
    const random = seededRandom(5);
    const wanted: number[] = [];
    const woken: number[] = [];
    const entries = Array.from({ length: 6_000 }, (_, index) => {
      const atMs = 1 + Math.floor(random.next() * 1_000);
      const isKept = index % 3 === 0;
      if (isKept) wanted.push(atMs);
      return { isKept, entry: queue.add(atMs, () => woken.push(atMs)) };
    });
    for (const { isKept, entry } of entries) if (!isKept) entry.cancel();
    assert.ok(queue.size < 4_000);
    clock.advance(1_000);
    assert.deepEqual(
      woken,
      wanted.sort((a, b) => a - b),
    );
    assert.equal(queue.size, 0);
  });

  it("lets wake-ups take back so many others that entries are dropped meanwhile", () => {
    const clock = new VirtualClock(0);
    const queue = new WakeQueue(clock);
    const others: WakeEntry[] = [];
    const woken: string[] = [];
    queue.add(10, () => {
      for (const other of others) other.cancel();
    });
    for (let count = 0; count < 1_500; count++) {
      others.push(queue.add(10, () => assert.fail("It woke")));
    }
    queue.add(20, () => woken.push("last"));
    clock.advance(20);
    assert.deepEqual(woken, ["last"]);
    assert.equal(queue.size, 0);
  });

  it("counts an entry that is taken back again, or after it woke, once at most", () => {
    const clock = new VirtualClock(0);
    const queue = new WakeQueue(clock);
    const entries = Array.from({ length: 1_001 }, () => queue.add(10, () => undefined));
    clock.advance(10);
    for (const entry of entries) entry.cancel();
    const cancelled = queue.add(20, () => undefined);
    for (let count = 0; count < 2_000; count++) cancelled.cancel();
    assert.equal(queue.size, 1, "Too few are cancelled to drop them");
  });
});
