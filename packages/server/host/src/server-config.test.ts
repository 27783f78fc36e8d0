import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEFAULT_RUN_LIMITS } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import { readAttributes, readLimits } from "./server-config.js";

describe("readLimits()", () => {
  const read = (key: string, value: unknown) => readLimits(new Map([[key, value]]));

  it("has the official defaults", () => {
    assert.deepEqual(readLimits(new Map()), {
      limits: DEFAULT_RUN_LIMITS,
      callbackAddresses: [],
      unknownKeys: [],
    });
  });

  it("reads counts by their official key, in any case", () => {
    const { limits, unknownKeys } = read("Limit.BLOBSize.Error", 1_000);
    assert.equal(limits.blobSizeMaxBytes, 1_000);
    assert.deepEqual(unknownKeys, []);
  });

  const durations: readonly (readonly [unknown, number])[] = [
    ["250ms", 250],
    ["10s", 10_000],
    ["1.5m", 90_000],
    ["1h30m", 5_400_000],
    ["10m0s", 600_000],
    [30, 30_000],
  ];
  for (const [value, expectedMs] of durations) {
    it(`reads ${JSON.stringify(value)} as ${expectedMs} ms`, () => {
      const { limits } = read("history.workflowTaskRetryMaxInterval", value);
      assert.equal(limits.workflowTaskRetryIntervalMsMax, expectedMs);
    });
  }

  it("tells keys that mean nothing here, and values that are no values of theirs", () => {
    const illegal: readonly (readonly [string, unknown])[] = [
      ["frontend.rps", 5],
      ["limit.blobSize.error", "large"],
      ["history.workflowTaskRetryMaxInterval", "soon"],
      ["history.workflowTaskRetryMaxInterval", "10"],
      ["system.enableCrossNamespaceCommands", "yes"],
    ];
    for (const [key, value] of illegal) {
      assert.deepEqual(read(key, value), {
        limits: DEFAULT_RUN_LIMITS,
        callbackAddresses: [],
        unknownKeys: [key],
      });
    }
  });
});

describe("readAttributes()", () => {
  it("reads types by their name", () => {
    assert.equal(readAttributes(new Map([["Size", "Int"]])).size, 1);
    assert.equal(readAttributes().size, 0);
  });

  it("refuses a type that is none", () => {
    assert.throws(() => readAttributes(new Map([["Size", "Huge"]])), InvalidArgumentError);
  });
});
