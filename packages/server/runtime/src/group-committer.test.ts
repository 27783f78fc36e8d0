import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SILENT_LOGGER, StoreUnavailableError } from "@perdure/kernel";
import type { RunSaving, StoreWrite } from "@perdure/persistence";
import { BATCH_BYTES_MAX, BATCH_WRITES_MAX, GroupCommitter } from "./group-committer.js";

const write = (runNo: number): StoreWrite => ({ kind: "deleteRun", runNo });

/** A committer whose store writes a batch when, and as, the test says. */
class Bench {
  /** Run numbers of each batch, in the order in which they were written. */
  readonly batches: number[][] = [];
  readonly discarded: string[] = [];
  readonly savings: string[] = [];
  failureCount = 0;
  readonly committer: GroupCommitter;
  #answer: ((answer: Error | readonly RunSaving[]) => void) | undefined;

  constructor() {
    const commit = (writes: readonly StoreWrite[]): Promise<readonly RunSaving[]> => {
      this.batches.push(writes.map((one) => (one.kind === "deleteRun" ? one.runNo : 0)));
      return new Promise((resolve, reject) => {
        this.#answer = (answer) => (answer instanceof Error ? reject(answer) : resolve(answer));
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
    const noteSavings = (savings: readonly RunSaving[]): void => {
      for (const { runNo: savedNo, savedBytes } of savings) {
        this.savings.push(`${owner}: ${savedBytes} of ${savedNo}`);
      }
    };
    this.committer.add([write(runNo)], { discard, noteSavings }).durable.then(
      () => (seen.outcome = "stored"),
      (error: unknown) => (seen.outcome = (error as Error).name),
    );
    return seen;
  }

  /** Ends the write that is under way. */
  async answer(answer: Error | readonly RunSaving[] = []): Promise<void> {
    this.#answer?.(answer);
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

  it("tells the owners of a batch what is saved, before it is durable for them", async () => {
    const bench = new Bench();
    const first = bench.add(1, "a");
    bench.add(2, "b");
    await settled();
    bench.add(3, "c");
    await bench.answer([{ runNo: 2, savedBytes: 500 }]);
    assert.deepEqual(bench.savings, ["a: 500 of 2", "b: 500 of 2"]);
    assert.equal(first.outcome, "stored");
    await bench.answer();
    assert.equal(bench.savings.length, 2);
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
    bench.committer
      .add([write(1)], { discard, noteSavings: () => undefined })
      .durable.catch(() => undefined);
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

  it("lets a full batch go without the writes that come after it, in their order", async () => {
    const bench = new Bench();
    bench.add(0);
    await settled();
    const seen = Array.from({ length: 2 * BATCH_WRITES_MAX + 1 }, (_, index) => bench.add(index));
    await bench.answer();
    assert.equal(bench.batches[1]?.length, BATCH_WRITES_MAX);
    await bench.answer();
    assert.equal(seen[BATCH_WRITES_MAX - 1]?.outcome, "stored");
    assert.equal(seen[BATCH_WRITES_MAX]?.outcome, "waits");
    await bench.answer();
    await bench.answer();
    assert.deepEqual(
      bench.batches.slice(1).map((batch) => batch.length),
      [BATCH_WRITES_MAX, BATCH_WRITES_MAX, 1],
    );
    assert.deepEqual(
      bench.batches.slice(1).flat(),
      seen.map((_, index) => index),
    );
    assert.ok(seen.every(({ outcome }) => outcome === "stored"));
    await bench.committer.drain();
  });

  it("never splits what is added together, however much it is", async () => {
    const bench = new Bench();
    bench.add(1);
    const many = Array.from({ length: BATCH_WRITES_MAX + 5 }, (_, index) => write(index));
    bench.committer.add(many, undefined);
    bench.add(2);
    await settled();
    assert.equal(bench.batches[0]?.length, BATCH_WRITES_MAX + 6);
    await bench.answer();
    assert.deepEqual(bench.batches[1], [2]);
    await bench.answer();
  });

  it("counts the bytes of histories, deltas and snapshots", async () => {
    const large = new Uint8Array(BATCH_BYTES_MAX / 4);
    const entry = { runNo: 1, seq: 1, firstEventId: 1, eventCount: 1, events: large, delta: large };
    const snapshot = { seq: 1, data: large };
    const bench = new Bench();
    bench.committer.add([{ kind: "appendLog", entry }], undefined);
    bench.add(1);
    bench.committer.add([{ kind: "updateRun", runNo: 1, snapshot }], undefined);
    bench.committer.add([{ kind: "updateRun", runNo: 1, snapshot }], undefined);
    bench.add(2);
    await settled();
    await bench.answer();
    assert.deepEqual(bench.batches, [[0, 1, 0, 0], [2]]);
    await bench.answer();
  });

  it("fails every batch that waits behind a failed one, and goes on", async () => {
    const bench = new Bench();
    const first = bench.add(0, "first");
    await settled();
    const many = Array.from({ length: BATCH_WRITES_MAX }, (_, index) => write(index));
    bench.committer.add(many, {
      discard: () => void bench.discarded.push("second"),
      noteSavings: () => undefined,
    });
    const last = bench.add(1, "third");
    await bench.answer(new StoreUnavailableError("disk full"));
    assert.deepEqual(bench.discarded, ["first", "second", "third"]);
    assert.deepEqual([first.outcome, last.outcome], Array(2).fill("StoreUnavailableError"));
    assert.deepEqual(bench.batches, [[0]]);
    assert.equal(bench.failureCount, 1);
    const next = bench.add(7);
    await settled();
    await bench.answer();
    assert.equal(next.outcome, "stored");
    await bench.committer.drain();
  });
});
