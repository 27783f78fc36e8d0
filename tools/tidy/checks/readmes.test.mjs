import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkReadme } from "./readmes.mjs";

const MANIFEST = { name: "@perdure/kernel", description: "Clock and invariant(); no I/O." };
const check = (text) => checkReadme(MANIFEST, "README.md", text).map(({ message }) => message);

describe("checkReadme()", () => {
  it("accepts a title with the package's name and its description below", () => {
    assert.deepEqual(
      check("# @perdure/kernel\n\nClock and `invariant()`; no I/O.\n\n- More.\n"),
      [],
    );
  });

  it("wants a README", () => {
    assert.match(check(undefined)[0], /missing/);
  });

  it("wants title and opening sentence to be those of package.json", () => {
    assert.match(check("# Kernel\n\nClock and invariant(); no I/O.\n")[0], /title/);
    assert.match(check("# @perdure/kernel\n\nThe kernel.\n")[0], /must open with/);
  });

  it("wants at most a page", () => {
    const text = `# @perdure/kernel\n\nClock and invariant(); no I/O.\n${"\nmore".repeat(60)}`;
    assert.match(check(text)[0], /at most a page/);
  });
});
