import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { targetServer } from "../started-server/started-server.mjs";

const inRoot = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
let server;
let folder;

before(async () => {
  server = await targetServer();
  folder = mkdtempSync(path.join(os.tmpdir(), "perdure-examples-"));
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function lastLine(program, args, cwd) {
  const env = { ...process.env, TEMPORAL_ADDRESS: server.address };
  const { stdout, stderr, status } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout.trim().split("\n").at(-1);
}

describe("the README's hello worlds", () => {
  it("run in TypeScript with the official SDK", () => {
    // The example installs nothing here: the packages of the suite are the same ones.
    const copy = path.join(folder, "hello-typescript");
    cpSync(inRoot("examples/hello-typescript"), copy, { recursive: true });
    symlinkSync(inRoot("conformance/sdk-typescript/node_modules"), path.join(copy, "node_modules"));
    assert.equal(lastLine(process.execPath, ["--import", "tsx", "main.ts"], copy), "Hello, World!");
  });

  it("run in Python with the official SDK", () => {
    const python = inRoot(".cache/venv/bin/python");
    assert.equal(lastLine(python, ["hello.py"], inRoot("examples/hello-python")), "Hello, World!");
  });
});
