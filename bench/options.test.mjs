import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readOptions, UsageError } from "./options.mjs";
import { MEASUREMENTS, ROWS } from "./rows.mjs";

describe("readOptions()", () => {
  it("runs every row three times on every server by default", () => {
    const { rows, rounds, servers, idleCount } = readOptions([]);
    assert.equal(rows, ROWS);
    assert.equal(rounds, 3);
    assert.deepEqual(servers, ["perdure", "memory", "file", "tuned"]);
    assert.equal(idleCount, 100_000);
  });

  it("runs once, on two servers, with --quick", () => {
    const { rounds, servers } = readOptions(["--quick"]);
    assert.equal(rounds, 1);
    assert.deepEqual(servers, ["perdure", "memory"]);
  });

  it("lets a flag override what --quick means", () => {
    assert.equal(readOptions(["--quick", "--rounds", "5"]).rounds, 5);
  });

  it("takes rows by name, repeated or with commas", () => {
    const { rows } = readOptions(["--only", "rss,hello-cpu", "--only", "signals"]);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ["hello-cpu", "signals", "rss"],
    );
  });

  for (const args of [
    ["--only", "nothing"],
    ["--rounds", "0"],
    ["--seconds", "x"],
    ["--servers", "other"],
    ["--unknown"],
  ]) {
    it(`refuses ${args.join(" ")}`, () => assert.throws(() => readOptions(args), UsageError));
  }
});

describe("ROWS", () => {
  it("take their figures from measurements that there are, and have one target each", () => {
    for (const { measurement, limit, ratioMin, name } of ROWS) {
      assert.ok(measurement in MEASUREMENTS, name);
      assert.notEqual(limit === undefined, ratioMin === undefined, name);
    }
  });
});
