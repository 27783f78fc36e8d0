// cspell:ignore workflowid
import { completeWorkflow } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { type PlainObject, pickBytes, pickList, pickText } from "../wire/plain.js";

const RETENTION = { workflowExecutionRetentionPeriod: "86400s" };

export const operatorScenarios = [
  scenario("namespace-deleted", async (s) => {
    const namespace = await register(s);
    const described = await s.call("DescribeNamespace", { namespace }, { summary: nothing });
    const id = pickText(described, "namespaceInfo.id");
    const kept = { namespace, namespaceDeleteDelay: "3600s" };
    const deleted = await s.call("DeleteNamespace", kept, { summary: deletedName(id) });
    const deletedNamespace = pickText(deleted, "deletedNamespace");
    await untilUnknown(s, { namespace });
    const again = { namespace: deletedNamespace };
    await s.attempt("DescribeNamespace", again, { summary: stateAndName(id) });
    await s.attempt("DescribeNamespace", { id }, { summary: stateAndName(id) });
    await s.attempt("DeleteNamespace", again, { summary: deletedName(id) });
    await s.attempt("DeleteNamespace", { namespace });
  }),

  scenario("namespace-deleted-by-id", async (s) => {
    const namespace = await register(s);
    const described = await s.call("DescribeNamespace", { namespace }, { summary: nothing });
    const id = pickText(described, "namespaceInfo.id");
    await s.call("DeleteNamespace", { namespaceId: id }, { summary: deletedName(id) });
    await untilUnknown(s, { namespace });
  }),

  scenario("namespace-deletion-refused", async (s) => {
    const requests: Readonly<Record<string, PlainObject>> = {
      "of nothing": {},
      "of a namespace that is not there": { namespace: s.name("missing") },
      "of an ID that is not there": { namespaceId: s.uuid("missing") },
      "of an ID that is no UUID": { namespaceId: "no-uuid" },
      "by name and ID": { namespace: "default", namespaceId: s.uuid("other") },
      "of the system's namespace": { namespace: "temporal-system" },
      "with a negative delay": { namespace: s.name("missing"), namespaceDeleteDelay: "-1s" },
    };
    for (const [label, request] of Object.entries(requests)) {
      await s.attempt("DeleteNamespace", request, { label });
    }
  }),

  scenario("namespace-deleted-with-runs", async (s) => {
    const namespace = await register(s);
    await untilKnown(s, namespace);
    const queue = s.name("queue");
    const taskQueue = { name: queue };
    const open = s.startRequest({ namespace, taskQueue: { name: s.name("idle") } });
    await s.call("StartWorkflowExecution", open);
    await s.call("StartWorkflowExecution", s.startRequest({ namespace, taskQueue }));
    const task = await s.call(
      "PollWorkflowTaskQueue",
      { namespace, taskQueue },
      { summary: nothing },
    );
    const taskToken = pickBytes(task, "taskToken");
    const commands = [completeWorkflow()];
    await s.call("RespondWorkflowTaskCompleted", { namespace, taskToken, commands });
    const request = { namespace, namespaceDeleteDelay: "3600s" };
    await s.call("DeleteNamespace", request, { summary: nothing });
    await untilUnknown(s, { namespace });
    await s.attempt("StartWorkflowExecution", { ...open, requestId: s.uuid("other-request") });
    await s.attempt("RegisterNamespace", { namespace, ...RETENTION });
    await s.call("DescribeNamespace", { namespace }, { summary: stateOf });
  }),

  scenario("namespaces-listed", async (s) => {
    const names = [await register(s), await register(s), await register(s)];
    const seen: string[] = [];
    let nextPageToken: Uint8Array = new Uint8Array();
    do {
      const request = { pageSize: 2, nextPageToken };
      const outcome = await s.settle("ListNamespaces", request, () => true);
      const page = outcome.kind === "response" ? outcome.response : {};
      for (const each of pickList(page, "namespaces")) {
        seen.push(pickText(each, "namespaceInfo.name"));
      }
      nextPageToken = pickBytes(page, "nextPageToken");
    } while (nextPageToken.length > 0);
    s.note(
      "seen once each",
      names.map((name) => String(seen.filter((x) => x === name).length)),
    );
    s.note("has the default one", [String(seen.includes("default"))]);
    await s.attempt("ListNamespaces", { pageSize: 100_000 }, { summary: nothing });
  }),

  scenario("clusters-listed", async (s) => {
    await s.call("ListClusters", {});
    await s.call("ListClusters", { pageSize: -1 });
    await s.attempt("RemoveRemoteCluster", {});
    await s.attempt("RemoveRemoteCluster", { clusterName: "missing" });
    await s.attempt("RemoveRemoteCluster", { clusterName: "active" });
    await s.attempt("AddOrUpdateRemoteCluster", {});
  }),

  scenario("search-attributes-refused", async (s) => {
    const namespace = await register(s);
    await untilKnown(s, namespace);
    const missing = s.name("missing");
    const requests = wrongAttributes(namespace, missing);
    for (const [label, request] of Object.entries(requests)) {
      await s.attempt("AddSearchAttributes", request, { label });
    }
    const names = { namespace: "", searchAttributes: ["Color"] };
    await s.attempt("RemoveSearchAttributes", names);
    await s.attempt("RemoveSearchAttributes", { ...names, namespace: missing });
    for (const name of [
      "Nothing",
      "Keyword01",
      "WorkflowId",
      "BuildIds",
      "TemporalX",
      "Memo",
      "",
    ]) {
      const request = { namespace, searchAttributes: [name] };
      await s.attempt("RemoveSearchAttributes", request, { label: name });
    }
    await s.call("ListSearchAttributes", { namespace }, { summary: customNames });
  }),

  scenario("search-attributes-of-every-type-used-up", async (s) => {
    const namespace = await register(s);
    await untilKnown(s, namespace);
    for (const [type, count] of Object.entries(FIELD_COUNTS)) {
      for (let index = 1; index <= count + 1; index++) {
        const searchAttributes = { [`${type}${index}x`]: `INDEXED_VALUE_TYPE_${type}` };
        await s.attempt("AddSearchAttributes", { namespace, searchAttributes });
      }
    }
    await s.call("ListSearchAttributes", { namespace }, { summary: customNames });
    await s.call("RemoveSearchAttributes", { namespace, searchAttributes: ["INT1x", "INT2x"] });
    const searchAttributes = { Again: "INDEXED_VALUE_TYPE_INT" };
    await s.call("AddSearchAttributes", { namespace, searchAttributes });
    await s.call("ListSearchAttributes", { namespace }, { summary: customNames });
  }),

  scenario("namespace-updated-further", async (s) => {
    const namespace = await register(s);
    const requests: Readonly<Record<string, PlainObject>> = {
      "archival without a provider": {
        config: { historyArchivalState: "ARCHIVAL_STATE_ENABLED", historyArchivalUri: "file:///x" },
      },
      "archival off": { config: { historyArchivalState: "ARCHIVAL_STATE_DISABLED" } },
      "visibility archival": { config: { visibilityArchivalState: "ARCHIVAL_STATE_ENABLED" } },
      "a URI that is none": { config: { historyArchivalUri: "no uri" } },
      "an alias of a field": { config: { customSearchAttributeAliases: { Keyword01: "Color" } } },
      "another alias of it": { config: { customSearchAttributeAliases: { Keyword01: "Hue" } } },
      "no alias of it": { config: { customSearchAttributeAliases: { Keyword01: "" } } },
      "an alias of no field": { config: { customSearchAttributeAliases: { Nothing1: "X" } } },
      "a reserved alias": { config: { customSearchAttributeAliases: { Keyword02: "RunId" } } },
      "bad binaries": { config: { badBinaries: { binaries: { a: { reason: "broken" } } } } },
      "a bad binary that is not there": { deleteBadBinary: "b" },
      "a retention of years": { config: { workflowExecutionRetentionTtl: "315360000s" } },
      "a state": { updateInfo: { state: "NAMESPACE_STATE_DEPRECATED" } },
      "a state back": { updateInfo: { state: "NAMESPACE_STATE_REGISTERED" } },
      "the state of a deleted one": { updateInfo: { state: "NAMESPACE_STATE_DELETED" } },
    };
    for (const [label, request] of Object.entries(requests)) {
      const update = { namespace, ...request };
      await s.attempt("UpdateNamespace", update, { label, summary: configOf, isRetried: true });
    }
    await s.attempt("DescribeNamespace", { namespace }, { summary: configOf });
  }),
];

