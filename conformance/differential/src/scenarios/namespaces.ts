import { type Scenario, scenario } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";

/** What differs while features are missing: capabilities are told only when they work. */
const CAPABILITIES = ["UpdateNamespace", "DescribeNamespace"].flatMap((call) =>
  ["capabilities", "supportsSchedules"].map((field) => ({
    call,
    path: `response.namespaceInfo.${field}`,
    reason: "Capabilities are told when they work",
  })),
);

export const namespaceScenarios = [
  scenario(
    "namespace-register-and-update",
    async (s) => {
      const namespace = await register(s, { data: { a: "1" }, description: "d", ownerEmail: "o" });
      await s.call("DescribeNamespace", { namespace });
      const updateInfo = { description: "other", data: { b: "2" } };
      await s.call("UpdateNamespace", { namespace, updateInfo });
      const config = { workflowExecutionRetentionTtl: "7200s" };
      await s.call("UpdateNamespace", { namespace, config });
      await s.call("UpdateNamespace", { namespace });
      await s.call("DescribeNamespace", { namespace });
      await s.attempt("RegisterNamespace", {
        namespace,
        workflowExecutionRetentionPeriod: "7200s",
      });
    },
    { tolerances: CAPABILITIES },
  ),

  scenario(
    "namespace-update-errors",
    async (s) => {
      const namespace = await register(s, {});
      const changes: readonly PlainObject[] = [
        { config: { workflowExecutionRetentionTtl: "0s" } },
        { config: { workflowExecutionRetentionTtl: "3599s" } },
        { deleteBadBinary: "nothing" },
        { promoteNamespace: true },
        { replicationConfig: { activeClusterName: "other" } },
        { replicationConfig: { clusters: [{ clusterName: "other" }] } },
        { replicationConfig: { state: "REPLICATION_STATE_HANDOVER" } },
      ];
      for (const change of changes) await s.attempt("UpdateNamespace", { namespace, ...change });
      await s.attempt("UpdateNamespace", { namespace: s.name("missing") });
      await s.attempt("DescribeNamespace", { namespace: s.name("missing") });
      await s.attempt("DescribeNamespace", { namespace, id: s.uuid("id") });
      await s.attempt("DescribeNamespace", {});
      await s.attempt("DeprecateNamespace", { namespace: s.name("missing") });
    },
    { tolerances: CAPABILITIES },
  ),

  scenario("namespace-register-errors", async (s) => {
    const workflowExecutionRetentionPeriod = "3600s";
    const requests: readonly PlainObject[] = [
      {},
      { namespace: "x".repeat(1001), workflowExecutionRetentionPeriod },
      { namespace: s.name("namespace") },
      { namespace: s.name("namespace"), workflowExecutionRetentionPeriod: "3599s" },
      { namespace: s.name("n"), workflowExecutionRetentionPeriod, isGlobalNamespace: true },
      { namespace: s.name("n"), workflowExecutionRetentionPeriod, activeClusterName: "other" },
      {
        namespace: s.name("n"),
        workflowExecutionRetentionPeriod,
        clusters: [{ clusterName: "x" }],
      },
      { namespace: "default", workflowExecutionRetentionPeriod },
    ];
    for (const request of requests) await s.attempt("RegisterNamespace", request);
  }),

  scenario(
    "namespace-deprecated",
    async (s) => {
      const namespace = await register(s, {});
      await s.call("DeprecateNamespace", { namespace });
      await s.call("DescribeNamespace", { namespace });
      const updateInfo = { state: "NAMESPACE_STATE_REGISTERED" };
      await s.attempt("UpdateNamespace", { namespace, updateInfo });
      await s.call("DeprecateNamespace", { namespace });
    },
    { tolerances: CAPABILITIES },
  ),

  scenario("search-attributes-added-and-removed", async (s) => {
    const namespace = await register(s, {});
    const add = (searchAttributes: PlainObject) =>
      s.attempt("AddSearchAttributes", { namespace, searchAttributes });
    await add({ Color: "INDEXED_VALUE_TYPE_KEYWORD", Size: "INDEXED_VALUE_TYPE_DOUBLE" });
    await s.call("ListSearchAttributes", { namespace });
    await add({ Color: "INDEXED_VALUE_TYPE_INT" });
    await add({ StartTime: "INDEXED_VALUE_TYPE_INT" });
    await add({ TemporalThing: "INDEXED_VALUE_TYPE_INT" });
    await add({ Thing: "INDEXED_VALUE_TYPE_UNSPECIFIED" });
    await add({});
    const four = ["A", "B", "C", "D"].map((name) => [name, "INDEXED_VALUE_TYPE_TEXT"] as const);
    await add(Object.fromEntries(four));
    const remove = (searchAttributes: readonly string[]) =>
      s.attempt("RemoveSearchAttributes", { namespace, searchAttributes });
    await remove(["Color", "Nothing"]);
    await remove(["StartTime"]);
    await remove([]);
    await s.call("ListSearchAttributes", { namespace });
    await s.attempt("ListSearchAttributes", { namespace: s.name("missing") });
    await s.attempt("ListSearchAttributes", { namespace: "" });
  }),

  scenario("search-attributes-of-the-service", async (s) => {
    await s.call("GetSearchAttributes", {});
    await s.call("ListSearchAttributes", {});
  }),

  scenario(
    "task-queue-described",
    async (s) => {
      const queue = s.name("queue");
      const taskQueue = { name: queue };
      await s.call("DescribeTaskQueue", { taskQueue });
      const run = await s.start({ taskQueue });
      await s.runWorkflowTask(queue);
      await s.call("DescribeTaskQueue", { taskQueue });
      await s.call("DescribeTaskQueue", { taskQueue, taskQueueType: "TASK_QUEUE_TYPE_ACTIVITY" });
      const stickyQueue = {
        name: s.name("sticky"),
        kind: "TASK_QUEUE_KIND_STICKY",
        normalName: queue,
      };
      const apiMode = "DESCRIBE_TASK_QUEUE_MODE_ENHANCED";
      await s.attempt("DescribeTaskQueue", { taskQueue: stickyQueue, apiMode });
      await s.attempt("DescribeTaskQueue", {});
      await s.attempt("DescribeTaskQueue", { taskQueue: {} });
      await s.attempt("DescribeTaskQueue", { taskQueue: { name: "x".repeat(1001) } });
      await s.attempt("ListTaskQueuePartitions", { taskQueue: {} });
      await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    },
    {
      tolerances: [
        {
          call: "DescribeTaskQueue",
          path: "response.effectiveRateLimit",
          reason: "Queues have no limit here",
        },
      ],
    },
  ),

  scenario(
    "system-info",
    async (s) => {
      await s.call("GetSystemInfo", {});
      await s.call("GetClusterInfo", {});
    },
    {
      tolerances: [
        "supportsSchedules",
        "buildIdBasedVersioning",
        "nexus",
        "serverScaledDeployments",
      ].map((name) => ({
        call: "GetSystemInfo",
        path: `response.capabilities.${name}`,
        reason: "Capabilities are told when they work",
      })),
    },
  ),
];

async function register(s: Scenario, request: PlainObject): Promise<string> {
  const namespace = s.name("namespace");
  const workflowExecutionRetentionPeriod = "3600s";
  await s.call("RegisterNamespace", { namespace, workflowExecutionRetentionPeriod, ...request });
  return namespace;
}
