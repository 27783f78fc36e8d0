import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isStamped, sourceFingerprint, writeStamp } from "./fingerprint.mjs";
import { inRoot } from "./workspace.mjs";

describe("sourceFingerprint()", () => {
  let folder = "";
  const write = (file, text) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  const fingerprint = () => sourceFingerprint([path.relative(inRoot(), folder)]);

  beforeEach(() => {
    mkdirSync(inRoot(".cache"), { recursive: true });
    folder = mkdtempSync(inRoot(".cache/fingerprint-"));
    write("src/a.ts", "one");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("stays the same while nothing changes", () => {
    assert.equal(fingerprint(), fingerprint());
  });

  it("changes when a source is added, edited or touched", () => {
    const seen = new Set([fingerprint()]);
    write("src/b.ts", "");
    seen.add(fingerprint());
    write("src/a.ts", "longer");
    seen.add(fingerprint());
    utimesSync(path.join(folder, "src/a.ts"), 1, 1);
    seen.add(fingerprint());
    rmSync(path.join(folder, "src/b.ts"));
    seen.add(fingerprint());
    assert.equal(seen.size, 5);
  });

  it("looks neither at output nor at files that are no sources", () => {
    const before = fingerprint();
    write("dist/a.js", "");
    write("node_modules/x/index.js", "");
    write("src/notes.txt", "");
    assert.equal(fingerprint(), before);
  });

  it("skips folders that are not there", () => {
    assert.equal(sourceFingerprint(["no/such/folder"]), sourceFingerprint([]));
  });
});

describe("isStamped()", () => {
  it("tells whether the stamp holds the fingerprint", () => {
    const folder = mkdtempSync(inRoot(".cache/stamp-"));
    try {
      const stamp = path.join(folder, "stamp");
      assert.equal(isStamped(stamp, "abc"), false);
      writeStamp(stamp, "abc");
      assert.equal(isStamped(stamp, "abc"), true);
      assert.equal(isStamped(stamp, "abd"), false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
