import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DeadlineSource, SkippingClock } from "./skipping-clock.js";
import { VirtualClock } from "./virtual-clock.js";

const YEAR_MS = 365 * 24 * 3_600_000;

/** Deadlines that are noted when they come. */
class Deadlines implements DeadlineSource {
  readonly fired: number[] = [];
  #times: number[];

  constructor(
    readonly clock: SkippingClock,
    times: readonly number[],
  ) {
    this.#times = [...times];
    clock.addSource(this);
  }

  get nextAtMs(): number | undefined {
    return this.#times[0];
  }

  fire(): void {
    const nowMs = this.clock.nowMs();
    this.fired.push(...this.#times.filter((at) => at <= nowMs));
    this.#times = this.#times.filter((at) => at > nowMs);
  }
}

/** Lets what is scheduled for now happen; no time passes. */
function settle(real: VirtualClock): void {
  for (let turn = 0; turn < 10; turn++) real.advance(0);
}

describe("SkippingClock", () => {
  it("skips from deadline to deadline once it is unlocked", () => {
    const real = new VirtualClock(1000);
    const clock = new SkippingClock(real);
    const deadlines = new Deadlines(clock, [1000 + YEAR_MS, 1000 + 2 * YEAR_MS]);
    clock.consider();
    settle(real);
    assert.equal(clock.nowMs(), 1000);
    clock.unlock();
    settle(real);
    assert.deepEqual(deadlines.fired, [1000 + YEAR_MS, 1000 + 2 * YEAR_MS]);
    assert.equal(clock.nowMs(), 1000 + 2 * YEAR_MS);
    real.advance(5);
    assert.equal(clock.nowMs(), 1005 + 2 * YEAR_MS);
  });

  it("waits for what takes real time, and while it is held", () => {
    const real = new VirtualClock(1000);
    const clock = new SkippingClock(real);
    const deadlines = new Deadlines(clock, [1000 + YEAR_MS]);
    clock.note("task", true);
    const release = clock.hold();
    clock.unlock();
    settle(real);
    clock.note("task", false);
    settle(real);
    assert.deepEqual(deadlines.fired, []);
    release();
    release();
    settle(real);
    assert.deepEqual(deadlines.fired, [1000 + YEAR_MS]);
  });

  it("counts its locks", () => {
    const real = new VirtualClock(1000);
    const clock = new SkippingClock(real);
    const deadlines = new Deadlines(clock, [1000 + YEAR_MS]);
    clock.lock();
    clock.unlock();
    settle(real);
    assert.deepEqual(deadlines.fired, []);
    clock.unlock();
    assert.ok(!clock.isLocked);
    assert.throws(() => clock.unlock(), /Only a locked clock is unlocked/);
  });

  it("runs calls that are scheduled on it in real time", () => {
    const real = new VirtualClock(1000);
    const clock = new SkippingClock(real);
    new Deadlines(clock, [1000 + YEAR_MS]);
    let isCalled = false;
    clock.schedule(100, () => {
      isCalled = true;
    });
    clock.unlock();
    settle(real);
    assert.ok(!isCalled);
    real.advance(100);
    assert.ok(isCalled);
  });
});
