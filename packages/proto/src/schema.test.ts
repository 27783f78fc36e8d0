import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apiSchema, httpRoutes } from "@perdure/proto/schema";
import { OperatorService } from "@perdure/proto/temporal/api/operatorservice/v1";
import { WorkflowService } from "@perdure/proto/temporal/api/workflowservice/v1";
import { allMessages } from "./testing/all-messages.js";
import { loadReference } from "./testing/reference.js";

describe("apiSchema", () => {
  it("has every message with its fields in the order of the descriptors", async () => {
    const reference = await loadReference();
    for (const { typeName } of await allMessages()) {
      const { fieldsArray } = reference.lookupType(typeName);
      const fields = apiSchema.message(typeName)?.fields ?? [];
      assert.deepEqual(
        fields.map(({ jsonName }) => jsonName),
        fieldsArray.map(({ name }) => name.replace(/_+(.)/g, (_, c: string) => c.toUpperCase())),
        typeName,
      );
      for (const { value } of fields) {
        if (value.kind === "message") assert.ok(apiSchema.message(value.type), value.type);
        if (value.kind === "enum") assert.ok(apiSchema.enum(value.type), value.type);
      }
    }
  });

  it("tells what a field is", () => {
    const request = "temporal.api.workflowservice.v1.StartWorkflowExecutionRequest";
    const { byName } = apiSchema.message(request) ?? {};
    const field = byName?.get("workflow_id_reuse_policy");
    assert.equal(field, byName?.get("workflowIdReusePolicy"));
    assert.deepEqual(field, {
      name: "workflow_id_reuse_policy",
      jsonName: "workflowIdReusePolicy",
      value: { kind: "enum", type: "temporal.api.enums.v1.WorkflowIdReusePolicy" },
      mapKey: undefined,
      isRepeated: false,
      isOptional: false,
      oneof: undefined,
    });
    const metadata = apiSchema.message("temporal.api.common.v1.Payload")?.byName.get("metadata");
    assert.equal(metadata?.mapKey, "string");
    const link = apiSchema.message("temporal.api.common.v1.Link")?.byName.get("batchJob");
    assert.equal(link?.oneof, "variant");
  });

  it("knows no type that is none", () => {
    assert.equal(apiSchema.message("toString"), undefined);
    assert.equal(apiSchema.enum("temporal.api.common.v1.Link"), undefined);
  });
});

describe("httpRoutes", () => {
  it("are the bindings of the methods, nearly all with and without prefix", () => {
    const services = new Map([WorkflowService, OperatorService].map((one) => [one.typeName, one]));
    const methods = new Set<string>();
    for (const { service, method } of httpRoutes) {
      const known: Readonly<Record<string, unknown>> =
        services.get(service as never)?.methods ?? {};
      assert.ok(known[method], method);
      methods.add(method);
    }
    assert.ok(methods.size > 100, `${methods.size} methods`);
    const prefixed = httpRoutes.filter(({ path }) => path.startsWith("/api/v1/"));
    assert.ok(Math.abs(prefixed.length * 2 - httpRoutes.length) < 5);
  });

  it("name fields that the requests have", () => {
    for (const { service, method, path } of httpRoutes) {
      const all = [WorkflowService, OperatorService].find(({ typeName }) => typeName === service);
      const descriptor = Object.values(all?.methods ?? {}).find(({ name }) => name === method);
      for (const [, field = ""] of path.matchAll(/\{([^}]+)\}/g)) {
        let typeName: string = descriptor?.request.typeName ?? "";
        for (const name of field.split(".")) {
          const found = apiSchema.message(typeName)?.byName.get(name);
          assert.ok(found, `${method}: ${field}`);
          typeName = found.value.type;
        }
      }
    }
  });
});
