import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeSuite, runSuite } from "./run-suite.mjs";

const MINUTE_MS = 60_000;

describe("judgeSuite()", () => {
  const cases = [
    ["believes exit status and counts that agree", 0, [5, 0], [5, 0, undefined]],
    ["believes failures that agree", 1, [5, 2], [5, 2, undefined]],
    ["distrusts a suite without counts", 0, undefined, [0, 1, "no counts, exit status 0"]],
    ["distrusts a suite that ran nothing", 0, [0, 0], [0, 1, "ran no tests"]],
    ["counts a crash after the last test", 1, [5, 0], [5, 1, "exit status 1"]],
    ["tells of failures with exit status 0", 0, [5, 2], [5, 2, "exit status 0 despite failures"]],
  ];
  for (const [name, exitCode, counts, expected] of cases) {
    it(name, () => {
      const summary =
        counts === undefined ? undefined : { passed: counts[0], failed: counts[1], skipped: 0 };
      const { passed, failed, problem } = judgeSuite(exitCode, summary);
      assert.deepEqual([passed, failed, problem], expected);
    });
  }
});

describe("runSuite()", () => {
  const node = (script) => ({
    command: [process.execPath, "-e", script],
    timeoutMs: MINUTE_MS,
  });
  const writeCounts = (text) =>
    `require("node:fs").writeFileSync(process.env.PERDURE_TEST_SUMMARY, ${JSON.stringify(text)});`;

  it("reads the counts that the suite writes, and keeps its output", async () => {
    const counts = writeCounts('{"passed":3,"failed":0,"skipped":1}');
    const result = await runSuite(node(`${counts} console.log("done");`));
    assert.deepEqual(
      { ...result, durationMs: 0 },
      { passed: 3, failed: 0, skipped: 1, durationMs: 0, output: "done\n", problem: undefined },
    );
  });

  it("takes counts that are no numbers for none", async () => {
    for (const text of ["", "[]", '{"passed":-1,"failed":0}', '{"passed":"1","failed":0}']) {
      const result = await runSuite(node(writeCounts(text)));
      assert.equal(result.failed, 1, text);
      assert.match(result.problem, /no counts/);
    }
  });

  it("ends a suite that hangs, and tells so", async () => {
    const hanging = { ...node("setInterval(() => {}, 1000)"), timeoutMs: 300 };
    const result = await runSuite(hanging);
    assert.equal(result.failed, 1);
    assert.match(result.output, /still running after 0\.3 s/);
  });
});
