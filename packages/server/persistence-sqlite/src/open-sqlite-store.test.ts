import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { SCHEMA_VERSION } from "./schema-version.js";
import { openSqliteStore } from "./sqlite-store.js";
import { StoreOpenError, type StoreOpenErrorCode, toStoreOpenError } from "./store-open-error.js";
import { sampleBatch, sampleKey } from "./testing/sample-batch.js";
import { withStorePath } from "./testing/store-folder.js";

const COMMITTER = fileURLToPath(new URL("./testing/committing-process.js", import.meta.url));

function isRefusal(code: StoreOpenErrorCode, text: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof StoreOpenError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, text);
    return true;
  };
}

/** Makes a store with one run in it, and closes it. */
async function makeStore(path: string): Promise<void> {
  const store = await openSqliteStore({ path });
  await store.commit(sampleBatch(1, 1));
  await store.close();
}

describe("openSqliteStore()", () => {
  it("refuses a file that a newer version wrote, and leaves it alone", () =>
    withStorePath(async (path) => {
      await makeStore(path);
      const database = new Database(path);
      database.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
      database.pragma("journal_mode = delete");
      database.close();
      const before = await readFile(path);
      const text = /newer version.*run the newer program/;
      await assert.rejects(openSqliteStore({ path }), isRefusal("NEWER_SCHEMA", text));
      assert.deepEqual(await readFile(path), before);
    }));

  it("refuses a database of another program, and leaves it alone", () =>
    withStorePath(async (path) => {
      const database = new Database(path);
      database.exec("CREATE TABLE mine (x)");
      database.close();
      const before = await readFile(path);
      const opening = openSqliteStore({ path });
      await assert.rejects(opening, isRefusal("FOREIGN_DATABASE", /another program/));
      assert.deepEqual(await readFile(path), before);
    }));

  it("refuses a file that is no database", () =>
    withStorePath(async (path) => {
      await writeFile(path, "This is a letter to my aunt. ".repeat(100));
      const opening = openSqliteStore({ path });
      await assert.rejects(opening, isRefusal("NOT_A_DATABASE", /give another file/));
    }));

  it("refuses a folder, and a file in a folder that does not exist", () =>
    withStorePath(async (path) => {
      const inMissingFolder = openSqliteStore({ path: `${path}/missing/store.db` });
      await assert.rejects(inMissingFolder, isRefusal("UNUSABLE", /check that its folder exists/));
      await mkdir(path);
      await assert.rejects(openSqliteStore({ path }), isRefusal("UNUSABLE", /cannot be opened/));
    }));

  it("refuses a second store on the file in the same process", () =>
    withStorePath(async (path) => {
      const store = await openSqliteStore({ path });
      await assert.rejects(openSqliteStore({ path }), isRefusal("IN_USE", /stop that server/));
      await store.commit(sampleBatch(1, 1));
      await store.close();
    }));

  it("refuses a file that another process has open, until that process is gone", () =>
    withStorePath(async (path) => {
      const child = spawn(process.execPath, [COMMITTER, path, "1"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await assert.rejects(openSqliteStore({ path }), isRefusal("IN_USE", /another process/));
      child.kill("SIGKILL");
      await once(child, "exit");
      const store = await openSqliteStore({ path });
      await store.close();
    }));

  it("says which file it wanted when the thread's program is not there or does not stay", () =>
    withStorePath(async (path) => {
      for (const source of ["./missing.js", "data:text/javascript,process.exit(3)"]) {
        const workerUrl = new URL(source, import.meta.url);
        const opening = openSqliteStore({ path, workerUrl });
        await assert.rejects(opening, isRefusal("UNUSABLE", /Cannot start the storage thread/));
      }
    }));

  it("names the cure when the file can't be written", () => {
    const cause = Object.assign(new Error("attempt to write"), { code: "SQLITE_READONLY" });
    const error = toStoreOpenError("a.db", cause);
    assert.equal(error.code, "READ_ONLY");
    assert.match(error.message, /"a.db".*change the permissions/);
  });

  it("refuses pragmas that it does not know, and values that are more than a word", () =>
    withStorePath(async (path) => {
      const cases: readonly Readonly<Record<string, string>>[] = [
        { locking_mode: "normal" },
        { user_version: "7" },
        { "synchronous = off; DROP TABLE meta; --": "1" },
        { synchronous: "off; DROP TABLE meta" },
        { synchronous: "" },
      ];
      for (const pragmas of cases) {
        const opening = openSqliteStore({ path, pragmas });
        await assert.rejects(opening, isRefusal("BAD_PRAGMA", /Cannot set SQLite pragma/));
      }
    }));

  it("sets the user's pragmas over its own", () =>
    withStorePath(async (path) => {
      const pragmas = { page_size: "8192", Journal_Mode: "DELETE", synchronous: "1" };
      const store = await openSqliteStore({ path, pragmas });
      await store.commit(sampleBatch(1, 1));
      await store.close();
      const database = new Database(path, { readonly: true });
      assert.equal(database.pragma("page_size", { simple: true }), 8192);
      assert.equal(database.pragma("journal_mode", { simple: true }), "delete");
      database.close();
    }));

  it("keeps what it has when opened again and again", () =>
    withStorePath(async (path) => {
      await makeStore(path);
      for (let round = 2; round < 5; round++) {
        const store = await openSqliteStore({ path });
        assert.equal((await store.facts()).lastRunNo, round - 1);
        await store.commit(sampleBatch(round, 1));
        assert.equal((await store.loadCurrentRun(sampleKey(1)))?.runNo, 1);
        await store.close();
      }
    }));

  it("finds every run of a file with more keys than it reads at once", () =>
    withStorePath(async (path) => {
      const runNos = Array.from({ length: 6_000 }, (_, index) => index + 1);
      const first = await openSqliteStore({ path });
      await first.commit(runNos.flatMap((runNo) => sampleBatch(runNo, 0)));
      await first.close();
      const store = await openSqliteStore({ path });
      // As many calls as let it read all keys meanwhile.
      for (let call = 0; call < 10; call++) await store.facts();
      for (const runNo of runNos) {
        assert.equal((await store.loadCurrentRun(sampleKey(runNo)))?.runNo, runNo);
      }
      assert.equal(await store.loadCurrentRun(sampleKey(6_001)), undefined);
      await store.close();
    }));
});
