import { command, completeWorkflow } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { type PlainObject, pickBytes } from "../wire/plain.js";

const CLOSE_ONLY = "HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT";

export const historyReadScenarios = [
  scenario("history-pages", async (s) => {
    const { run } = await signaled(s, 5);
    await pages(s, "GetWorkflowExecutionHistory", { run, maximumPageSize: 4 });
    await pages(s, "GetWorkflowExecutionHistory", { run, maximumPageSize: 100 });
    await terminate(s, run);
  }),

  scenario("history-reverse-pages", async (s) => {
    const { run, queue } = await signaled(s, 4);
    await s.runWorkflowTask(queue, [
      command("START_TIMER", { timerId: "t", startToFireTimeout: "100s" }),
    ]);
    for (const maximumPageSize of [1, 3, 100]) {
      await pages(s, "GetWorkflowExecutionHistoryReverse", { run, maximumPageSize });
    }
    await terminate(s, run);
  }),

  scenario("history-waits-for-close", async (s) => {
    const { run, queue } = await signaled(s, 0);
    const wait = { execution: { ...run }, waitNewEvent: true, historyEventFilterType: CLOSE_ONLY };
    const waiting = s.begin("GetWorkflowExecutionHistory", wait);
    await s.runWorkflowTask(queue, [completeWorkflow("done")]);
    await waiting.response();
    await s.call("GetWorkflowExecutionHistory", wait, { label: "closed already" });
  }),

  scenario("history-waits-for-news", async (s) => {
    const { run } = await signaled(s, 1);
    const execution = { ...run };
    const first = await s.call("GetWorkflowExecutionHistory", { execution, waitNewEvent: true });
    const nextPageToken = pickBytes(first, "nextPageToken");
    const wait = { execution, waitNewEvent: true, nextPageToken };
    const waiting = s.begin("GetWorkflowExecutionHistory", wait);
    await signal(s, run, "late");
    await waiting.response();
    await terminate(s, run);
    await s.call("GetWorkflowExecutionHistory", wait, { label: "the same token after the end" });
  }),

  scenario("history-close-filter-without-waiting", async (s) => {
    const { run } = await signaled(s, 1);
    const read = { execution: { ...run }, historyEventFilterType: CLOSE_ONLY };
    await s.call("GetWorkflowExecutionHistory", read, { label: "open" });
    await terminate(s, run);
    await s.call("GetWorkflowExecutionHistory", read, { label: "closed" });
  }),

  scenario("history-wait-for-close-over-continue-as-new", async (s) => {
    const { run, queue } = await signaled(s, 0);
    const wait = { execution: { ...run }, waitNewEvent: true, historyEventFilterType: CLOSE_ONLY };
    const waiting = s.begin("GetWorkflowExecutionHistory", wait);
    await s.runWorkflowTask(queue, [command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", {})]);
    await waiting.response();
    await terminate(s, { workflowId: run.workflowId, runId: "" });
  }),

  scenario("history-page-token-errors", async (s) => {
    const one = await signaled(s, 3);
    const other = await signaled(s, 3);
    const read = { execution: { ...one.run }, maximumPageSize: 2 };
    for (const rpc of ["GetWorkflowExecutionHistory", "GetWorkflowExecutionHistoryReverse"]) {
      const page = await s.call(rpc, read);
      const nextPageToken = pickBytes(page, "nextPageToken");
      await s.attempt(rpc, { execution: { ...other.run }, nextPageToken }, { label: "of another" });
      const { workflowId } = one.run;
      await s.attempt(rpc, { execution: { workflowId }, nextPageToken }, { label: "no run ID" });
      const noise = Buffer.from("noise");
      await s.attempt(rpc, { ...read, nextPageToken: noise }, { label: "noise" });
    }
    await terminate(s, one.run);
    await terminate(s, other.run);
  }),

  scenario("history-not-found", async (s) => {
    const workflowId = s.name("missing");
    const targets = [
      undefined,
      {},
      { workflowId },
      { workflowId, runId: "no uuid" },
      { workflowId, runId: s.uuid("run") },
    ];
    for (const execution of targets) {
      await s.attempt("GetWorkflowExecutionHistory", { execution });
      await s.attempt("GetWorkflowExecutionHistoryReverse", { execution });
      await s.attempt("DescribeWorkflowExecution", { execution });
      await s.attempt("DeleteWorkflowExecution", { workflowExecution: execution });
      await s.attempt("TerminateWorkflowExecution", { workflowExecution: execution });
    }
  }),
];

/** Starts a workflow and sends it signals. */
async function signaled(
  s: Scenario,
  count: number,
): Promise<{ readonly run: WorkflowRef; readonly queue: string }> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue }, workflowId: s.name("workflow") });
  for (let index = 0; index < count; index++) await signal(s, run, `signal-${index}`);
  return { run, queue };
}

async function signal(s: Scenario, run: WorkflowRef, signalName: string): Promise<void> {
  await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName });
}

async function terminate(s: Scenario, run: WorkflowRef): Promise<void> {
  await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
}

/** Reads page after page. */
async function pages(
  s: Scenario,
  rpc: string,
  read: { readonly run: WorkflowRef; readonly maximumPageSize: number },
): Promise<void> {
  const { run, maximumPageSize } = read;
  let request: PlainObject = { execution: { ...run }, maximumPageSize };
  for (;;) {
    const nextPageToken = pickBytes(await s.call(rpc, request), "nextPageToken");
    if (nextPageToken.length === 0) return;
    request = { ...request, nextPageToken };
  }
}
