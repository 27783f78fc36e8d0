import { applicationFailure, command, completeWorkflow, payload, payloads } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { type PlainObject, pickText } from "../wire/plain.js";

const CLOSED_WITH_TASK = [
  {
    call: "DescribeWorkflowExecution",
    path: "response.pendingWorkflowTask",
    reason: "a run that has closed has no task pending",
  },
];

/** The chain's end is a whole time after the start of its first run, not of a later one. */
const EXPIRATION_OF_LATER_RUN = [
  {
    call: "PollWorkflowTaskQueue",
    path: "response.history.events.*.workflowExecutionStartedEventAttributes.workflowExecutionExpirationTime",
    reason: "relative to the start of the chain",
  },
  {
    call: "GetWorkflowExecutionHistory",
    path: "response.history.events.*.workflowExecutionStartedEventAttributes.workflowExecutionExpirationTime",
    reason: "relative to the start of the chain",
  },
];

const SOON = { initialInterval: "0.1s", backoffCoefficient: 1 };

export const workflowRetryScenarios = [
  scenario("workflow-retry-until-success", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      input: payloads("in"),
      retryPolicy: { initialInterval: "1s", maximumAttempts: 3, maximumInterval: "1s" },
      memo: { fields: { note: payload("memo") } },
      header: { fields: { trace: payload("t") } },
      searchAttributes: { indexedFields: { DiffKeyword: payload("k") } },
      userMetadata: { summary: payload("summary") },
      priority: { priorityKey: 2 },
    });
    await s.runWorkflowTask(queue, [
      command("MODIFY_WORKFLOW_PROPERTIES", { upsertedMemo: { fields: { more: payload("m") } } }),
      fail("one"),
    ]);
    const second = await s.pollWorkflowTask(queue);
    await s.describe(second.execution);
    await s.completeWorkflowTask(second, [completeWorkflow("done")]);
    await s.history(run);
    await s.history(second.execution);
  }),

  scenario("workflow-retry-maximum-attempts", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      retryPolicy: { ...SOON, maximumAttempts: 2 },
    });
    await s.runWorkflowTask(queue, [fail("one")]);
    const second = await s.runWorkflowTask(queue, [fail("two")]);
    await s.history(run);
    await s.history(second.execution);
  }),

  scenario("workflow-retry-not-retryable", async (s) => {
    for (const [label, info] of Object.entries(FINAL)) {
      const queue = s.name(`queue ${label}`);
      const retryPolicy = { ...SOON, nonRetryableErrorTypes: ["Fatal"] };
      const run = await s.start({ taskQueue: { name: queue }, retryPolicy });
      const failure = { failure: { message: label, ...info } };
      await s.runWorkflowTask(queue, [command("FAIL_WORKFLOW_EXECUTION", failure)]);
      await s.closedHistory(run);
    }
  }),

  scenario("workflow-retry-next-retry-delay", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      retryPolicy: { initialInterval: "600s", maximumInterval: "600s" },
    });
    const failure = applicationFailure("later", { nextRetryDelay: "2s" });
    await s.runWorkflowTask(queue, [command("FAIL_WORKFLOW_EXECUTION", { failure })]);
    await s.history(run);
    await s.history({ ...run, runId: "" });
    await terminateCurrent(s, run);
  }),

  scenario("workflow-retry-beyond-execution-timeout", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      workflowExecutionTimeout: "20s",
      retryPolicy: { initialInterval: "60s" },
    });
    await s.runWorkflowTask(queue, [fail("one")]);
    await s.closedHistory(run);
  }),

  scenario(
    "workflow-retry-after-run-timeout",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({
        taskQueue: { name: queue },
        workflowRunTimeout: "1s",
        workflowExecutionTimeout: "600s",
        retryPolicy: { initialInterval: "1s", maximumAttempts: 2 },
      });
      await s.pollWorkflowTask(queue);
      const second = await s.pollWorkflowTask(queue);
      await s.history(run);
      await s.closedHistory(second.execution);
    },
    { tolerances: EXPIRATION_OF_LATER_RUN },
  ),

  scenario(
    "workflow-execution-timeout",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({
        taskQueue: { name: queue },
        workflowExecutionTimeout: "1s",
        retryPolicy: SOON,
      });
      await s.closedHistory(run);
      await s.describe(run);
    },
    { tolerances: CLOSED_WITH_TASK },
  ),

  scenario("workflow-run-timeout", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, workflowRunTimeout: "1s" });
    await s.pollWorkflowTask(queue);
    await s.call("SignalWorkflowExecution", {
      workflowExecution: { ...run },
      signalName: "buffered",
    });
    await s.closedHistory(run);
    await s.describe(run);
  }),

  scenario("workflow-retry-cancel-ends-the-chain", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, retryPolicy: SOON });
    await s.runWorkflowTask(queue, [
      command("CANCEL_WORKFLOW_EXECUTION", { details: payloads("d") }),
    ]);
    await s.closedHistory(run);
    await s.describe({ ...run, runId: "" });
  }),

  scenario("workflow-retry-signal-during-back-off", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      retryPolicy: { initialInterval: "600s", maximumInterval: "600s" },
    });
    await s.runWorkflowTask(queue, [fail("one")]);
    const { workflowId } = run;
    const workflowExecution = { workflowId };
    await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "go" });
    await s.history({ workflowId, runId: "" });
    await s.describe({ workflowId, runId: "" });
    await terminateCurrent(s, run);
  }),

  scenario("retry-policy-defaults", async (s) => {
    for (const [label, retryPolicy] of Object.entries(POLICIES)) {
      const taskQueue = { name: s.name("queue") };
      const request = s.startRequest({ taskQueue, retryPolicy });
      const started = await s.attempt("StartWorkflowExecution", request, { label });
      if (started === undefined) continue;
      const run = {
        workflowId: pickText(request, "workflowId"),
        runId: pickText(started, "runId"),
      };
      await s.history(run);
      await terminateCurrent(s, run);
    }
  }),
];

const FINAL: Readonly<Record<string, PlainObject>> = {
  "flagged non-retryable": { applicationFailureInfo: { type: "Broken", nonRetryable: true } },
  "type of the policy's list": { applicationFailureInfo: { type: "Fatal" } },
  canceled: { canceledFailureInfo: {} },
  terminated: { terminatedFailureInfo: {} },
  "timeout of schedule-to-start": {
    timeoutFailureInfo: { timeoutType: "TIMEOUT_TYPE_SCHEDULE_TO_START" },
  },
  "server failure": { serverFailureInfo: { nonRetryable: true } },
};

const POLICIES: Readonly<Record<string, PlainObject>> = {
  empty: {},
  "initial interval": { initialInterval: "3s" },
  coefficient: { backoffCoefficient: 1.5 },
  "maximum interval": { maximumInterval: "5s" },
  "single attempt": { maximumAttempts: 1, backoffCoefficient: 0.1 },
  "fractions of a second": { initialInterval: "0.0005s" },
};

function fail(message: string): PlainObject {
  return command("FAIL_WORKFLOW_EXECUTION", { failure: applicationFailure(message) });
}

async function terminateCurrent(s: Scenario, run: WorkflowRef): Promise<void> {
  const { workflowId } = run;
  await s.call("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
}
