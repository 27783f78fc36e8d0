import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DeadlineWheel } from "./deadline-wheel.js";
import { seededRandom } from "./random.js";
import { VirtualClock } from "./virtual-clock.js";

/** How late a deadline may be noticed. */
const LATENESS_MS_MAX = 250;

function begin(): { clock: VirtualClock; wheel: DeadlineWheel<string>; expired: string[] } {
  const clock = new VirtualClock();
  const expired: string[] = [];
  return { clock, expired, wheel: new DeadlineWheel(clock, (item) => expired.push(item)) };
}

describe("DeadlineWheel", () => {
  it("notices a deadline late by one bucket at most, and never early", () => {
    const random = seededRandom(3);
    const clock = new VirtualClock();
    const expiredAtMs = new Map<number, number>();
    const wheel = new DeadlineWheel<number>(clock, (item) => expiredAtMs.set(item, clock.nowMs()));
    const dueAtMs = Array.from({ length: 200 }, (_, item) => {
      clock.advance(Math.floor(random.next() * 100));
      const timeoutMs = Math.floor(random.next() * 5_000);
      wheel.add(item, timeoutMs);
      return clock.nowMs() + timeoutMs;
    });
    clock.advance(10_000);
    for (const [item, dueMs] of dueAtMs.entries()) {
      const lateMs = (expiredAtMs.get(item) ?? Infinity) - dueMs;
      assert.ok(lateMs >= 0 && lateMs <= LATENESS_MS_MAX, `Item ${item} was ${lateMs} ms late`);
    }
  });

  it("expires an item once", () => {
    const { clock, wheel, expired } = begin();
    wheel.add("a", 100);
    clock.advance(10_000);
    assert.deepEqual(expired, ["a"]);
  });

  it("forgets what is taken out", () => {
    const { clock, wheel, expired } = begin();
    const remove = wheel.add("a", 100);
    wheel.add("b", 100);
    remove();
    clock.advance(1_000);
    remove();
    assert.deepEqual(expired, ["b"]);
  });

  it("arms one timer for all, and none when it stops", () => {
    const { clock, wheel, expired } = begin();
    for (let item = 0; item < 10; item++) wheel.add(`${item}`, 5_000);
    wheel.add("early", 500);
    let calls = 0;
    while (clock.runNext()) calls += 1;
    assert.equal(calls, 2);
    assert.equal(expired.length, 11);
    wheel.add("late", 500);
    wheel.stop();
    assert.equal(clock.nextCallAtMs(), undefined);
  });

  it("lets the expiry of one item add another", () => {
    const clock = new VirtualClock();
    const expired: string[] = [];
    const wheel = new DeadlineWheel<string>(clock, (item) => {
      expired.push(item);
      if (item === "a") wheel.add("b", 300);
    });
    wheel.add("a", 300);
    clock.advance(2_000);
    assert.deepEqual(expired, ["a", "b"]);
  });
});