const FIELD_COUNTS = {
  BOOL: 3,
  DATETIME: 3,
  DOUBLE: 3,
  INT: 3,
  KEYWORD: 10,
  KEYWORD_LIST: 3,
  TEXT: 3,
} as const;

async function register(s: Scenario): Promise<string> {
  const namespace = s.name("namespace");
  await s.call("RegisterNamespace", { namespace, ...RETENTION }, { isRetried: true });
  return namespace;
}

/** The official server needs a moment to learn of a new namespace, and of one that is gone. */
async function untilKnown(s: Scenario, namespace: string): Promise<void> {
  await s.settle("ListWorkflowExecutions", { namespace }, (outcome) => outcome.kind === "response");
}

async function untilUnknown(s: Scenario, request: PlainObject): Promise<void> {
  const isError = (outcome: { readonly kind: string }): boolean => outcome.kind === "error";
  await s.settle("ListWorkflowExecutions", request, isError);
  await s.attempt("DescribeNamespace", request);
}

function nothing(): readonly string[] {
  return [];
}

function stateOf(response: PlainObject): readonly string[] {
  return [pickText(response, "namespaceInfo.state")];
}

/** The state and the name, without the part of the ID that is chance. */
function stateAndName(id: string): (response: PlainObject) => readonly string[] {
  return (response) => [
    pickText(response, "namespaceInfo.state"),
    shownName(pickText(response, "namespaceInfo.name"), id),
  ];
}

