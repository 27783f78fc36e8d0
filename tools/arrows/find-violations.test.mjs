import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findViolations } from "./find-violations.mjs";
import { fits, IMPORT_TABLE } from "./import-table.mjs";

const imported = (from, to, { module = to, isNode = false, isMissing = false } = {}) => ({
  from: `packages/${from}`,
  module,
  to: isNode ? to : `packages/${to}`,
  isNode,
  isMissing,
});
const find = (...args) => findViolations([imported(...args)]);

describe("findViolations()", () => {
  it("accepts an arrow of the table and imports within a package", () => {
    assert.deepEqual(find("server/runtime/src/a.ts", "server/engine/dist/index.d.ts"), []);
    assert.deepEqual(find("server/runtime/src/a.ts", "server/runtime/src/b.ts"), []);
    assert.deepEqual(find("server/simulator/src/a.ts", "server/matching/dist/index.js"), []);
  });

  it("refuses an arrow that is not in the table, and lists those that are", () => {
    const [message] = find("server/engine/src/a.ts", "server/runtime/dist/index.js");
    assert.match(message, /server\/engine must not import server\/runtime/);
    assert.match(message, /it may import server\/kernel, proto/);
  });

  it("refuses to let server and SDK meet", () => {
    assert.equal(find("sdk/worker/src/a.ts", "server/kernel/dist/index.js").length, 1);
    assert.equal(find("server/host/src/a.ts", "sdk/client/dist/index.js").length, 1);
  });

  it("refuses to reach past the exports of a package", () => {
    const [message] = find("server/runtime/src/a.ts", "server/engine/src/workflow/step.ts");
    assert.match(message, /reaches into server\/engine/);
  });

  it("refuses modules of Node.js in pure packages, but not in their tests", () => {
    const node = { isNode: true, module: "node:fs" };
    assert.match(find("server/engine/src/a.ts", "fs", node)[0], /is pure/);
    assert.deepEqual(find("server/engine/src/a.test.ts", "assert", node), []);
    assert.deepEqual(find("server/host/src/a.ts", "fs", node), []);
  });

  it("tells of imports that lead nowhere and of packages without a row", () => {
    assert.match(find("proto/src/a.ts", "b", { isMissing: true })[0], /cannot find/);
    assert.match(find("new/thing/src/a.ts", "proto/dist/wire/index.js")[0], /has no row/);
  });

  it("tells a cycle of folders once, with the files that make it", () => {
    const violations = findViolations([
      imported("server/engine/src/a/x.ts", "server/engine/src/b/y.ts"),
      imported("server/engine/src/b/y.ts", "server/engine/src/c/z.ts"),
      imported("server/engine/src/c/z.ts", "server/engine/src/a/x.ts"),
    ]);
    assert.equal(violations.length, 1);
    assert.match(violations[0], /src\/a -> .*src\/b -> .*src\/c -> .*src\/a \(/);
  });

  it("lets entry points and tests import all folders", () => {
    const violations = findViolations([
      imported("server/engine/src/index.ts", "server/engine/src/a/x.ts"),
      imported("server/engine/src/a/x.ts", "server/engine/src/wire-time.ts"),
      imported("server/engine/src/wire-time.test.ts", "server/engine/src/a/x.ts"),
    ]);
    assert.deepEqual(violations, []);
  });
});

describe("IMPORT_TABLE", () => {
  it("has no cycle", () => {
    const names = IMPORT_TABLE.map(([name]) => name);
    const targetsOf = (name) => {
      const [, patterns] = IMPORT_TABLE.find(
        ([pattern]) => fits(pattern, name) || pattern === name,
      );
      return names.filter((other) => other !== name && patterns.some((one) => fits(one, other)));
    };
    const visit = (name, path) => {
      assert.ok(!path.includes(name), `${[...path, name].join(" -> ")}`);
      // The roots of the server may import each other's neighbours; nobody imports them.
      if (name === "server/simulator" || name === "server/host") return;
      for (const target of targetsOf(name)) visit(target, [...path, name]);
    };
    for (const name of names) visit(name, []);
  });
});

describe("fits()", () => {
  it("takes a star for any name, and nothing for part of one", () => {
    assert.equal(fits("server/*", "server/engine"), true);
    assert.equal(fits("server/persistence-*", "server/persistence-sqlite"), true);
    assert.equal(fits("server/persistence-*", "server/persistence"), false);
    assert.equal(fits("proto", "prototype"), false);
  });
});
