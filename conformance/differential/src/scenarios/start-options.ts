import { completeWorkflow, payload, payloads } from "../commands.js";
import { scenario } from "../scenario.js";
import { startAndDescribe } from "../scripts.js";
import { type PlainObject, pickText } from "../wire/plain.js";

const URL = "http://127.0.0.1:1/callback";
const SYSTEM_URL = "temporal://system";
const USE_EXISTING = "WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING";

export const startOptionScenarios = [
  scenario("start-completion-callbacks", async (s) => {
    for (const [label, completionCallbacks] of Object.entries(CALLBACKS)) {
      await startAndDescribe(s, label, { completionCallbacks });
    }
  }),

  scenario("start-links", async (s) => {
    for (const [label, links] of Object.entries(LINKS)) await startAndDescribe(s, label, { links });
  }),

  scenario("start-priority", async (s) => {
    for (const [label, priority] of Object.entries(PRIORITIES)) {
      await startAndDescribe(s, label, { priority });
    }
  }),

  scenario("start-versioning-override", async (s) => {
    for (const [label, versioningOverride] of Object.entries(OVERRIDES)) {
      await startAndDescribe(s, label, { versioningOverride });
    }
  }),

  scenario("start-user-metadata", async (s) => {
    for (const [label, userMetadata] of Object.entries(METADATA)) {
      await startAndDescribe(s, label, { userMetadata });
    }
  }),

  scenario("start-carried-over", async (s) => {
    const failure = { message: "earlier", source: "test", applicationFailureInfo: { type: "T" } };
    await startAndDescribe(s, "continued failure", {
      continuedFailure: failure,
      lastCompletionResult: payloads("earlier"),
    });
  }),

  scenario("start-timeout-defaults", async (s) => {
    for (const [label, timeouts] of Object.entries(TIMEOUTS)) {
      await startAndDescribe(s, label, timeouts);
    }
  }),

  scenario("start-eager-refused", async (s) => {
    await startAndDescribe(s, "start delay", {
      requestEagerExecution: true,
      workflowStartDelay: "600s",
    });
    await startAndDescribe(s, "cron", { requestEagerExecution: true, cronSchedule: "@every 1h" });
  }),

  scenario("start-eager-repeated", async (s) => {
    const queue = s.name("queue");
    const request = s.startRequest({ taskQueue: { name: queue }, requestEagerExecution: true });
    await s.call("StartWorkflowExecution", request);
    await s.call("StartWorkflowExecution", request, { label: "same request id" });
    const workflowExecution = { workflowId: pickText(request, "workflowId") };
    await s.call("TerminateWorkflowExecution", { workflowExecution });
  }),

  scenario("start-delay-cut-short", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, workflowStartDelay: "600s" });
    const workflowExecution = { ...run };
    await s.call("RequestCancelWorkflowExecution", { workflowExecution });
    await s.history(run);
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution });
  }),

  scenario("start-delay-passes", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      workflowStartDelay: "1s",
      workflowExecutionTimeout: "100s",
      workflowRunTimeout: "50s",
    });
    await s.describe(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  ...Object.entries(ON_CONFLICT()).map(([label, onConflictOptions]) =>
    scenario(`use-existing-attach-${label}`, async (s) => {
      const queue = s.name("queue");
      const first = s.startRequest({ taskQueue: { name: queue } });
      const started = await s.call("StartWorkflowExecution", first);
      const workflowId = pickText(first, "workflowId");
      const run = { workflowId, runId: pickText(started, "runId") };
      const second = s.startRequest({
        workflowId,
        taskQueue: { name: queue },
        requestId: s.uuid("second-request"),
        workflowIdConflictPolicy: USE_EXISTING,
        completionCallbacks: [{ nexus: { url: SYSTEM_URL, header: { one: "1" } } }],
        links: [workflowLink("linked")],
        onConflictOptions,
      });
      await s.attempt("StartWorkflowExecution", second, { label: "second" });
      await s.attempt("StartWorkflowExecution", second, { label: "second repeated" });
      await s.describe(run);
      await s.history(run);
      const task = await s.pollWorkflowTask(queue);
      const third = { ...second, requestId: s.uuid("third-request") };
      await s.attempt("StartWorkflowExecution", third, { label: "third, while a task runs" });
      await s.describe(run);
      await s.completeWorkflowTask(task, []);
      await s.describe(run);
      await s.history(run);
      await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    }),
  ),
];

function ON_CONFLICT(): Readonly<Record<string, PlainObject>> {
  return {
    nothing: {},
    "request-id": { attachRequestId: true },
    "links-without-request-id": { attachLinks: true },
    "callbacks-without-request-id": { attachCompletionCallbacks: true },
    everything: { attachRequestId: true, attachCompletionCallbacks: true, attachLinks: true },
  };
}

function nexus(url: string, header: PlainObject = {}): PlainObject {
  return { nexus: { url, header } };
}

