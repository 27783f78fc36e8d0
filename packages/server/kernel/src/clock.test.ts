import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "./clock.js";
import { VirtualClock } from "./virtual-clock.js";

describe("systemClock()", () => {
  it("reads the process's time and never goes back", () => {
    const clock = systemClock();
    const before = Date.now();
    const readings = Array.from({ length: 100 }, () => clock.nowMs());
    assert.ok(readings.every((reading, index) => reading >= (readings[index - 1] ?? before)));
  });

  it("calls back once, and never early", async () => {
    const clock = systemClock();
    const startMs = clock.nowMs();
    // Scheduled calls do not keep a process alive.
    const keepAlive = new MessageChannel();
    keepAlive.port1.ref();
    const calledMs = await new Promise<number>((resolve) => {
      clock.schedule(15, () => resolve(clock.nowMs()));
    });
    keepAlive.port1.close();
    assert.ok(calledMs >= startMs + 15);
  });

  it("takes a call back", async () => {
    const clock = systemClock();
    const keepAlive = new MessageChannel();
    keepAlive.port1.ref();
    let isCalled = false;
    const call = clock.schedule(1, () => {
      isCalled = true;
    });
    call.cancel();
    await new Promise<void>((resolve) => void clock.schedule(10, resolve));
    keepAlive.port1.close();
    assert.equal(isCalled, false);
  });
});

describe("VirtualClock", () => {
  it("runs calls in the order of their time, then of their scheduling", () => {
    const clock = new VirtualClock(0);
    const calls: string[] = [];
    clock.schedule(20, () => calls.push("late"));
    clock.schedule(10, () => calls.push("first"));
    clock.schedule(10, () => calls.push("second"));
    clock.advance(20);
    assert.deepEqual(calls, ["first", "second", "late"]);
  });

  it("shows each call the time at which it is due", () => {
    const clock = new VirtualClock(100);
    const seen: number[] = [];
    clock.schedule(5, () => {
      seen.push(clock.nowMs());
      clock.schedule(5, () => seen.push(clock.nowMs()));
    });
    clock.advance(50);
    assert.deepEqual(seen, [105, 110]);
    assert.equal(clock.nowMs(), 150);
  });

  it("leaves alone what is due later or was taken back", () => {
    const clock = new VirtualClock(0);
    const calls: string[] = [];
    clock.schedule(10, () => calls.push("canceled")).cancel();
    clock.schedule(11, () => calls.push("later"));
    clock.advance(10);
    assert.deepEqual(calls, []);
    assert.equal(clock.nextCallAtMs(), 11);
  });

  it("jumps to the next call, if there is one", () => {
    const clock = new VirtualClock(0);
    clock.schedule(1_000, () => undefined);
    assert.equal(clock.runNext(), true);
    assert.equal(clock.nowMs(), 1_000);
    assert.equal(clock.runNext(), false);
    assert.equal(clock.nextCallAtMs(), undefined);
  });

  it("takes a negative delay for none", () => {
    const clock = new VirtualClock(50);
    clock.schedule(-20, () => undefined);
    assert.equal(clock.nextCallAtMs(), 50);
  });
});
