import { completeWorkflow } from "../commands.js";
import { type Scenario, type ScenarioDefinition, scenario, type Tolerance } from "../scenario.js";

const WORKFLOWS = "/api/v1/namespaces/default/workflows";

/** Each asks the HTTP listener, which only this set-up knows. */
function httpScenario(
  name: string,
  run: (s: Scenario) => Promise<void>,
  tolerances: readonly Tolerance[] = [],
): ScenarioDefinition {
  return scenario(`http-${name}`, run, { setup: "http", tolerances });
}

/** The least that starts a workflow. */
function startBody(s: Scenario): Readonly<Record<string, unknown>> {
  return { workflowType: { name: "Type" }, taskQueue: { name: s.name("queue") } };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Starts a workflow over HTTP with the given fields besides the least, and returns its path. */
async function startOverHttp(
  s: Scenario,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const path = `${WORKFLOWS}/${s.name("workflow")}`;
  await s.ask("POST", path, { body: { ...startBody(s), ...fields } });
  return path;
}

export const httpApiScenarios = [
  httpScenario("routes", async (s) => {
    for (const path of ["/api/v1/namespaces/nope", "/cluster/namespaces/nope", "/cluster", "/"]) {
      await s.ask("GET", path);
    }
    await s.ask("GET", `${WORKFLOWS}/${s.name("missing")}`);
    await s.ask("GET", `/namespaces/default/workflows/${s.name("missing")}`);
    await s.ask("GET", `${WORKFLOWS}/a%20b%3Fc%2B%C3%A4`);
    await s.ask("GET", "/api/v1/namespaces/nope/");
    await s.ask("GET", "/api/v1//namespaces/../namespaces/nope?pretty");
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      await s.ask(method, "/api/v1/cluster-info");
    }
    await s.ask("DELETE", "/nowhere");
  }),

  httpScenario("start-and-errors-of-start", async (s) => {
    const path = await startOverHttp(s, { requestId: s.uuid("start-request") });
    await s.ask("POST", path, { body: startBody(s) });
    await s.ask("POST", path, { body: { ...startBody(s), workflowIdReusePolicy: "Bogus" } });
    const missing = `${WORKFLOWS}/${s.name("other")}`;
    await s.ask("POST", missing, { body: "" });
    await s.ask("POST", missing, { body: "  \n" });
    await s.ask("POST", missing, { body: { workflowType: { name: "Type" } } });
    await s.ask("POST", "/api/v1/namespaces/nope/workflows/a", { body: startBody(s) });
    await s.ask("POST", `${path}/terminate`, { body: { reason: "over" } });
  }),

  httpScenario("path-has-the-last-word", async (s) => {
    const path = await startOverHttp(s, { namespace: "other", workflowId: "other" });
    await s.ask("GET", `${path}?execution.workflowId=other`);
    await s.ask("POST", `${path}/terminate`, {
      body: { namespace: "other", workflowExecution: { workflowId: "other" }, reason: "over" },
    });
    await s.ask("GET", `${path}/history`);
  }),

  httpScenario("malformed-json", async (s) => {
    const path = `${WORKFLOWS}/${s.name("workflow")}`;
    const bodies = [
      ...["{", "xyz", "[", '{"a"', '{"a" 1}', '{"a":1,}', '{"a":1 "b":2}', "{a:1}", "[1 2]"],
      ...["tru", "tr0", "-", "-x", "1.x", "1ex", '"\\x"', '"\\u12g4"', '"a\u0001"', "'"],
    ];
    for (const body of bodies) await s.ask("POST", path, { body });
  }),

  httpScenario("json-of-the-wrong-shape", async (s) => {
    const path = `${WORKFLOWS}/${s.name("workflow")}`;
    const bodies = [
      ...["[]", "5", '"text"', "null", "true", '{"foo":1}', '\n {\n  "foo": 1}', '{"ä":1}'],
      '{"workflowType":5}',
      '{"workflowType":{"name":5}}',
      '{"workflowType":{"name":"a","name":"b"}}',
      '{"requestId":"a","request_id":"b"}',
      '{"links":{}}',
      '{"links":[null]}',
      '{"links":[{"batchJob":{},"workflowEvent":{}}]}',
      '{"header":{"fields":[]}}',
      '{"header":{"fields":{"a":1,"a":2}}}',
      '{"workflowIdReusePolicy":"NoSuchPolicy"}',
      '{"workflowIdReusePolicy":1.5}',
      '{"requestEagerExecution":"true"}',
      '{"retryPolicy":{"maximumAttempts":"x"}}',
      '{"retryPolicy":{"maximumAttempts":3000000000}}',
      '{"retryPolicy":{"backoffCoefficient":"x"}}',
      '{"workflowRunTimeout":"1h"}',
      '{"workflowRunTimeout":5}',
      '{"workflowRunTimeout":"315576000001s"}',
      '{"lastCompletionResult":{"payloads":1}}',
    ];
    for (const body of bodies) await s.ask("POST", path, { body });
  }),

  httpScenario("names-enums-and-numbers-of-older-clients", async (s) => {
    const body = {
      workflow_type: { name: "Type" },
      task_queue: { name: s.name("queue") },
      workflowIdReusePolicy: "RejectDuplicate",
      workflow_id_conflict_policy: 1,
      workflow_run_timeout: "100.5s",
      workflowTaskTimeout: "5s",
      retryPolicy: { backoffCoefficient: "1.5", maximumAttempts: "3", initialInterval: "1s" },
      memo: null,
    };
    const path = `${WORKFLOWS}/${s.name("workflow")}`;
    await s.ask("POST", path, { body });
    await s.ask("GET", `${path}/history`);
    await s.ask("POST", `${path}/terminate`, { body: {} });
  }),

  httpScenario("payloads-in-shorthand", async (s) => {
    const whole = { metadata: { encoding: base64("json/plain") }, data: "MQ==" };
    const input = [
      ...["text", 1.5, 100, true, { b: [1, 2], a: "<&>" }, null],
      { _protoMessageType: "foo.Bar", name: "x" },
      { ...whole },
      { metadata: { encoding: base64("binary/null") } },
      { metadata: { encoding: base64("binary/plain") }, data: "AAEC" },
      { metadata: { encoding: "not base64" }, data: "MQ==" },
      { metadata: { encoding: base64("json/plain"), more: "YQ==" }, data: "MQ==" },
    ];
    const memo = { fields: { one: { x: "y" }, none: null, whole } };
    const path = await startOverHttp(s, { input, memo });
    await s.ask("GET", `${path}/history`);
    await s.ask("GET", `${path}/history?noPayloadShorthand`);
    const accept = "application/json+no-payload-shorthand";
    await s.ask("GET", path, { headers: { accept } });
    await s.ask("POST", `${path}/signal/go`, { body: { input: ["a", { b: 1 }] } });
    await s.ask("POST", `${path}/terminate`, { body: { details: [{ why: "over" }] } });
    await s.ask("GET", `${path}/history`);
  }),

  httpScenario("payloads-without-shorthand", async (s) => {
    const headers = { "content-type": "application/json+no-payload-shorthand" };
    const path = `${WORKFLOWS}/${s.name("workflow")}`;
    await s.ask("POST", path, { headers, body: { ...startBody(s), input: ["text"] } });
    await s.ask("POST", path, {
      headers,
      body: { ...startBody(s), input: { payloads: ["text"] } },
    });
    const payload = { metadata: { encoding: base64("json/plain") }, data: "Ind3Ig" };
    await s.ask("POST", path, {
      headers,
      body: { ...startBody(s), input: { payloads: [payload] } },
    });
    await s.ask("GET", `${path}/history`, { headers });
    await s.ask("GET", `${path}/history`);
    await s.ask("POST", `${path}/terminate`, { headers, body: {} });
  }),

  httpScenario("forms-of-answers", async (s) => {
    const missing = `${WORKFLOWS}/${s.name("missing")}`;
    await s.ask("GET", `${missing}?pretty`);
    await s.ask("GET", `${missing}?pretty=false&noPayloadShorthand=false`);
    const types = [
      "application/json+pretty",
      "application/json+pretty+no-payload-shorthand",
      "application/json",
      "text/html",
    ];
    for (const type of types) {
      await s.ask("GET", missing, { headers: { accept: type } });
      await s.ask("POST", `${missing}/signal/go`, { body: {}, headers: { "content-type": type } });
    }
    await s.ask("GET", `${missing}?pretty`, { headers: { accept: "application/json" } });
  }),

  httpScenario("query-parameters", async (s) => {
    const path = await startOverHttp(s);
    const history = `${path}/history`;
    const filter = "historyEventFilterType";
    for (const search of [
      "maximumPageSize=100",
      "maximum_page_size=100&foo.bar=1&foo=2",
      `${filter}=HISTORY_EVENT_FILTER_TYPE_ALL_EVENT&skipArchival=T`,
      `${filter}=1`,
      `${filter}=9`,
      `${filter}=CLOSE_EVENT`,
      "waitNewEvent=maybe",
      "maximumPageSize=x",
      "maximumPageSize=99999999999",
      "maximumPageSize=1&maximumPageSize=2",
      "execution.runId=abc",
      "execution=abc",
      "execution.runId.more=1",
      "execution.foo=1",
      "nextPageToken=_____w",
    ]) {
      await s.ask("GET", `${history}?${search}`);
    }
    await s.ask("POST", `${path}/terminate`, { body: {} });
  }),

  httpScenario("list-and-count", async (s) => {
    const workflowId = s.name("workflow");
    const path = `${WORKFLOWS}/${workflowId}`;
    await s.ask("POST", path, { body: startBody(s) });
    const query = encodeURIComponent(`WorkflowId = "${workflowId}"`);
    await s.callUntil(
      "CountWorkflowExecutions",
      { query: `WorkflowId = "${workflowId}"` },
      ({ count }) => String(count) === "1",
    );
    await s.ask("GET", `${WORKFLOWS}?query=${query}&pageSize=10`);
    await s.ask("GET", `/api/v1/namespaces/default/workflow-count?query=${query}`);
    await s.ask("GET", `${WORKFLOWS}?query=No%20%3D%201`);
    await s.ask("POST", `${path}/terminate`, { body: {} });
  }),

  httpScenario("long-poll", async (s) => {
    const queue = s.name("queue");
    const path = await startOverHttp(s, { taskQueue: { name: queue } });
    const filter = "historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT";
    const closed = s.beginAsk("GET", `${path}/history?waitNewEvent=true&${filter}`);
    await s.runWorkflowTask(queue, [completeWorkflow("done")]);
    await closed();
    await s.ask("GET", `${path}/history?waitNewEvent=true&${filter}`);
  }),

  httpScenario("messages-and-their-errors", async (s) => {
    const missing = `${WORKFLOWS}/${s.name("missing")}`;
    await s.ask("POST", `${missing}/signal/go`, { body: {} });
    await s.ask("POST", `${missing}/cancel`, { body: {} });
    await s.ask("POST", `${missing}/query/ask`, { body: {} });
    await s.ask("POST", `${missing}/update/ask`, { body: {} });
    const path = await startOverHttp(s);
    await s.ask("POST", `${path}/signal/go`, {
      body: { requestId: s.uuid("signal-request"), identity: "me" },
    });
    await s.ask("POST", `${path}/cancel`, { body: { reason: "why", identity: "me" } });
    await s.ask("POST", `${path}/signal/go`, { body: { workflowExecution: { runId: "x" } } });
    await s.ask("POST", `${path}/terminate`, { body: { identity: "me" } });
    await s.ask("POST", `${path}/terminate`, { body: {} });
    await s.ask("GET", `${path}/history`);
  }),

  httpScenario("headers", async (s) => {
    const path = `${WORKFLOWS}/${s.name("missing")}`;
    const client = { "client-name": "temporal-typescript", "client-version": "99.0.0" };
    await s.ask("GET", path, { headers: client });
    await s.ask("GET", path, {
      headers: { "grpc-metadata-client-name": "temporal-go", "client-version": "0.0.1" },
    });
    const wanted = { "grpc-metadata-supported-server-versions": ">=99.0.0" };
    await s.ask("GET", path, { headers: wanted });
    for (const timeout of ["zz", "5", "10S"]) {
      await s.ask("GET", path, { headers: { "grpc-timeout": timeout } });
    }
    await s.ask("GET", path, { headers: { authorization: "Bearer x", "x-other": "y" } });
  }),

  httpScenario("posted-forms", async (s) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const missing = `${WORKFLOWS}/${s.name("missing")}`;
    await s.ask("POST", missing, { headers, body: "" });
    await s.ask("POST", `${missing}/history`, { headers, body: "maximumPageSize=x" });
    await s.ask("POST", `${missing}/signal/go`, { headers, body: '{"input":[1]}' });
    await s.ask("POST", `${missing}/signal/go`, { headers, body: "input=1" });
  }),

  httpScenario("too-large", async (s) => {
    const body = `{"workflowType":{"name":"${"x".repeat(4 * 1024 * 1024)}"}}`;
    await s.ask("POST", `${WORKFLOWS}/${s.name("workflow")}`, { body });
  }),

  httpScenario(
    "namespaces",
    async (s) => {
      const namespace = s.name("namespace");
      const body = { namespace, workflowExecutionRetentionPeriod: "3600s", description: "a" };
      await s.ask("POST", "/api/v1/namespaces", { body });
      await s.ask("POST", "/cluster/namespaces", { body });
      await s.ask("POST", "/cluster/namespaces", { body: { ...body, namespace: "" } });
      await s.ask("POST", `/api/v1/namespaces/${namespace}/update`, {
        body: { updateInfo: { description: "b", data: { k: "v" } } },
      });
      await s.ask("POST", "/api/v1/namespaces/nope/update", { body: {} });
    },
    ["capabilities", "supportsSchedules"].map((name) => ({
      call: "POST /api/v1/namespaces/<namespace>/update",
      path: `body.namespaceInfo.${name}`,
      reason: "Capabilities are told when they work",
    })),
  ),
];
