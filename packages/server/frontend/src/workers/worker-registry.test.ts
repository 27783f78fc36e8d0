import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { WorkerStatus } from "@perdure/proto/temporal/api/enums/v1";
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

  it("forgets a worker that shuts down", () => {
    const registry = new WorkerRegistry();
    registry.record("ns", heartbeat({ workerInstanceKey: "w" }), 0);
    const status = WorkerStatus.SHUTDOWN;
    registry.record("ns", heartbeat({ workerInstanceKey: "w", status }), 10);
    assert.equal(registry.find("ns", "w", 10), undefined);
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

  const senseless = ["NoSuchField = 'x'", "TaskQueue LIKE 'x'", "TaskQueue = 1", "TaskQueue = ''"];
  for (const query of senseless) {
    it(`finds no worker by ${query}, nor by what comes after`, () => {
      assert.equal(parseWorkerFilter(query)(worker), false);
      assert.equal(parseWorkerFilter(`${query} OR TaskQueue = 'q'`)(worker), false);
      assert.equal(parseWorkerFilter(`TaskQueue = 'q' OR ${query}`)(worker), true);
    });
  }

  const times: readonly (readonly [condition: string, isFound: boolean])[] = [
    ["StartTime = '2026-01-02T03:04:05.5Z'", true],
    ["StartTime = '2026-01-02T05:04:05.500+02:00'", true],
    ["StartTime > 1767323045499999999", true],
    ["StartTime BETWEEN '2026-01-02T03:04:05Z' AND '2026-01-02T03:04:06Z'", true],
    ["StartTime NOT BETWEEN '2026-01-02T03:04:05Z' AND '2026-01-02T03:04:06Z'", false],
    ["HeartbeatTime BETWEEN 0 AND 1", false],
    ["HeartbeatTime = 0", true],
    ["HeartbeatTime IS NULL", true],
    ["StartTime = '2026-01-02'", false],
  ];
  for (const [condition, isFound] of times) {
    it(`${isFound ? "finds" : "does not find"} it by ${condition}`, () => {
      const started = heartbeat({ startTime: { seconds: 1_767_323_045n, nanos: 500_000_000 } });
      assert.equal(parseWorkerFilter(condition)(started), isFound);
    });
  }

  it("refuses what can't be read", () => {
    const message = "malformed query: syntax error at position 39";
    assert.throws(() => parseWorkerFilter("TaskQueue ="), new InvalidArgumentError(message));
    assert.throws(() => parseWorkerFilter("TaskQueue = 'q' LIMIT 1"), InvalidArgumentError);
    assert.throws(() => parseWorkerFilter("where TaskQueue = 'q'"), /invalid filter/);
  });
});
