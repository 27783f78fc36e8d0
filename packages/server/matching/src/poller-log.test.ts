import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PollerLog } from "./poller-log.js";

const info = (identity: string, buildId = "") => ({ identity, buildId });

describe("PollerLog", () => {
  it("tells who polled lately, each once, the last one first", () => {
    const log = new PollerLog();
    log.note(info("a"), 1);
    log.note(info("b"), 2);
    log.note(info("a", "2.0"), 3);
    assert.deepEqual(log.list(4), [
      { info: info("a", "2.0"), lastPollAtMs: 3 },
      { info: info("b"), lastPollAtMs: 2 },
    ]);
  });

  it("forgets after five minutes, and the oldest when there are too many", () => {
    const log = new PollerLog();
    for (let index = 0; index < 1001; index++) log.note(info(`p${index}`), index);
    assert.equal(log.list(1001).length, 1000);
    assert.equal(log.list(1001).at(-1)?.info.identity, "p1");
    assert.deepEqual(log.list(1000 + 5 * 60_000), []);
  });
});
