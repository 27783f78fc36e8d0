import { applicationFailure, command, completeWorkflow, payload, payloads } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { type PlainObject, pickText } from "../wire/plain.js";

const EVERY_SECOND = "@every 1s";
/** The chain's end is a whole time after the start of its first run, not of a later one. */
const EXPIRATION_OF_LATER_RUN = [
  {
    call: "DescribeWorkflowExecution",
    path: "response.workflowExtendedInfo.executionExpirationTime",
    reason: "relative to the start of the chain",
  },
  {
    call: "DescribeWorkflowExecution",
    path: "response.workflowExtendedInfo.runExpirationTime",
    reason: "relative to the start of the chain",
  },
  {
    call: "GetWorkflowExecutionHistory",
    path: "response.history.events.*.workflowExecutionStartedEventAttributes.workflowExecutionExpirationTime",
    reason: "relative to the start of the chain",
  },
];

const FAIL = command("FAIL_WORKFLOW_EXECUTION", { failure: applicationFailure("broken") });

/** Asks for the closing event alone, as a client does that waits for a result. */
async function closingEvent(s: Scenario, execution: WorkflowRef): Promise<void> {
  const historyEventFilterType = "HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT";
  const request = { execution: { ...execution }, historyEventFilterType, waitNewEvent: true };
  await s.call("GetWorkflowExecutionHistory", request);
}

