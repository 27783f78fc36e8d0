import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { httpRoutes } from "@perdure/proto/schema";
import { OperatorService } from "@perdure/proto/temporal/api/operatorservice/v1";
import { WorkflowService } from "@perdure/proto/temporal/api/workflowservice/v1";
import { openApiV2, openApiV3 } from "./open-api.js";

interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
}

const SERVICES = [WorkflowService, OperatorService];
const versions: readonly (readonly [string, Documented])[] = [
  ["version 2", openApiV2(SERVICES) as Documented],
  ["version 3", openApiV3(SERVICES) as Documented],
];

for (const [version, document] of versions) {
  describe(`the OpenAPI document, ${version}`, () => {
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));

    it("has an operation with a name of its own for each route", () => {
      assert.equal(operations.length, httpRoutes.length);
      assert.equal(
        new Set(operations.map(({ operationId }) => operationId)).size,
        operations.length,
      );
    });

    it("defines everything that it refers to", () => {
      const text = JSON.stringify(document);
      const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
      assert.ok(references.length > 500);
      for (const path of new Set(references)) {
        let place: unknown = document;
        const slash = path.lastIndexOf("/");
        for (const part of [...path.slice(0, slash).split("/"), path.slice(slash + 1)]) {
          place = (place as Readonly<Record<string, unknown>>)[part];
          assert.ok(place !== undefined, path);
        }
      }
    });

    it("names each parameter once, and those of the path", () => {
      for (const [path, item] of Object.entries(document.paths)) {
        for (const { parameters } of Object.values(item)) {
          const names = parameters.map(({ name }) => name);
          assert.equal(new Set(names).size, names.length, path);
          const inPath = parameters.filter((one) => one.in === "path").map(({ name }) => name);
          assert.deepEqual(
            inPath,
            [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name),
          );
        }
      }
    });

    it("reaches into messages with query parameters", () => {
      const path = "/api/v1/namespaces/{namespace}/workflows/{execution.workflowId}/history";
      const names = document.paths[path]?.get?.parameters.map(({ name }) => name);
      for (const name of ["execution.runId", "maximumPageSize", "historyEventFilterType"]) {
        assert.ok(names?.includes(name), name);
      }
    });
  });
}
