import { type Scenario, scenario } from "../scenario.js";

/** Asks for workflows that are not there: only whether the call gets through is of interest. */
async function describe(s: Scenario): Promise<void> {
  const execution = { workflowId: s.name("absent") };
  await s.attempt("DescribeWorkflowExecution", { execution });
}

export const rateLimitScenarios = [
  scenario(
    "rate-limit-of-lists",
    async (s) => {
      await s.pause(1500); // Whoever came before has used up what there was.
      const query = 'WorkflowId = "absent"';
      await s.attempt("ListWorkflowExecutions", { query });
      await s.attempt("CountWorkflowExecutions", { query });
      // Other calls have a rate of their own.
      await describe(s);
      await s.pause(1500);
      await s.attempt("CountWorkflowExecutions", { query });
    },
    { setup: "fewLists" },
  ),

  scenario(
    "rate-limit-by-priority",
    async (s) => {
      await s.pause(3500); // Whoever came before has used up what there was.
      for (let call = 0; call < 5; call += 1) await describe(s);
      // What makes progress goes before what only looks.
      const workflowExecution = { workflowId: s.name("absent") };
      await s.attempt("SignalWorkflowExecution", { workflowExecution, signalName: "s" });
      await s.attempt("TerminateWorkflowExecution", { workflowExecution });
    },
    { setup: "fewCalls" },
  ),

  scenario(
    "limit-of-waiting-calls",
    async (s) => {
      const execution = { ...(await s.start({ taskQueue: { name: s.name("queue") } })) };
      const watch = { execution, waitNewEvent: true, historyEventFilterType: CLOSE };
      const waiting = s.begin("GetWorkflowExecutionHistory", watch);
      await s.pause(500);
      await s.attempt("GetWorkflowExecutionHistory", watch);
      await s.attempt("GetWorkflowExecutionHistory", { execution });
      await s.call("TerminateWorkflowExecution", { workflowExecution: execution });
      await waiting.result();
      await s.attempt("GetWorkflowExecutionHistory", watch);
    },
    { setup: "fewPolls" },
  ),
];

const CLOSE = "HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT";
