import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseConfig, readConfigFile } from "./config-file.js";
import { SetupError } from "./setup/setup-error.js";

function problemOf(text: string): string {
  try {
    parseConfig(text, "f.yaml");
  } catch (error) {
    assert.ok(error instanceof SetupError);
    return error.message;
  }
  return "";
}

describe("parseConfig()", () => {
  it("fills in what is left out", () => {
    assert.deepEqual(parseConfig("store: { kind: memory }", "f.yaml"), {
      listen: {
        grpc: { host: "127.0.0.1", port: 7233 },
        http: { host: "127.0.0.1", port: 8233 },
      },
      store: { kind: "memory" },
      namespaces: [],
      searchAttributes: {},
      dynamicConfig: {},
      log: { level: "info", format: "json" },
    });
  });

  it("reads all that there is", () => {
    const text = `
listen:
  grpc: { host: 0.0.0.0, port: 7000 }
  http: false
tls: { certPath: a, keyPath: b, clientCaPath: c, requireClientCertificate: false }
store: { kind: sqlite, path: x.db, pragmas: { synchronous: "OFF" } }
namespaces: [one]
searchAttributes: { Color: Keyword }
dynamicConfig: { limit.blobSize.error: 1000 }
log: { level: debug, format: text }
`;
    assert.deepEqual(parseConfig(text, "f.yaml"), {
      listen: { grpc: { host: "0.0.0.0", port: 7000 }, http: false },
      tls: { certPath: "a", keyPath: "b", clientCaPath: "c", requireClientCertificate: false },
      store: { kind: "sqlite", path: "x.db", pragmas: { synchronous: "OFF" } },
      namespaces: ["one"],
      searchAttributes: { Color: "Keyword" },
      dynamicConfig: { "limit.blobSize.error": 1000 },
      log: { level: "debug", format: "text" },
    });
  });

  const illegal: readonly (readonly [string, RegExp])[] = [
    ["", /"store"/],
    ["store: { kind: mysql }", /"store\.kind"/],
    ["store: { kind: sqlite }", /"store\.path"/],
    ["store: { kind: memory }\nlisten: { grpc: { port: 70000 } }", /"listen\.grpc\.port"/],
    ["store: { kind: memory }\nlisten: { http: { port: x } }", /"listen\.http\.port"/],
    ["store: { kind: memory }\ntls: { certPath: a }", /"tls\.keyPath"/],
    ["store: { kind: memory }\nssl: {}", /"ssl": there is no such key/],
    ["store: { kind: memory }\nlog: { height: x }", /"log\.height": there is no such key/],
    ["store: {", /Cannot read the configuration "f\.yaml": .*line 1/],
  ];
  for (const [text, expected] of illegal) {
    it(`names the key in ${JSON.stringify(text)}`, () => assert.match(problemOf(text), expected));
  }
});

describe("readConfigFile()", () => {
  it("names a file that is not there", async () => {
    await assert.rejects(
      readConfigFile("/nowhere/f.yaml"),
      /Cannot read the configuration "\/nowhere\/f\.yaml"/,
    );
  });
});
