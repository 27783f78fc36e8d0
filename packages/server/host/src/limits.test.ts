import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { GrpcStatusCode } from "@perdure/frontend";
import { SILENT_LOGGER } from "@perdure/kernel";
import { Status } from "@perdure/proto/google/rpc";
import {
  DescribeNamespaceResponse,
  WorkflowService,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { type RunningServer, startServer } from "./start-server.js";
import { GrpcClient } from "./testing/grpc-client.js";

const { DescribeNamespace, ListWorkflowExecutions, SignalWorkflowExecution } =
  WorkflowService.methods;
const { OK, INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED } = GrpcStatusCode;

let folder: string;
let file: string;
let server: RunningServer | undefined;
let client: GrpcClient | undefined;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "perdure-limits-"));
  file = path.join(folder, "limits.yaml");
});

afterEach(async () => {
  client?.close();
  await server?.stop();
  server = undefined;
  client = undefined;
});

after(async () => await rm(folder, { recursive: true }));

async function start(yaml: string): Promise<GrpcClient> {
  await writeFile(file, yaml);
  const address = { host: "127.0.0.1", port: 0 };
  const common = { namespaces: ["one"], logger: SILENT_LOGGER, graceMs: 100 };
  server = await startServer({ ...address, http: address, ...common, dynamicConfigPath: file });
  client = await GrpcClient.connect(server.port);
  return client;
}

describe("limits of calls", () => {
  it("turn calls away with the official error, over gRPC and over HTTP", async () => {
    const grpc = await start("frontend.namespaceRPS.visibility: [{ value: 1 }]");
    const list = { namespace: "default" };
    assert.equal((await grpc.call(ListWorkflowExecutions, list)).code, OK);
    const refused = await grpc.call(ListWorkflowExecutions, list);
    assert.equal(refused.code, RESOURCE_EXHAUSTED);
    assert.equal(refused.message, "namespace rate limit exceeded");
    const [detail] = Status.decode(refused.details).details;
    assert.match(String(detail?.typeUrl), /ResourceExhaustedFailure$/);
    const url = `http://127.0.0.1:${server?.httpPort}/api/v1/namespaces/default/workflows`;
    assert.equal((await fetch(url)).status, 429);
    assert.equal((await grpc.call(ListWorkflowExecutions, { namespace: "one" })).code, OK);
  });

  it("change when the file changes", async () => {
    const grpc = await start("");
    const list = { namespace: "default" };
    const code = async (): Promise<number> => (await grpc.call(ListWorkflowExecutions, list)).code;
    assert.equal(await code(), OK);
    await writeFile(file, "frontend.rps: [{ value: 1 }]");
    await server?.reload();
    const codes = await Promise.all(Array.from({ length: 10 }, code));
    assert.equal(codes.filter((each) => each === OK).length, 2);
    await writeFile(file, "");
    await server?.reload();
    assert.equal(await code(), OK);
  });
});

describe("limits of requests", () => {
  const BLOBS = `
limit.blobSize.error:
  - value: 1000
  - value: 100
    constraints: { namespace: one }
`;

  it("are those of the request's namespace", async () => {
    const grpc = await start(BLOBS);
    const signal = async (namespace: string, bytes: number): Promise<number> => {
      const input = { payloads: [{ data: Buffer.alloc(bytes) }] };
      const workflowExecution = { workflowId: "absent" };
      const request = { namespace, workflowExecution, signalName: "s", input };
      return (await grpc.call(SignalWorkflowExecution, request)).code;
    };
    assert.equal(await signal("default", 500), NOT_FOUND);
    assert.equal(await signal("default", 1500), INVALID_ARGUMENT);
    assert.equal(await signal("one", 500), INVALID_ARGUMENT);
    assert.equal(await signal("one", 50), NOT_FOUND);
  });

  it("are told with the namespace", async () => {
    const grpc = await start(BLOBS);
    const limit = async (namespace: string): Promise<bigint | undefined> => {
      const { body } = await grpc.call(DescribeNamespace, { namespace });
      return DescribeNamespaceResponse.decode(body).namespaceInfo?.limits?.blobSizeLimitError;
    };
    assert.equal(await limit("one"), 100n);
    assert.equal(await limit("default"), 1000n);
  });
});
