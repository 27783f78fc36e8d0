import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SourceFile } from "../source-file.mjs";
import { findSleepingTests } from "./sleeping-tests.mjs";

const find = (text, path = "packages/a/b/src/c.test.ts") =>
  findSleepingTests(new SourceFile(path, text)).map(({ message }) => message);

describe("findSleepingTests()", () => {
  it("refuses timers and sleeps in tests and in what tests use", () => {
    const sleep = "await new Promise((resolve) => setTimeout(resolve, 50));";
    for (const path of ["packages/a/b/src/c.test.ts", "packages/a/b/src/testing/wait.ts"]) {
      assert.match(find(sleep, path)[0], /"setTimeout" in a test: move a VirtualClock/);
    }
    assert.equal(find('import { setTimeout } from "node:timers/promises";').length, 1);
    assert.equal(find("Atomics.wait(view, 0, 0, 50);").length, 1);
  });

  it("accepts giving way to others, which waits for no time", () => {
    assert.deepEqual(find('import { setImmediate } from "node:timers/promises";'), []);
    assert.deepEqual(find("setImmediate(resolve);"), []);
  });

  it("leaves product code and black-box suites alone", () => {
    assert.deepEqual(find("setTimeout(poll, 50);", "packages/a/b/src/c.ts"), []);
    assert.deepEqual(find("setTimeout(poll, 50);", "conformance/stop/stop.test.mjs"), []);
  });
});
