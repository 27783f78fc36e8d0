import { applicationFailure, command, completeWorkflow, payload, payloads } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";

/** The chain's end is a whole time after the start of its first run, not of a later one. */
const EXPIRATION_OF_LATER_RUN = [
  ...["PollWorkflowTaskQueue", "GetWorkflowExecutionHistory"].map((call) => ({
    call,
    path: "response.history.events.*.workflowExecutionStartedEventAttributes.workflowExecutionExpirationTime",
    reason: "relative to the start of the chain",
  })),
  {
    call: "DescribeWorkflowExecution",
    path: "response.workflowExtendedInfo.executionExpirationTime",
    reason: "relative to the start of the chain",
  },
];

export const continueAsNewScenarios = [
  scenario(
    "continue-as-new-bare",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({
        taskQueue: { name: queue },
        input: payloads("in"),
        header: { fields: { trace: payload("t") } },
        memo: { fields: { note: payload("memo") } },
        searchAttributes: { indexedFields: { DiffKeyword: payload("k") } },
        retryPolicy: { maximumAttempts: 3 },
        workflowExecutionTimeout: "500s",
        workflowRunTimeout: "400s",
        workflowTaskTimeout: "7s",
        userMetadata: { summary: payload("summary") },
        priority: { priorityKey: 4 },
      });
      await s.pause(BEYOND_THROTTLE_MS);
      await s.runWorkflowTask(queue, [continueAsNew({})]);
      const second = await s.runWorkflowTask(queue, [completeWorkflow("end")]);
      await s.history(run);
      await s.history(second.execution);
      await s.describe(second.execution);
    },
    { tolerances: EXPIRATION_OF_LATER_RUN },
  ),

  scenario("continue-as-new-every-field", async (s) => {
    const queue = s.name("queue");
    const other = s.name("other queue");
    const run = await s.start({
      taskQueue: { name: queue },
      memo: { fields: { note: payload("memo"), more: payload("m") } },
      searchAttributes: { indexedFields: { DiffKeyword: payload("k"), DiffInt: payload(1) } },
    });
    await s.runWorkflowTask(queue, [
      continueAsNew({
        workflowType: { name: "Other" },
        taskQueue: { name: other },
        input: payloads("next"),
        workflowRunTimeout: "300s",
        workflowTaskTimeout: "5s",
        backoffStartInterval: "2s",
        retryPolicy: { initialInterval: "2s", maximumAttempts: 5 },
        initiator: "CONTINUE_AS_NEW_INITIATOR_WORKFLOW",
        failure: applicationFailure("carried"),
        lastCompletionResult: payloads("carried"),
        header: { fields: { trace: payload("next") } },
        memo: { fields: { note: payload("changed"), gone: payload(null) } },
        searchAttributes: { indexedFields: { DiffKeyword: payload("n") } },
      }),
    ]);
    await s.history(run);
    const { workflowId } = run;
    await s.describe({ workflowId, runId: "" });
    const second = await s.runWorkflowTask(other, [completeWorkflow("end")]);
    await s.history(second.execution);
  }),

  scenario("continue-as-new-chain", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.pause(BEYOND_THROTTLE_MS);
    await s.runWorkflowTask(queue, [continueAsNew({ input: payloads(2) })]);
    await s.pause(BEYOND_THROTTLE_MS);
    const second = await s.runWorkflowTask(queue, [continueAsNew({ input: payloads(3) })]);
    const third = await s.runWorkflowTask(queue, [completeWorkflow("end")]);
    await s.history(second.execution);
    await s.history(third.execution);
    await s.attempt(
      "SignalWorkflowExecution",
      { workflowExecution: { ...run }, signalName: "late" },
      { label: "to the first run" },
    );
    const first = { workflowExecution: { workflowId: run.workflowId }, reason: "late" };
    await s.attempt(
      "TerminateWorkflowExecution",
      { ...first, firstExecutionRunId: run.runId },
      { label: "of the closed chain" },
    );
  }),

  scenario("continue-as-new-initiator-retry", async (s) => {
    const queue = s.name("queue");
    await s.start({ taskQueue: { name: queue }, retryPolicy: { maximumAttempts: 5 } });
    const initiator = "CONTINUE_AS_NEW_INITIATOR_RETRY";
    await s.pause(BEYOND_THROTTLE_MS);
    await s.runWorkflowTask(queue, [
      continueAsNew({ initiator, retryPolicy: { maximumAttempts: 5 } }),
    ]);
    const second = await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(second.execution);
  }),

  scenario("continue-as-new-validation", async (s) => {
    for (const [label, attributes] of Object.entries(INVALID)) await refused(s, label, attributes);
  }),

  scenario("continue-as-new-is-last", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const { taskToken } = await s.pollWorkflowTask(queue);
    const commands = [continueAsNew({}), completeWorkflow()];
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
    await s.history(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("continue-as-new-with-buffered-signal", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const { taskToken } = await s.pollWorkflowTask(queue);
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    const commands = [continueAsNew({})];
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
    await s.runWorkflowTask(queue, [continueAsNew({})]);
    await s.history(run);
    await terminateCurrent(s, run);
  }),

  scenario("continue-as-new-carries-unset", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      memo: { fields: { note: payload("memo") } },
      searchAttributes: { indexedFields: { DiffKeyword: payload("k"), DiffInt: payload(1) } },
    });
    await s.runWorkflowTask(queue, [
      command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", {
        searchAttributes: { indexedFields: { DiffKeyword: payload([]), DiffInt: payload(null) } },
      }),
      command("MODIFY_WORKFLOW_PROPERTIES", { upsertedMemo: { fields: { note: payload(null) } } }),
    ]);
    await s.describe(run);
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    await s.pause(BEYOND_THROTTLE_MS);
    await s.runWorkflowTask(queue, [
      continueAsNew({ searchAttributes: { indexedFields: { DiffKeyword: payload([]) } } }),
    ]);
    const { workflowId } = run;
    await s.describe({ workflowId, runId: "" });
    await s.history({ workflowId, runId: "" });
    await terminateCurrent(s, run);
  }),
];

