import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SILENT_LOGGER } from "@perdure/kernel";
import { parseConfig } from "./config-file.js";
import { configOfFile } from "./config-of-file.js";

describe("configOfFile()", () => {
  it("makes of a file what a server is started with", () => {
    const text = `
listen: { grpc: { port: 1 }, http: false }
store: { kind: sqlite, path: x.db }
searchAttributes: { Color: Keyword }
dynamicConfig: { limit.blobSize.error: 1000 }
dynamicConfigFile: limits.yaml
authorization:
  jwt: { keySources: [keys.json] }
  apiKeys: [{ name: ci, sha256: "${"0".repeat(64)}", permissions: ["default:write"] }]
`;
    const config = configOfFile(parseConfig(text, "f.yaml"), SILENT_LOGGER);
    assert.equal(config.dynamicConfig?.get("limit.blobSize.error"), 1000);
    assert.equal(config.dynamicConfigPath, "limits.yaml");
    const [key] = config.authorization?.apiKeys ?? [];
    assert.equal(key?.name, "ci");
    assert.equal(config.authorization?.jwt?.refreshIntervalMs, 60_000);
    const { host, port, http, databasePath, tls } = config;
    assert.deepEqual(
      { host, port, http, databasePath, tls },
      { host: "127.0.0.1", port: 1, http: undefined, databasePath: "x.db", tls: undefined },
    );
    assert.equal(config.searchAttributes?.get("Color"), "Keyword");
  });
});
