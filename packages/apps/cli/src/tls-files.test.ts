import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tlsFilesOf } from "./tls-files.js";

describe("tlsFilesOf()", () => {
  it("is off without flags", () => {
    assert.equal(tlsFilesOf({}), undefined);
  });

  it("takes certificate and key, and authorities of clients", () => {
    assert.deepEqual(tlsFilesOf({ tlsCertPath: "c", tlsKeyPath: "k", tlsClientCaPath: "a" }), {
      certPath: "c",
      keyPath: "k",
      clientCaPath: "a",
    });
  });

  it("names the flag that is absent", () => {
    assert.throws(() => tlsFilesOf({ tlsKeyPath: "k" }), /"--tls-cert-path" is absent/);
    assert.throws(() => tlsFilesOf({ tlsCertPath: "c" }), /"--tls-key-path" is absent/);
    assert.throws(() => tlsFilesOf({ tlsClientCaPath: "a" }), /"--tls-cert-path" is absent/);
  });
});
