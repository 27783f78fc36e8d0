import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SILENT_LOGGER, StoreUnavailableError } from "@perdure/kernel";
import type { StoreWrite } from "@perdure/persistence";
import { GroupCommitter } from "./group-committer.js";

const write = (runNo: number): StoreWrite => ({ kind: "deleteRun", runNo });

/** A committer whose store writes a batch when, and as, the test says. */
class Bench {
  /** Run numbers of each batch, in the order in which they were written. */
  readonly batches: number[][] = [];
  readonly discarded: string[] = [];
  failureCount = 0;
  readonly committer: GroupCommitter;
  #answer: ((error: Error | undefined) => void) | undefined;

  constructor() {
    const commit = (writes: readonly StoreWrite[]): Promise<void> => {
      this.batches.push(writes.map((one) => (one.kind === "deleteRun" ? one.runNo : 0)));
      return new Promise((resolve, reject) => {
        this.#answer = (error) => (error === undefined ? resolve() : reject(error));
      });
    };
    this.committer = new GroupCommitter({ commit }, SILENT_LOGGER);
    this.committer.onFailure(() => {
      this.failureCount += 1;
    });
  }

  /** Adds a write; the result tells what became of it. */
  add(runNo: number, owner = "run"): { outcome: string } {
    const seen = { outcome: "waits" };
    const discard = (): void => void this.discarded.push(owner);
    this.committer.add([write(runNo)], { discard }).durable.then(
      () => (seen.outcome = "stored"),
      (error: unknown) => (seen.outcome = (error as Error).name),
    );
    return seen;
  }

  /** Ends the write that is under way. */
  async answer(error?: Error): Promise<void> {
    this.#answer?.(error);
    await settled();
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

describe("GroupCommitter", () => {
  it("puts the writes of one turn into one batch, in their order", async () => {
    const bench = new Bench();
    for (const runNo of [1, 2, 3]) bench.add(runNo);
    await settled();
    assert.deepEqual(bench.batches, [[1, 2, 3]]);
  });

  it("gathers the next batch while one is written, and tells each when it is durable", async () => {
    const bench = new Bench();
    const first = bench.add(1);
    await settled();
    const second = bench.add(2);
    const third = bench.add(3);
    await settled();
    assert.deepEqual(bench.batches, [[1]]);
    await bench.answer();
    assert.deepEqual([first.outcome, second.outcome], ["stored", "waits"]);
    assert.deepEqual(bench.batches, [[1], [2, 3]]);
    await bench.answer();
    assert.deepEqual([second.outcome, third.outcome], ["stored", "stored"]);
  });

  it("fails the batch behind a failed one, which was built on it", async () => {
    const bench = new Bench();
    const first = bench.add(1, "a");
    await settled();
    const second = bench.add(2, "b");
    await bench.answer(new StoreUnavailableError("disk full"));
    assert.deepEqual(
      [first.outcome, second.outcome],
      ["StoreUnavailableError", "StoreUnavailableError"],
    );
    assert.deepEqual(bench.discarded, ["a", "b"]);
    assert.deepEqual(bench.batches, [[1]], "The second batch never reaches the store");
    assert.equal(bench.failureCount, 1);
  });

  it("goes on after a failure", async () => {
    const bench = new Bench();
    bench.add(1);
    await settled();
    await bench.answer(new StoreUnavailableError("disk full"));
    const next = bench.add(2);
    await settled();
    await bench.answer();
    assert.equal(next.outcome, "stored");
  });

  it("takes what an owner writes while it forgets into a new batch", async () => {
    const bench = new Bench();
    let anew: Promise<void> | undefined;
    const discard = (): void => {
      anew = bench.committer.add([write(9)], undefined).durable;
    };
    bench.committer.add([write(1)], { discard }).durable.catch(() => undefined);
    await settled();
    await bench.answer(new StoreUnavailableError("disk full"));
    assert.deepEqual(bench.batches, [[1], [9]]);
    await bench.answer();
    await anew;
  });

  it("drains: waits for what is written and what gathers", async () => {
    const bench = new Bench();
    let isDrained = false;
    bench.add(1);
    await settled();
    bench.add(2);
    void bench.committer.drain().then(() => {
      isDrained = true;
    });
    await bench.answer();
    assert.equal(isDrained, false);
    await bench.answer();
    assert.equal(isDrained, true);
    await bench.committer.drain();
  });
});