export const cronScenarios = [
  scenario("cron-closing-event-of-each-run", async (s) => {
    const queue = s.name("queue");
    const run = await startCron(s, { taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [completeWorkflow("first")]);
    await closingEvent(s, run);
    const second = await s.runWorkflowTask(queue, [FAIL]);
    await closingEvent(s, second.execution);
    const third = await s.runWorkflowTask(queue, []);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...third.execution } });
    await closingEvent(s, third.execution);
  }),

  scenario("cron-start", async (s) => {
    const run = await startCron(s, { cronSchedule: "@every 1h" });
    await s.describe(run);
    await s.attempt("SignalWorkflowExecution", signal(run), { label: "during the back-off" });
    await s.attempt("RequestCancelWorkflowExecution", cancel(run), {
      label: "during the back-off",
    });
    await s.history(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario("cron-complete-carries-result", async (s) => {
    const queue = s.name("queue");
    const run = await startCron(s, {
      taskQueue: { name: queue },
      input: payloads("in"),
      memo: { fields: { note: payload("memo") } },
      header: { fields: { trace: payload("t") } },
      searchAttributes: { indexedFields: { DiffKeyword: payload("k") } },
      userMetadata: { summary: payload("summary") },
      priority: { priorityKey: 2 },
    });
    await s.runWorkflowTask(queue, [
      command("MODIFY_WORKFLOW_PROPERTIES", { upsertedMemo: { fields: { more: payload("m") } } }),
      command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", {
        searchAttributes: { indexedFields: { DiffInt: payload(5) } },
      }),
      completeWorkflow("first"),
    ]);
    const second = await s.runWorkflowTask(queue, [completeWorkflow("second")]);
    await s.history(run);
    await s.history(second.execution);
    await s.describe(second.execution);
    await terminateCurrent(s, run);
  }),

  scenario("cron-fail-keeps-last-result", async (s) => {
    const queue = s.name("queue");
    const run = await startCron(s, { taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [completeWorkflow("first")]);
    const second = await s.runWorkflowTask(queue, [FAIL]);
    const third = await s.runWorkflowTask(queue, [completeWorkflow("third")]);
    const fourth = await s.pollWorkflowTask(queue);
    for (const each of [run, second.execution, third.execution, fourth.execution]) {
      await s.history(each);
    }
    await terminateCurrent(s, run);
  }),

  scenario("cron-with-retry-policy", async (s) => {
    const queue = s.name("queue");
    const run = await startCron(s, {
      taskQueue: { name: queue },
      retryPolicy: { initialInterval: "0.1s", maximumAttempts: 2 },
    });
    await s.runWorkflowTask(queue, [completeWorkflow("first")]);
    const second = await s.runWorkflowTask(queue, [FAIL]);
    const third = await s.runWorkflowTask(queue, [FAIL]);
    const fourth = await s.runWorkflowTask(queue, [completeWorkflow("fourth")]);
    for (const each of [run, second.execution, third.execution, fourth.execution]) {
      await s.history(each);
    }
    await terminateCurrent(s, run);
  }),

  scenario("cron-cancel-ends-the-chain", async (s) => {
    const queue = s.name("queue");
    const run = await startCron(s, { taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    await s.call("RequestCancelWorkflowExecution", cancel(run));
    await s.completeWorkflowTask(task, []);
    await s.runWorkflowTask(queue, [command("CANCEL_WORKFLOW_EXECUTION", {})]);
    await s.closedHistory(run);
    await s.describe({ ...run, runId: "" });
  }),

  scenario("cron-terminate-ends-the-chain", async (s) => {
    const queue = s.name("queue");
    const run = await startCron(s, { taskQueue: { name: queue } });
    await s.pollWorkflowTask(queue);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.closedHistory(run);
    await s.describe({ ...run, runId: "" });
  }),

  scenario("cron-continue-as-new", async (s) => {
    const queue = s.name("queue");
    const run = await startCron(s, { taskQueue: { name: queue } });
    const next = command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", {
      workflowType: { name: "Type" },
      taskQueue: { name: queue },
      cronSchedule: EVERY_SECOND,
      initiator: "CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE",
      backoffStartInterval: "1s",
      lastCompletionResult: payloads("carried"),
    });
    await s.runWorkflowTask(queue, [next]);
    const second = await s.runWorkflowTask(queue, [completeWorkflow("end")]);
    await s.history(run);
    await s.history(second.execution);
    await terminateCurrent(s, run);
  }),

  scenario("cron-run-timeout", async (s) => {
    const queue = s.name("queue");
    const run = await startCron(s, { taskQueue: { name: queue }, workflowRunTimeout: "1s" });
    await s.pollWorkflowTask(queue);
    const second = await s.runWorkflowTask(queue, [completeWorkflow("second")]);
    await s.history(run);
    await s.history(second.execution);
    await terminateCurrent(s, run);
  }),

  scenario(
    "cron-execution-timeout",
    async (s) => {
      const queue = s.name("queue");
      const run = await startCron(s, {
        taskQueue: { name: queue },
        workflowExecutionTimeout: "2s",
      });
      await s.runWorkflowTask(queue, [completeWorkflow("first")]);
      await s.callUntil(
        "DescribeWorkflowExecution",
        { execution: { workflowId: run.workflowId } },
        (response) =>
          pickText(response, "workflowExecutionInfo.status") ===
          "WORKFLOW_EXECUTION_STATUS_TIMED_OUT",
      );
      await s.history(run);
      await s.history({ ...run, runId: "" });
    },
    { tolerances: EXPIRATION_OF_LATER_RUN },
  ),

  scenario("cron-schedule-validation", async (s) => {
    const taskQueue = { name: s.name("queue") };
    for (const [label, cronSchedule] of Object.entries(SPECS)) {
      const request = s.startRequest({ taskQueue, cronSchedule });
      const response = await s.attempt("StartWorkflowExecution", request, { label });
      if (response === undefined) continue;
      const workflowId = pickText(request, "workflowId");
      await s.call("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
    }
  }),

  scenario("cron-signal-with-start", async (s) => {
    const queue = s.name("queue");
    const request = s.startRequest({
      taskQueue: { name: queue },
      cronSchedule: EVERY_SECOND,
      signalName: "go",
      signalInput: payloads("news"),
    });
    const { runId } = await s.call("SignalWithStartWorkflowExecution", request);
    const run = { workflowId: pickText(request, "workflowId"), runId: String(runId) };
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
    await terminateCurrent(s, run);
  }),
];

const SPECS: Readonly<Record<string, string>> = {
  "five fields": "0 12 * * MON-FRI",
  "names and steps": "*/5 1-5/2 1,15 jan-mar sun",
  "question marks": "? ? ? * ?",
  "zone by CRON_TZ": "CRON_TZ=America/New_York 0 12 * * *",
  "zone by TZ": "TZ=Europe/Berlin 0 12 * * *",
  "unknown zone": "CRON_TZ=Nowhere/City 0 12 * * *",
  "@yearly": "@yearly",
  "@annually": "@annually",
  "@monthly": "@monthly",
  "@weekly": "@weekly",
  "@daily": "@daily",
  "@midnight": "@midnight",
  "@hourly": "@hourly",
  "@every": "@every 1h30m10s",
  "@every with a fraction": "@every 1500ms",
  "@every below a second": "@every 1ms",
  "@every of zero": "@every 0s",
  "@every negative": "@every -5s",
  "@every without unit": "@every 5",
  "@reboot": "@reboot",
  "four fields": "* * * *",
  "six fields": "0 * * * * *",
  "minute out of range": "60 * * * *",
  "day zero": "* * 0 * *",
  "weekday seven": "* * * * 7",
  "range backwards": "* * * * 5-1",
  "step of zero": "*/0 * * * *",
  "no such date": "0 0 30 2 *",
  "leap day": "0 0 29 2 *",
  "extra blanks": "  0   12 * *   * ",
  words: "every monday",
  "last day": "0 0 L * *",
  "hash weekday": "0 0 * * 1#2",
  "negative number": "-1 * * * *",
};

async function startCron(s: Scenario, request: PlainObject): Promise<WorkflowRef> {
  const taskQueue = { name: s.name("cron queue") };
  return await s.start({ taskQueue, cronSchedule: EVERY_SECOND, ...request });
}

function signal(run: WorkflowRef): PlainObject {
  return { workflowExecution: { ...run }, signalName: "go" };
}

function cancel(run: WorkflowRef): PlainObject {
  return { workflowExecution: { ...run }, reason: "enough" };
}

async function terminateCurrent(s: Scenario, run: WorkflowRef): Promise<void> {
  const { workflowId } = run;
  await s.call("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
}
