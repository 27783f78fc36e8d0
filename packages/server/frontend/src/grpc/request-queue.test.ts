import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RequestQueue } from "./request-queue.js";

describe("RequestQueue", () => {
  it("gives requests in order, tells when each is taken, and ends", async () => {
    const taken: number[] = [];
    const queue = new RequestQueue<string>((bytes) => taken.push(bytes));
    queue.push("a", 1);
    queue.push("b", 2);
    const iterator = queue[Symbol.asyncIterator]();
    assert.deepEqual(taken, []);
    assert.equal((await iterator.next()).value, "a");
    assert.deepEqual(taken, [1]);
    const rest = [await iterator.next(), iterator.next()];
    queue.end();
    assert.deepEqual(
      (await Promise.all(rest)).map(({ value }) => value),
      ["b", undefined],
    );
    assert.deepEqual(taken, [1, 2]);
  });
});
