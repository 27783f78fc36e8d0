import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { WorkerHeartbeat, type WorkerHeartbeatInit } from "@perdure/proto/temporal/api/worker/v1";
import { parseWorkerFilter } from "./worker-filter.js";
import { WorkerRegistry } from "./worker-registry.js";

function heartbeat(fields: WorkerHeartbeatInit): WorkerHeartbeat {
  return WorkerHeartbeat.decode(WorkerHeartbeat.encode(fields));
}

describe("WorkerRegistry", () => {
  it("knows a worker by its newest heartbeat, in its own namespace", () => {
    const registry = new WorkerRegistry();
    registry.record("ns", heartbeat({ workerInstanceKey: "w", sdkVersion: "1" }), 0);
    registry.record("ns", heartbeat({ workerInstanceKey: "w", sdkVersion: "2" }), 10);
    assert.equal(registry.find("ns", "w", 10)?.sdkVersion, "2");
    assert.equal(registry.find("other", "w", 10), undefined);
    assert.equal(registry.list("ns", 10).length, 1);
  });

  it("forgets a worker that is silent for five minutes", () => {
    const registry = new WorkerRegistry();
    registry.record("ns", heartbeat({ workerInstanceKey: "w" }), 0);
    assert.notEqual(registry.find("ns", "w", 300_000), undefined);
    assert.equal(registry.find("ns", "w", 300_001), undefined);
    assert.deepEqual(registry.list("ns", 300_001), []);
  });
});

describe("parseWorkerFilter()", () => {
  const worker = heartbeat({ workerInstanceKey: "w", taskQueue: "q", sdkName: "sdk" });

  it("compares fields and joins comparisons", () => {
    assert.equal(parseWorkerFilter("")(worker), true);
    assert.equal(parseWorkerFilter("TaskQueue = 'q' AND SdkName != \"other\"")(worker), true);
    assert.equal(parseWorkerFilter("TaskQueue = 'q' and SdkName = 'other'")(worker), false);
  });

  it("refuses what it does not know", () => {
    assert.throws(() => parseWorkerFilter("NoSuchField = 'x'"), InvalidArgumentError);
    assert.throws(() => parseWorkerFilter("TaskQueue LIKE 'x'"), InvalidArgumentError);
  });
});
