import assert from "node:assert/strict";
import os from "node:os";
import { describe, it } from "node:test";
import { coresOfOthers } from "./machine.mjs";

describe("coresOfOthers()", () => {
  it("is what the machine used besides the server and the load generator", () => {
    const result = { host_busy_pct: 100, window_s: 10, cpu_s_server: 4, cpu_s_client: 2 };
    assert.equal(coresOfOthers(result), os.cpus().length - 0.6);
  });

  it("is unknown when the machine was not read", () => {
    assert.equal(coresOfOthers({ per_s: 3 }), undefined);
  });
});
