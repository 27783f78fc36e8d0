import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { SILENT_LOGGER } from "@perdure/kernel";
import { WorkflowService } from "@perdure/proto/temporal/api/workflowservice/v1";
import { type RunningServer, startServer } from "./start-server.js";
import { GrpcClient } from "./testing/grpc-client.js";

const { DescribeWorkflowExecution, ListWorkflowExecutions, PollWorkflowTaskQueue } =
  WorkflowService.methods;
const { StartWorkflowExecution } = WorkflowService.methods;

const ADDRESS = { host: "127.0.0.1", port: 0 };
let server: RunningServer | undefined;
let client: GrpcClient | undefined;

afterEach(async () => {
  client?.close();
  await server?.stop();
  server = undefined;
  client = undefined;
});

async function start(more: Partial<Parameters<typeof startServer>[0]>): Promise<GrpcClient> {
  const common = { http: ADDRESS, logger: SILENT_LOGGER, graceMs: 100 };
  server = await startServer({ ...ADDRESS, ...common, ...more });
  client = await GrpcClient.connect(server.port);
  return client;
}

/** Values of a metric by their labels, as they are written. */
async function readMetric(name: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${server?.metricsPort}/metrics`);
  assert.equal(response.status, 200);
  assert.match(String(response.headers.get("content-type")), /^text\/plain/);
  const lines = (await response.text()).split("\n");
  return new Map(
    lines
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .map((line) => {
        const space = line.lastIndexOf(" ");
        return [line.slice(name.length, space), Number(line.slice(space + 1))];
      }),
  );
}

const DEFAULT = 'namespace="default",service_name="frontend"';
const taskQueue = { name: "queue" };
const startRequest = {
  namespace: "default",
  workflowId: "w",
  workflowType: { name: "type" },
  taskQueue,
  requestId: "r",
};

describe("metrics", () => {
  it("count calls and their errors under the official names", async () => {
    const grpc = await start({ metrics: ADDRESS });
    const execution = { workflowId: "absent" };
    await grpc.call(DescribeWorkflowExecution, { namespace: "default", execution });
    await grpc.call(DescribeWorkflowExecution, { namespace: "made-up", execution });
    const requests = await readMetric("service_requests");
    const labels = `{operation="DescribeWorkflowExecution",${DEFAULT}}`;
    assert.equal(requests.get(labels), 1);
    const unknown = labels.replace("default", "_unknown_");
    assert.equal(requests.get(unknown), 1, "names that callers make up are not kept");
    assert.equal((await readMetric("service_latency_count")).get(labels), 1);
    assert.equal((await readMetric("service_pending_requests")).get(labels), 0);
    const typed = await readMetric("service_error_with_type");
    assert.equal(typed.get(`${labels.slice(0, -1)},error_type="serviceerror_NotFound"}`), 1);
    assert.equal((await readMetric("service_errors")).size, 0, "it is the caller's fault");
  });

  it("count calls that are turned away", async () => {
    const dynamicConfig = new Map([["frontend.namespaceRPS.visibility", 1]]);
    const grpc = await start({ metrics: ADDRESS, dynamicConfig });
    for (let call = 0; call < 2; call += 1) {
      await grpc.call(ListWorkflowExecutions, { namespace: "default" });
    }
    const exhausted = await readMetric("service_errors_resource_exhausted");
    const cause = 'resource_exhausted_cause="RPS_LIMIT",resource_exhausted_scope="NAMESPACE"';
    assert.equal(exhausted.get(`{operation="ListWorkflowExecutions",${DEFAULT},${cause}}`), 1);
  });

  it("tell of polls, backlogs, the store and the cache", async () => {
    const grpc = await start({ metrics: ADDRESS });
    await grpc.call(StartWorkflowExecution, startRequest);
    const poll = { namespace: "default", taskQueue };
    await grpc.call(PollWorkflowTaskQueue, poll, { "grpc-timeout": "5S" });
    const queue = '{namespace="default",taskqueue="queue",task_type="Workflow"}';
    assert.equal((await readMetric("poll_success")).get(queue), 1);
    assert.equal((await readMetric("poll_latency_count")).get(queue), 1);
    assert.equal((await readMetric("approximate_backlog_count")).get(queue), 0);
    assert.ok(Number((await readMetric("cache_size")).get('{cache_type="mutablestate"}')) >= 1);
    const requests = await readMetric("persistence_requests");
    assert.ok(Number(requests.get('{operation="commit"}')) >= 2);
    assert.ok(Number((await readMetric("perdure_commit_batch_writes_count")).get("")) >= 2);
    assert.ok((await readMetric("nodejs_eventloop_lag_seconds")).size > 0);
  });

  it("are at the HTTP port too, unless not everybody may know everything", async () => {
    const status = async (): Promise<number> =>
      (await fetch(`http://127.0.0.1:${server?.httpPort}/metrics`)).status;
    await start({ metrics: ADDRESS });
    assert.equal(await status(), 200);
    client?.close();
    await server?.stop();
    await start({ metrics: ADDRESS, authorization: {} });
    assert.equal(await status(), 404);
  });

  it("are not there unless they are wanted", async () => {
    await start({});
    assert.equal(server?.metricsPort, undefined);
    const response = await fetch(`http://127.0.0.1:${server?.httpPort}/metrics`);
    assert.equal(response.status, 404);
  });
});
