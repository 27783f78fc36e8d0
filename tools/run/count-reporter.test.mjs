import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { inRoot } from "./workspace.mjs";

const IMPORTS = [
  'import { describe, it } from "node:test";',
  'import assert from "node:assert/strict";',
].join("\n");

const FILES = {
  "mixed.test.mjs": `${IMPORTS}
    describe("outer", () => {
      it("passes", () => {});
      it("fails", () => assert.equal(1, 2));
      it("is skipped", { skip: true }, () => {});
      it("is to be done", { todo: true }, () => assert.fail());
      describe("inner", () => { it("passes too", () => {}); });
    });`,
  "good.test.mjs": `${IMPORTS}\nit("passes", () => {});`,
  "empty.test.mjs": "export {};",
  "broken.test.mjs": 'throw new TypeError("at load");',
};

describe("countReporter()", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "perdure-reporter-"));
    for (const [file, text] of Object.entries(FILES)) {
      writeFileSync(path.join(folder, file), text);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(...files) {
    const summary = path.join(folder, "summary.json");
    const reporter = `--test-reporter=${inRoot("tools/run/count-reporter.mjs")}`;
    const flags = ["--test", reporter, "--test-reporter-destination=stdout"];
    const env = { ...process.env, PERDURE_TEST_SUMMARY: summary };
    // Otherwise the inner runner takes itself for a part of this one.
    delete env.NODE_TEST_CONTEXT;
    const paths = files.map((file) => path.join(folder, file));
    const { stdout, status } = spawnSync(process.execPath, [...flags, ...paths], {
      env,
      encoding: "utf8",
    });
    return { stdout, status, counts: JSON.parse(readFileSync(summary, "utf8")) };
  }

  it("counts tests, not the groups and files that hold them", () => {
    const { counts, status } = run("mixed.test.mjs");
    assert.deepEqual(counts, { passed: 2, failed: 1, skipped: 2 });
    assert.equal(status, 1);
  });

  it("shows failures with the names of all that they are in, and nothing else", () => {
    const { stdout } = run("mixed.test.mjs", "good.test.mjs");
    assert.match(stdout, /FAILED outer > fails/);
    assert.doesNotMatch(stdout, /passes|skipped|to be done/);
    assert.match(stdout, /\n3 passed, 1 failed\n$/);
  });

  it("takes a file without tests, or one that does not load, for a failure", () => {
    for (const file of ["empty.test.mjs", "broken.test.mjs"]) {
      const { counts, status } = run(file, "good.test.mjs");
      assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 }, file);
      assert.equal(status, 1);
    }
  });
});
