import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { afterEach, beforeEach, describe, it } from "node:test";
import {
  type CancelSignal,
  NamespaceNotFoundError,
  SILENT_LOGGER,
  VirtualClock,
} from "@perdure/kernel";
import {
  type StartWorkflowExecutionRequest,
  WorkflowService,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { toGrpcError } from "../errors/to-grpc-error.js";
import type { CallContext } from "../grpc/call-context.js";
import { GrpcError } from "../grpc/grpc-error.js";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { GrpcStatusCode } from "../grpc/status-codes.js";
import { HttpRoutes, HttpServer, mountHealthPages, mountHttpApi } from "../http/index.js";

const MAX_BYTES = 1000;
const START = "/api/v1/namespaces/default/workflows/w%20%2F1";

let clock: VirtualClock;
let server: HttpServer;
let origin: string;
let isReady = true;
let refusal: Error | undefined;
/** What StartWorkflowExecution does; each test sets it. */
let handle: (request: StartWorkflowExecutionRequest, call: CallContext) => object | Promise<object>;

beforeEach(async () => {
  clock = new VirtualClock();
  handle = () => ({ runId: "run" });
  refusal = undefined;
  const unary = new Map<string, UnaryHandler>([
    ["StartWorkflowExecution", (request, call) => handle(request, call)],
    [
      "DescribeNamespace",
      ({ namespace }: { namespace: string }) => ({ namespaceInfo: { name: namespace } }),
    ],
  ]);
  const routes = new HttpRoutes();
  mountHealthPages(routes, () => isReady);
  mountHttpApi(routes, {
    services: [{ descriptor: WorkflowService, unary }],
    logger: SILENT_LOGGER,
    clock,
    maxBodyBytes: MAX_BYTES,
    toGrpcError: (error, call) => toGrpcError(error, call, SILENT_LOGGER),
    intercept: () => {
      if (refusal !== undefined) throw refusal;
    },
  });
  server = new HttpServer({ routes, clock, logger: SILENT_LOGGER });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  origin = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  const stopped = server.stop({ graceMs: 0 });
  clock.advance(0);
  await stopped;
});

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${origin}${path}`, { redirect: "manual", ...init });
  const text = await response.text();
  const body = text === "" ? undefined : (JSON.parse(text) as unknown);
  return { status: response.status, type: response.headers.get("content-type"), body };
}

function post(body: string, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: "POST", body, headers: { "content-type": "application/json", ...headers } };
}

describe("the HTTP API", () => {
  it("calls the handler with what body and path say, and answers with JSON", async () => {
    let seen: StartWorkflowExecutionRequest | undefined;
    handle = (request) => {
      seen = request;
      return { runId: "run", started: true };
    };
    const body = '{"workflowType":{"name":"T"},"namespace":"other","input":["x"]}';
    assert.deepEqual(await ask(START, post(body)), {
      status: 200,
      type: "application/json",
      body: { runId: "run", started: true },
    });
    assert.equal(seen?.namespace, "default");
    assert.equal(seen?.workflowId, "w /1");
    assert.equal(seen?.workflowType?.name, "T");
    assert.equal(Buffer.from(seen?.input?.payloads[0]?.data ?? []).toString(), '"x"');
  });

  it("has every route with and without its prefix", async () => {
    for (const path of ["/api/v1/namespaces/a", "/cluster/namespaces/a"]) {
      const { status, body } = await ask(path);
      assert.deepEqual({ status, body }, { status: 200, body: { namespaceInfo: { name: "a" } } });
    }
  });

  it("writes in the form that is asked for", async () => {
    const response = await fetch(`${origin}/api/v1/namespaces/a?pretty&noPayloadShorthand`);
    assert.equal(
      response.headers.get("content-type"),
      "application/json+pretty+no-payload-shorthand",
    );
    assert.equal(await response.text(), '{\n  "namespaceInfo": {\n    "name": "a"\n  }\n}');
  });

  it("answers errors with their status, code, message and details", async () => {
    handle = () => {
      throw new NamespaceNotFoundError("nope");
    };
    const detail = "type.googleapis.com/temporal.api.errordetails.v1.NamespaceNotFoundFailure";
    const { status, body } = await ask(START, post("{}"));
    assert.equal(status, 404);
    assert.deepEqual(body, {
      code: 5,
      message: "Namespace nope is not found.",
      details: [{ "@type": detail, namespace: "nope" }],
    });
  });

  it("asks the interceptor first", async () => {
    refusal = new GrpcError(GrpcStatusCode.UNAUTHENTICATED, "who are you");
    const { status, body } = await ask(START, post("{"));
    assert.deepEqual({ status, body }, { status: 401, body: { code: 16, message: "who are you" } });
  });

  it("gives handlers metadata by its gRPC name", async () => {
    const names = ["authorization", "client-name", "temporal-namespace", "caller-type", "cookie"];
    let seen: readonly (string | undefined)[] = [];
    handle = (_request, { metadata }) => {
      seen = names.map((name) => metadata.get(name));
      return {};
    };
    const headers = {
      authorization: "Bearer x",
      "temporal-namespace": "n",
      "grpc-metadata-caller-type": "operator",
      cookie: "c",
    };
    await ask(START, post("{}", headers));
    assert.deepEqual(seen, ["Bearer x", "temporal-server-http", "n", "operator", undefined]);
  });

  const refused: readonly (readonly [string, string, RequestInit, number, string])[] = [
    ["an unknown path", "/nope", {}, 404, "Not Found"],
    ["another method", START, { method: "DELETE" }, 501, "Method Not Allowed"],
    ["a method nobody has", START, { method: "OPTIONS" }, 501, "Method Not Allowed"],
    ["a malformed path", "/api/v1/namespaces/%zz", {}, 400, "Bad Request"],
    ["a body that is no JSON", START, post("{"), 400, "unexpected EOF"],
    [
      "a body that is too large",
      START,
      post("x".repeat(1001)),
      400,
      "http: request body too large",
    ],
    [
      "an RPC that is not there yet",
      "/api/v1/namespaces",
      {},
      501,
      "method ListNamespaces not implemented",
    ],
    [
      "a malformed timeout",
      START,
      post("{}", { "grpc-timeout": "zz" }),
      400,
      "invalid grpc-timeout: zz",
    ],
  ];
  for (const [what, path, init, status, message] of refused) {
    it(`refuses ${what}`, async () => {
      const answer = await ask(path, init);
      assert.equal(answer.status, status);
      assert.equal((answer.body as { message: string }).message, message);
    });
  }

  it("redirects to the path without detours", async () => {
    const response = await fetch(`${origin}/api//v1/namespaces/a?x=1`, { redirect: "manual" });
    assert.equal(response.status, 301);
    assert.equal(response.headers.get("location"), "/api/v1/namespaces/a?x=1");
  });

  it("takes a posted form for a GET where only that leads anywhere", async () => {
    const init = post("", { "content-type": "application/x-www-form-urlencoded" });
    const { status, body } = await ask("/api/v1/namespaces/a", init);
    assert.deepEqual({ status, body }, { status: 200, body: { namespaceInfo: { name: "a" } } });
  });

  it("tells a call whose time is over, and its handler", async () => {
    let signal: CancelSignal | undefined;
    const begun = new Promise<void>((resolve) => {
      handle = (_request, call) => {
        signal = call.signal;
        resolve();
        return new Promise(() => undefined);
      };
    });
    const answer = ask(START, post("{}", { "grpc-timeout": "2S" }));
    await begun;
    clock.advance(2000);
    assert.deepEqual((await answer).body, { code: 4, message: "context deadline exceeded" });
    assert.equal(signal?.aborted, true);
  });

  it("tells the handler when its client goes away", async () => {
    const aborted = new Promise<void>((resolve) => {
      handle = (_request, call) => {
        call.signal.addEventListener("abort", resolve);
        client.destroy();
        return new Promise(() => undefined);
      };
    });
    const client = http.request(`${origin}${START}`, { method: "POST" });
    client.on("error", () => undefined);
    client.end("{}");
    await aborted;
  });

  it("survives a client that goes away within its body", async () => {
    const client = http.request(`${origin}${START}`, {
      method: "POST",
      headers: { "content-length": 100 },
    });
    client.on("error", () => undefined);
    client.write("{");
    await once(client, "socket");
    client.destroy();
    assert.equal((await ask(START, post("{}"))).status, 200);
  });
});

describe("the OpenAPI documents", () => {
  it("are there in JSON and YAML, at the official place and beside the routes", async () => {
    for (const prefix of ["", "/api/v1"]) {
      const json = await fetch(`${origin}${prefix}/swagger.json`);
      assert.equal(json.headers.get("content-type"), "application/json");
      assert.equal(((await json.json()) as { swagger: string }).swagger, "2.0");
      const yaml = await fetch(`${origin}${prefix}/openapi.yaml`);
      assert.equal(yaml.headers.get("content-type"), "application/yaml");
      assert.match(await yaml.text(), /^openapi: 3\.0\.3\n/);
    }
  });
});

describe("the health pages", () => {
  it("say whether the process lives and whether it takes calls", async () => {
    const status = async (path: string): Promise<number> =>
      (await fetch(`${origin}${path}`)).status;
    assert.equal(await status("/healthz"), 200);
    assert.equal(await status("/readyz"), 200);
    isReady = false;
    assert.equal(await status("/readyz"), 503);
    isReady = true;
  });
});