function deletedName(id: string): (response: PlainObject) => readonly string[] {
  return (response) => [shownName(pickText(response, "deletedNamespace"), id)];
}

function shownName(name: string, id: string): string {
  return name.replace(id.slice(0, 5), "<part of the ID>");
}

function customNames(response: PlainObject): readonly string[] {
  const attributes = (response.customAttributes ?? {}) as PlainObject;
  return Object.entries(attributes)
    .map(([name, type]) => `${name}: ${String(type)}`)
    .sort();
}

function configOf(response: PlainObject): readonly string[] {
  const config = JSON.stringify(response.config ?? {});
  return [
    config.replace(/"createTime":"[^"]*"/, '"createTime":"<time>"'),
    pickText(response, "namespaceInfo.state"),
  ];
}

function wrongAttributes(
  namespace: string,
  missing: string,
): Readonly<Record<string, PlainObject>> {
  const type = "INDEXED_VALUE_TYPE_KEYWORD";
  return {
    "without a namespace": { namespace: "", searchAttributes: { Color: type } },
    "in a namespace that is not there": {
      namespace: missing,
      searchAttributes: { Color: type },
    },
    "without a name": { namespace, searchAttributes: { "": type } },
    "with a space in the name": { namespace, searchAttributes: { "Two Words": type } },
    "with a long name": { namespace, searchAttributes: { ["x".repeat(500)]: type } },
    "with the name of a field": { namespace, searchAttributes: { Keyword01: type } },
    "with the alias of an attribute": { namespace, searchAttributes: { ScheduleId: type } },
    "with a name of another case": { namespace, searchAttributes: { workflowid: type } },
    "with the name of the memo": { namespace, searchAttributes: { Memo: type } },
    "with a reserved prefix": { namespace, searchAttributes: { TemporalX: type } },
    "of an unknown type": { namespace, searchAttributes: { X: 99 } },
    "of the same name again": { namespace, searchAttributes: { ScheduleId: type } },
  };
}
