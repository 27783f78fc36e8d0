import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { compareTranscripts } from "./comparison.js";
import { readRecordings } from "./recordings.js";
import { runAt, runOnSetups, type Transcripts } from "./run-on-setups.js";
import { scenarios } from "./scenarios/index.js";
import { startOurServer } from "./servers/our-server.js";

/** An address to test instead of starting our server; it has the standard set-up. */
const target = process.env.PERDURE_TARGET ?? "";

describe("our server, against recordings of the official one", () => {
  const chosen = scenarios.filter(({ setup }) => target === "" || setup === "standard");
  let expected: Transcripts | undefined;
  let actual: Transcripts | undefined;

  before(async () => {
    expected = await readRecordings(chosen);
    actual =
      target === "" ? (await runOnSetups(chosen, startOurServer))[0] : await runAt(target, chosen);
  });

  it("has scenarios with names of their own", () => {
    assert.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length);
  });

  for (const definition of chosen) {
    it(definition.name, () => {
      const [left, right] = [expected?.get(definition.name), actual?.get(definition.name)];
      assert.ok(left, "it was never recorded: see this suite's README");
      assert.ok(right);
      const diff = compareTranscripts(definition, { expected: left, actual: right });
      if (diff !== "") assert.fail(diff);
    });
  }
});
