import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClientVersionNotSupportedFailure } from "@perdure/proto/temporal/api/errordetails/v1";
import { NO_CALL } from "../grpc/call-context.js";
import { GrpcError } from "../grpc/grpc-error.js";
import { checkClientVersion } from "./client-versions.js";

function check(headers: Readonly<Record<string, string>>): void {
  checkClientVersion({ ...NO_CALL, metadata: { get: (name) => headers[name] } });
}

describe("checkClientVersion()", () => {
  it("lets clients pass that it knows nothing against", () => {
    check({});
    check({ "client-name": "temporal-typescript", "client-version": "1.11.0" });
    check({ "client-name": "something-else", "client-version": "99.0.0" });
    check({ "supported-server-versions": ">=1.0.0 <2.0.0" });
  });

  it("refuses a client of a version that is known not to work, and says which ones do", () => {
    const headers = { "client-name": "temporal-typescript", "client-version": "99.0.0" };
    assert.throws(
      () => check(headers),
      (error: unknown) => {
        assert.ok(error instanceof GrpcError);
        const [detail] = error.details;
        assert.equal(detail?.typeName, ClientVersionNotSupportedFailure.typeName);
        const { supportedVersions } = ClientVersionNotSupportedFailure.decode(detail.bytes);
        assert.equal(supportedVersions, "<2.0.0");
        return true;
      },
    );
  });

  it("refuses a client that wants another server", () => {
    const message = /Server version 1\.32\.0 is not supported/;
    assert.throws(() => check({ "supported-server-versions": ">=99.0.0" }), message);
  });
});
