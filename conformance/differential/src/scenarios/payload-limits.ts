import { applicationFailure, command, payload, payloads, scheduleActivity } from "../commands.js";
import { type Scenario, type ScenarioDefinition, scenario } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";
import { ATTRIBUTES } from "./search-attributes.js";
import { accept, beginUpdate, complete } from "./update-messages.js";

const BIG = "x".repeat(8500);

/** What is more than one blob may be, by the command or call that carries it. */
export const payloadLimitScenarios: readonly ScenarioDefinition[] = [
  ...Object.entries(ACTIVITY_ANSWERS()).map(([label, { rpc, request }]) =>
    scenario(`limit-activity-${label}`, async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      await s.runWorkflowTask(queue, [scheduleActivity(queue)]);
      const { taskToken } = await s.pollActivityTask(queue);
      await s.attempt(rpc, { taskToken, ...request });
      await s.describe(run);
      await s.history(run);
      await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    }),
  ),

  scenario("limit-activity-payloads-by-id", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const places = ["a1", "a2", "a3"].map((activityId) => ({
      activityId,
      taskQueue: s.name(activityId),
    }));
    const activities = places.map(({ activityId, taskQueue }) =>
      scheduleActivity(taskQueue, { activityId, retryPolicy: { maximumAttempts: 1 } }),
    );
    await s.runWorkflowTask(queue, activities);
    for (const { taskQueue } of places) await s.pollActivityTask(taskQueue);
    const byId = async (rpc: string, activityId: string, request: PlainObject): Promise<void> => {
      const { workflowId, runId } = run;
      await s.attempt(`${rpc}ById`, { workflowId, runId, activityId, ...request });
    };
    await byId("RespondActivityTaskCompleted", "a1", { result: payloads(BIG) });
    await byId("RespondActivityTaskFailed", "a2", { failure: applicationFailure(BIG) });
    await byId("RecordActivityTaskHeartbeat", "a3", { details: payloads(BIG) });
    await s.history(run);
    await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("limit-activity-canceled-details", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [scheduleActivity(queue)]);
    const { taskToken } = await s.pollActivityTask(queue);
    const signal = { workflowExecution: { ...run }, signalName: "go" };
    await s.call("SignalWorkflowExecution", signal);
    await s.runWorkflowTask(queue, [
      command("REQUEST_CANCEL_ACTIVITY_TASK", { scheduledEventId: 5 }),
    ]);
    await s.attempt("RespondActivityTaskCanceled", { taskToken, details: payloads(BIG) });
    await s.describe(run);
    await s.history(run);
    await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  ...Object.entries(COMMANDS()).map(([label, commands]) =>
    scenario(`limit-payload-of-${label}`, async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const { taskToken } = await s.pollWorkflowTask(queue);
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands: commands(queue) });
      await s.history(run);
      await s.describe(run);
      await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    }),
  ),

  scenario("search-attributes-upsert", async (s) => {
    for (const indexedFields of Object.values(ATTRIBUTES)) {
      await completeAndShow(s, [
        command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", { searchAttributes: { indexedFields } }),
      ]);
    }
  }),

  scenario("limit-workflow-task-failure", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const { taskToken } = await s.pollWorkflowTask(queue);
    const failure = applicationFailure(BIG);
    await s.attempt("RespondWorkflowTaskFailed", { taskToken, failure });
    await s.history(run);
    await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("limit-query-payloads", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.runWorkflowTask(queue);
    const execution = { ...run };
    const queryArgs = payloads(BIG);
    await s.attempt("QueryWorkflow", { execution, query: { queryType: "q", queryArgs } });
    const query = s.begin("QueryWorkflow", { execution, query: { queryType: "q" } });
    const { taskToken } = await s.pollWorkflowTask(queue);
    const completedType = "QUERY_RESULT_TYPE_ANSWERED";
    await s.attempt("RespondQueryTaskCompleted", {
      taskToken,
      completedType,
      queryResult: queryArgs,
    });
    await query.result();
    await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("limit-attached-query-result", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const execution = { ...run };
    const query = s.begin("QueryWorkflow", { execution, query: { queryType: "q" } });
    await s.pause(200); // The query must have come before the poll.
    const task = await s.pollWorkflowTask(queue);
    const [id = ""] = Object.keys(task.response.queries ?? {});
    const result = { resultType: "QUERY_RESULT_TYPE_ANSWERED", answer: payloads(BIG) };
    await s.completeWorkflowTask(task, [], { queryResults: { [id]: result } });
    await query.result();
    await s.call("TerminateWorkflowExecution", { workflowExecution: execution });
  }),

  scenario("limit-update-message", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.runWorkflowTask(queue);
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    const answers = [accept("u1", task), complete("u1", BIG)];
    await s.attempt("RespondWorkflowTaskCompleted", {
      taskToken: task.taskToken,
      commands: answers.flatMap(({ commands }) => commands),
      messages: answers.flatMap(({ messages }) => messages),
    });
    await update.result();
    await s.history(run);
    await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("limit-request-payloads", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const workflowExecution = { ...run };
    const input = { name: "u", args: payloads(BIG) };
    const request = { meta: { updateId: "u1" }, input };
    const waitPolicy = { lifecycleStage: "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED" };
    await s.attempt("UpdateWorkflowExecution", { workflowExecution, request, waitPolicy });
    await s.attempt("RequestCancelWorkflowExecution", { workflowExecution, reason: BIG });
    await s.attempt("TerminateWorkflowExecution", { workflowExecution, details: payloads(BIG) });
    await s.history(run);
    await s.attempt("TerminateWorkflowExecution", { workflowExecution });
  }),
].map((definition) => ({ ...definition, setup: "smallBlobs" as const }));

