import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SetupError } from "../setup/setup-error.js";
import { plainTexts, type ReadSettings, readSettings } from "./read-settings.js";
import { parseSettingTexts } from "./setting-texts.js";
import { DEFAULT_SETTINGS, type DynamicSettings } from "./settings.js";

function read(key: string, value: unknown): ReadSettings {
  return readSettings(plainTexts(new Map([[key, value]])));
}

function readYaml(text: string): ReadSettings {
  return readSettings(parseSettingTexts(text, "f.yaml"));
}

describe("readSettings()", () => {
  it("has the official defaults, but for the rates of calls", () => {
    const { settings, errors, warnings } = readSettings(new Map());
    assert.deepEqual(settings, DEFAULT_SETTINGS);
    assert.deepEqual([errors, warnings], [[], []]);
    assert.equal(settings.idLengthMax, 1000);
    assert.equal(settings.namespaceRate, 0);
  });

  const values: readonly (readonly [string, unknown, keyof DynamicSettings, unknown])[] = [
    ["Limit.BLOBSize.Error", 1_000, "blobSizeMaxBytes", 1_000],
    ["history.workflowTaskRetryMaxInterval", "250ms", "workflowTaskRetryIntervalMsMax", 250],
    ["history.workflowTaskRetryMaxInterval", "10s", "workflowTaskRetryIntervalMsMax", 10_000],
    ["history.workflowTaskRetryMaxInterval", "1.5m", "workflowTaskRetryIntervalMsMax", 90_000],
    ["history.workflowTaskRetryMaxInterval", "1h30m", "workflowTaskRetryIntervalMsMax", 5_400_000],
    ["history.workflowTaskRetryMaxInterval", "10m0s", "workflowTaskRetryIntervalMsMax", 600_000],
    ["history.workflowTaskRetryMaxInterval", 30, "workflowTaskRetryIntervalMsMax", 30_000],
    ["system.enableCrossNamespaceCommands", true, "isCrossNamespaceAllowed", true],
    ["system.enableCrossNamespaceCommands", "true", "isCrossNamespaceAllowed", true],
    ["system.operatorRPSRatio", 0.5, "operatorShare", 0.5],
    ["frontend.namespaceRPS", 100, "namespaceRate", 100],
  ];
  for (const [key, value, field, expected] of values) {
    it(`reads ${JSON.stringify(value)} for ${key}`, () => {
      const { settings, errors, warnings } = read(key, value);
      assert.equal(settings[field], expected);
      assert.deepEqual([errors, warnings], [[], []]);
    });
  }

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ["limit.blobSize.error", "large", 'a whole number that is not negative, not "large"'],
    ["limit.blobSize.error", 1.5, "a whole number that is not negative, not 1.5"],
    ["frontend.rps", -1, "a whole number that is not negative, not -1"],
    ["frontend.namespaceBurstRatio", 0, "a number greater than 0, not 0"],
    [
      "history.workflowTaskRetryMaxInterval",
      "soon",
      'a time such as "10s", "1m30s" or 10 (seconds), not "soon"',
    ],
    ["system.enableEagerWorkflowStart", "yes", 'true or false, not "yes"'],
    ["callback.allowedAddresses", {}, "a list, not {}"],
  ];
  for (const [key, value, expected] of wrong) {
    it(`refuses ${JSON.stringify(value)} for ${key}`, () => {
      assert.deepEqual(read(key, value).errors, [`"${key}" must be ${expected}`]);
    });
  }

  it("warns of keys that mean nothing here", () => {
    const { settings, warnings } = read("no.such.key", 1);
    assert.deepEqual(settings, DEFAULT_SETTINGS);
    assert.deepEqual(warnings, ['"no.such.key" has no meaning here and is ignored']);
  });

  it("gives namespaces what is said for them, and all else to everybody", () => {
    const { settings, namespaces } = readYaml(`
limit.blobSize.error:
  - value: 10
    constraints: {}
  - value: 20
    constraints: { namespace: "one" }
limit.memoSize.error:
  - value: 30
`);
    assert.equal(settings.blobSizeMaxBytes, 10);
    assert.equal(namespaces.get("one")?.blobSizeMaxBytes, 20);
    assert.equal(namespaces.get("one")?.memoSizeMaxBytes, 30);
    assert.equal(namespaces.size, 1);
  });

  it("warns of constraints that mean nothing for a key", () => {
    const { settings, namespaces, warnings } = readYaml(`
limit.maxIDLength:
  - value: 10
    constraints: { namespace: one }
limit.blobSize.error:
  - value: 10
    constraints: { taskQueueName: q }
`);
    assert.deepEqual(settings, DEFAULT_SETTINGS);
    assert.equal(namespaces.size, 0);
    assert.deepEqual(warnings, [
      '"limit.maxIDLength" with constraint namespace has no meaning here and is ignored',
      '"limit.blobSize.error" with constraint taskQueueName has no meaning here and is ignored',
    ]);
  });
});

describe("parseSettingTexts()", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["a: [", /Cannot read the dynamic configuration "f\.yaml"/],
    ["- 1", /it must have keys with lists of values/],
    ["limit.maxIDLength: 5", /"limit\.maxIDLength" must be a list of entries with "value"/],
    ["limit.maxIDLength: [{ values: 5 }]", /"limit\.maxIDLength" must be a list of entries/],
  ];
  for (const [text, expected] of wrong) {
    it(`refuses ${text}`, () => {
      assert.throws(
        () => parseSettingTexts(text, "f.yaml"),
        (error) => error instanceof SetupError && expected.test(error.message),
      );
    });
  }

  it("takes an empty file", () => {
    assert.equal(parseSettingTexts("", "f.yaml").size, 0);
  });
});
