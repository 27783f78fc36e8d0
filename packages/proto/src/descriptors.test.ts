import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import { descriptorFiles } from "@perdure/proto/descriptors";
import { WorkflowService } from "@perdure/proto/temporal/api/workflowservice/v1";
import { encodeWithRaw } from "@perdure/proto/wire";
import { allMessages } from "./testing/all-messages.js";
import { loadReference, type ReferenceRoot } from "./testing/reference.js";

describe("descriptorFiles", () => {
  it("come after the files that they import", () => {
    const seen = new Set<string>();
    for (const { name, dependencies } of descriptorFiles) {
      for (const dependency of dependencies)
        assert.ok(seen.has(dependency), `${name}: ${dependency}`);
      seen.add(name);
    }
  });

  it("have each symbol once, with all published messages and methods", async () => {
    const symbols = descriptorFiles.flatMap((file) => file.symbols);
    const known = new Set(symbols);
    assert.equal(known.size, symbols.length);
    for (const { typeName } of await allMessages()) {
      assert.ok(known.has(typeName) || typeName.startsWith("perdure.internal."), typeName);
    }
    const { typeName, methods } = WorkflowService;
    for (const name of Object.keys(methods)) assert.ok(known.has(`${typeName}.${name}`), name);
  });

  it("describe the same fields as the descriptors that they were made of", async () => {
    const reference = await loadReference();
    const described = describedRoot();
    for (const { typeName } of await allMessages()) {
      if (typeName.startsWith("perdure.internal.")) continue;
      assert.deepEqual(fieldsOf(described, typeName), fieldsOf(reference, typeName), typeName);
    }
  });

  it("keep the HTTP bindings of methods", () => {
    const service = descriptorFiles.find(({ name }) =>
      name.endsWith("workflowservice/v1/service.proto"),
    );
    const text = Buffer.from(service?.bytes ?? []).toString("latin1");
    assert.ok(text.includes("/api/v1/namespaces/{namespace}/workflows/{workflow_id}"));
    assert.ok(text.includes("temporal-resource-id"));
  });
});

interface DescriptorExtension {
  readonly FileDescriptorSet: { decode(bytes: Uint8Array): unknown };
}

/** Reads the descriptors back with protobufjs. */
function describedRoot(): ReferenceRoot {
  const here = createRequire(import.meta.url);
  const require = createRequire(here.resolve("@temporalio/proto/package.json"));
  const { FileDescriptorSet } = require("protobufjs/ext/descriptor") as DescriptorExtension;
  const { Root } = require("protobufjs") as {
    Root: { fromDescriptor(set: unknown): ReferenceRoot & { resolveAll(): void } };
  };
  const set = encodeWithRaw(
    new Uint8Array(0),
    1,
    descriptorFiles.map((file) => file.bytes),
  );
  const root = Root.fromDescriptor(FileDescriptorSet.decode(set));
  root.resolveAll();
  return root;
}

function fieldsOf(root: ReferenceRoot, typeName: string): readonly unknown[] {
  return root
    .lookupType(typeName)
    .fieldsArray.map((field) => [
      field.id,
      field.resolvedType === null ? field.type : "reference",
      field.repeated,
      field.map,
    ]);
}