async function completeAndShow(s: Scenario, commands: readonly PlainObject[]): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  const { taskToken } = await s.pollWorkflowTask(queue);
  await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
  await s.describe(run);
  await s.history(run);
  await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
}

function ACTIVITY_ANSWERS(): Readonly<Record<string, { rpc: string; request: PlainObject }>> {
  const failure = applicationFailure("short");
  return {
    result: { rpc: "RespondActivityTaskCompleted", request: { result: payloads(BIG) } },
    failure: { rpc: "RespondActivityTaskFailed", request: { failure: applicationFailure(BIG) } },
    "failure-details": {
      rpc: "RespondActivityTaskFailed",
      request: { failure: applicationFailure("short", { details: payloads(BIG) }) },
    },
    "non-retryable-failure": {
      rpc: "RespondActivityTaskFailed",
      request: { failure: applicationFailure(BIG, { nonRetryable: true }) },
    },
    "medium-failure": {
      rpc: "RespondActivityTaskFailed",
      request: { failure: applicationFailure("x".repeat(5000)) },
    },
    "medium-nested-failure": {
      rpc: "RespondActivityTaskFailed",
      request: {
        failure: {
          ...applicationFailure("outer", { details: payloads("x".repeat(2000)) }),
          stackTrace: "s".repeat(3000),
          cause: applicationFailure("inner", { details: payloads("x".repeat(2000)) }),
        },
      },
    },
    "heartbeat-details": {
      rpc: "RecordActivityTaskHeartbeat",
      request: { details: payloads(BIG) },
    },
    "last-heartbeat-details": {
      rpc: "RespondActivityTaskFailed",
      request: { failure, lastHeartbeatDetails: payloads(BIG) },
    },
  };
}

type Commands = (queue: string) => readonly PlainObject[];

function COMMANDS(): Readonly<Record<string, Commands>> {
  const big = payloads(BIG);
  const child = { workflowId: "no-child", workflowType: { name: "Child" } };
  const long = { indexedFields: { DiffKeyword: payload("k".repeat(3000)) } };
  const searchAttributes = { indexedFields: { DiffKeyword: payload(BIG) } };
  const execution = { workflowId: "nobody" };
  return {
    "search-attributes": () => [command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", { searchAttributes })],
    "activity-input": (queue) => [scheduleActivity(queue, { input: big })],
    "child-input": () => [command("START_CHILD_WORKFLOW_EXECUTION", { ...child, input: big })],
    "child-memo": () => [
      command("START_CHILD_WORKFLOW_EXECUTION", {
        ...child,
        memo: { fields: { note: payload(BIG) } },
      }),
    ],
    "child-search-attributes": () => [
      command("START_CHILD_WORKFLOW_EXECUTION", { ...child, searchAttributes: long }),
    ],
    "continue-as-new-search-attributes": () => [
      command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", { searchAttributes: long }),
    ],
    "external-signal": () => [
      command("SIGNAL_EXTERNAL_WORKFLOW_EXECUTION", { execution, signalName: "s", input: big }),
    ],
    "marker-header": () => [
      command("RECORD_MARKER", { markerName: "m", header: { fields: { h: payload(BIG) } } }),
    ],
  };
}