/** Runs that live shorter than a second are followed with a back-off. */
const BEYOND_THROTTLE_MS = 1100;

const LONG = "x".repeat(1001);

const INVALID: Readonly<Record<string, PlainObject>> = {
  "long workflow type": { workflowType: { name: LONG } },
  "long task queue": { taskQueue: { name: LONG } },
  "reserved task queue": { taskQueue: { name: "/_sys/reserved" } },
  "system task queue": { taskQueue: { name: "temporal-sys-per-ns-tq" } },
  "negative run timeout": { workflowRunTimeout: "-1s" },
  "negative task timeout": { workflowTaskTimeout: "-1s" },
  "negative back-off": { backoffStartInterval: "-1s" },
  "invalid retry policy": { retryPolicy: { backoffCoefficient: 0.5 } },
  "unknown search attribute": { searchAttributes: { indexedFields: { Unknown: payload("x") } } },
  "search attribute of another type": {
    searchAttributes: { indexedFields: { DiffInt: payload("x") } },
  },
};

async function refused(s: Scenario, label: string, attributes: PlainObject): Promise<void> {
  const queue = s.name(`queue ${label}`);
  const run = await s.start({ taskQueue: { name: queue } });
  const { taskToken } = await s.pollWorkflowTask(queue);
  const commands = [continueAsNew(attributes)];
  await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands }, { label });
  await s.history(run);
  await terminateCurrent(s, run);
}

function continueAsNew(attributes: PlainObject): PlainObject {
  return command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", attributes);
}

async function terminateCurrent(s: Scenario, run: WorkflowRef): Promise<void> {
  const { workflowId } = run;
  await s.call("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
}
