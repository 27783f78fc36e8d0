import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { passEachSignalOnce } from "./signals.mjs";

describe("passEachSignalOnce()", () => {
  function begin() {
    const target = new EventEmitter();
    const clock = { nowMs: 0 };
    const seen = [];
    passEachSignalOnce(target, () => clock.nowMs);
    for (const event of ["SIGINT", "SIGTERM", "exit"]) target.on(event, () => seen.push(event));
    return { target, clock, seen };
  }

  it("hides the copy of a signal that comes at once", () => {
    const { target, seen } = begin();
    target.emit("SIGINT");
    target.emit("SIGINT");
    assert.deepEqual(seen, ["SIGINT"]);
  });

  it("passes a second Ctrl-C, another signal and other events", () => {
    const { target, clock, seen } = begin();
    target.emit("SIGINT");
    target.emit("SIGTERM");
    clock.nowMs = 250;
    target.emit("SIGINT");
    target.emit("exit");
    target.emit("exit");
    assert.deepEqual(seen, ["SIGINT", "SIGTERM", "SIGINT", "exit", "exit"]);
  });
});
