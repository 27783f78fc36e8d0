import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serverArguments } from "./server-arguments.mjs";

describe("serverArguments()", () => {
  it("names a file of its own unless the user names one", () => {
    const base = ["server", "start-dev"];
    assert.deepEqual(serverArguments(["--port", "1"]), [
      ...base,
      "--db-filename",
      "perdure.db",
      "--port",
      "1",
    ]);
    for (const flags of [["--db-filename", "a.db"], ["--db-filename=a.db"], ["-f", "a.db"]]) {
      assert.deepEqual(serverArguments(flags), [...base, ...flags]);
    }
  });
});
