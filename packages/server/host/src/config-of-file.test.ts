import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SILENT_LOGGER } from "@perdure/kernel";
import { parseConfig } from "./config-file.js";
import { configOfFile } from "./config-of-file.js";

describe("configOfFile()", () => {
  it("makes of a file what a server is started with, and tells keys without a meaning", () => {
    const text = `
listen: { grpc: { port: 1 }, http: false }
store: { kind: sqlite, path: x.db }
searchAttributes: { Color: Keyword }
dynamicConfig: { limit.blobSize.error: 1000, no.such.key: 1 }
`;
    const { config, unknownKeys } = configOfFile(parseConfig(text, "f.yaml"), SILENT_LOGGER);
    assert.deepEqual(unknownKeys, ["no.such.key"]);
    assert.equal(config.limits?.blobSizeMaxBytes, 1000);
    const { host, port, http, databasePath, tls } = config;
    assert.deepEqual(
      { host, port, http, databasePath, tls },
      { host: "127.0.0.1", port: 1, http: undefined, databasePath: "x.db", tls: undefined },
    );
    assert.equal(config.searchAttributes?.get("Color"), "Keyword");
  });
});