const CALLBACKS: Readonly<Record<string, readonly PlainObject[]>> = {
  one: [nexus(URL, { "Some-Header": "value" })],
  two: [nexus(URL), nexus("https://example.com/other")],
  "within the server": [nexus(SYSTEM_URL, { "Some-Header": "value" })],
  "two within the server": [nexus(SYSTEM_URL), nexus(SYSTEM_URL)],
  "links within the server": [{ ...nexus(SYSTEM_URL), links: [workflowLink("by callback")] }],
  "relative url": [nexus("/callback")],
  "other scheme": [nexus("ftp://127.0.0.1/callback")],
  "no host": [nexus("http:///callback")],
  "not a url": [nexus("http://[::1")],
  "long url": [nexus(`http://127.0.0.1:1/${"x".repeat(1000)}`)],
  "long header": [nexus(URL, { big: "x".repeat(9000) })],
  "no variant": [{}],
  internal: [{ internal: { data: "x" } }],
  "many callbacks": Array.from({ length: 33 }, () => nexus(URL)),
  "far too many callbacks": Array.from({ length: 2001 }, () => nexus(URL)),
  "callback links": [{ ...nexus(URL), links: [workflowLink("by callback")] }],
};

function workflowLink(workflowId: string): PlainObject {
  return {
    workflowEvent: {
      namespace: "default",
      workflowId,
      runId: "11111111-2222-4333-8444-555555555555",
      eventRef: { eventId: 5, eventType: "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED" },
    },
  };
}

const LINKS: Readonly<Record<string, readonly PlainObject[]>> = {
  one: [workflowLink("linked")],
  "of a batch job": [{ batchJob: { jobId: "job" } }],
  "without a variant": [{}],
  "without a namespace": [{ workflowEvent: { workflowId: "w", runId: "r" } }],
  "without a workflow id": [{ workflowEvent: { namespace: "default", runId: "r" } }],
  "without a run id": [{ workflowEvent: { namespace: "default", workflowId: "w" } }],
  "batch job without an id": [{ batchJob: {} }],
  "too many": Array.from({ length: 11 }, (_, index) => workflowLink(`linked ${index}`)),
  "too large": [workflowLink("x".repeat(5000))],
};

const PRIORITIES: Readonly<Record<string, PlainObject>> = {
  empty: {},
  "first key": { priorityKey: 1 },
  "last key": { priorityKey: 5 },
  "beyond the last key": { priorityKey: 6 },
  "negative key": { priorityKey: -1 },
  "fairness key": { fairnessKey: "tenant", fairnessWeight: 2.5 },
  "fairness key of greatest length": { fairnessKey: "k".repeat(64) },
  "fairness key too long": { fairnessKey: "k".repeat(65) },
  "negative weight": { fairnessKey: "k", fairnessWeight: -1 },
  "small weight": { fairnessKey: "k", fairnessWeight: 0.0001 },
  "large weight": { fairnessKey: "k", fairnessWeight: 100000 },
};

const PINNED = "PINNED_OVERRIDE_BEHAVIOR_PINNED";
const VERSION = { deploymentName: "dep", buildId: "b1" };

const OVERRIDES: Readonly<Record<string, PlainObject>> = {
  empty: {},
  "auto-upgrade": { autoUpgrade: true },
  "auto-upgrade of old": { behavior: "VERSIONING_BEHAVIOR_AUTO_UPGRADE" },
  "pinned without behaviour": { pinned: { version: VERSION } },
  "pinned without version": { pinned: { behavior: PINNED } },
  "pinned without deployment name": { pinned: { behavior: PINNED, version: { buildId: "b" } } },
  "pinned without build id": { pinned: { behavior: PINNED, version: { deploymentName: "d" } } },
  "pinned to an unknown version": { pinned: { behavior: PINNED, version: VERSION } },
  "pinned of old without version": { behavior: "VERSIONING_BEHAVIOR_PINNED" },
  "pinned of old": { behavior: "VERSIONING_BEHAVIOR_PINNED", pinnedVersion: "dep.b1" },
};

const METADATA: Readonly<Record<string, PlainObject>> = {
  small: { summary: payload("summary"), details: payload("details") },
  "summary too large": { summary: payload("x".repeat(500)) },
  "details too large": { details: payload("x".repeat(30_000)) },
};

const TIMEOUTS: Readonly<Record<string, PlainObject>> = {
  "run timeout only": { workflowRunTimeout: "30s" },
  "execution timeout only": { workflowExecutionTimeout: "40s" },
  "run beyond execution": { workflowExecutionTimeout: "40s", workflowRunTimeout: "90s" },
  "task timeout capped": { workflowTaskTimeout: "600s" },
  "task timeout beyond the run": { workflowRunTimeout: "5s", workflowTaskTimeout: "60s" },
  "beyond all bounds": { workflowExecutionTimeout: "315576000000s" },
  fractions: { workflowRunTimeout: "30.123456789s", workflowTaskTimeout: "1.5s" },
};
