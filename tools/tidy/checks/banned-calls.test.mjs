import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SourceFile } from "../source-file.mjs";
import { findBannedCalls } from "./banned-calls.mjs";

const PRODUCT = "packages/server/runtime/src/wake-queue.ts";
const find = (text, path = PRODUCT) =>
  findBannedCalls(new SourceFile(path, text)).map(({ line, message }) => `${line} ${message}`);

const BANNED = [
  ["const now = Date.now();", '"Date.now"'],
  ["const now = new Date();", '"new Date()"'],
  ["const age = performance.now() - startedAtMs;", '"performance.now"'],
  ["const dice = Math.random();", '"Math.random"'],
  ["setTimeout(() => {}, 10);", '"setTimeout"'],
  ["globalThis.setInterval(poll, 10);", '"globalThis.setInterval"'],
  ["const id = crypto.randomUUID();", '"crypto.randomUUID"'],
  ['import { randomUUID } from "node:crypto";', '"randomUUID"'],
  ['import { setTimeout as sleep } from "node:timers/promises";', '"node:timers/promises"'],
  ['throw new Error("no");', '"throw new Error"'],
];

const ALLOWED = [
  "const at = new Date(timeMs);",
  "const now = clock.nowMs();",
  "setImmediate(() => {});",
  'import { createHash } from "node:crypto";',
  'throw new InvariantError("no");',
  "// Date.now() is for the clock alone.",
  'const text = "Math.random()";',
];

describe("findBannedCalls()", () => {
  for (const [text, name] of BANNED) {
    it(`refuses ${text}`, () => {
      const [message, ...others] = find(`\n${text}`);
      assert.ok(message?.startsWith(`2 ${name}: `), message);
      assert.deepEqual(others, []);
    });
  }

  for (const text of ALLOWED) {
    it(`accepts ${text}`, () => {
      assert.deepEqual(find(text), []);
    });
  }

  it("lets the adapters of the kernel read the process's time", () => {
    assert.deepEqual(find("const now = Date.now();", "packages/server/kernel/src/clock.ts"), []);
  });

  it("lets not even an adapter throw a plain error", () => {
    assert.equal(find('throw new Error("no");', "packages/server/kernel/src/clock.ts").length, 1);
  });

  it("looks at product code alone", () => {
    for (const path of ["packages/a/b/src/c.test.ts", "tools/run/build.mjs"]) {
      assert.deepEqual(find("const now = Date.now();", path), []);
    }
  });
});
