import { command, completeWorkflow, payload, payloads } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal, startOnQueue, terminatedHistory } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";

const LONG = "x".repeat(1001);

const BAD_SIGNALS: Readonly<Record<string, PlainObject>> = {
  "no name": { signalName: "" },
  "long name": { signalName: LONG },
  "long request id": { requestId: LONG },
  "no execution": { workflowExecution: undefined },
  "no workflow id": { workflowExecution: { workflowId: "" } },
  "bad run id": { workflowExecution: { workflowId: "w", runId: "not a uuid" } },
};

export const messageScenarios = [
  scenario("signal-with-everything", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const link = {
      workflowEvent: {
        namespace: "default",
        workflowId: "linked",
        runId: s.uuid("linked-run"),
        eventRef: { eventId: 1, eventType: "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED" },
      },
    };
    await signal(s, run, {
      signalName: "news",
      input: payloads("a", 1),
      header: { fields: { trace: payload("t") } },
      requestId: s.uuid("signal-request"),
      control: "control",
      links: [link],
      identity: "caller",
    });
    await s.describe(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
    await s.describe(run);
  }),

  scenario("signal-request-id-repeated", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const requestId = s.uuid("signal-request");
    await signal(s, run, { signalName: "once", requestId });
    await signal(s, run, { signalName: "once", requestId });
    const task = await s.pollWorkflowTask(queue);
    await signal(s, run, { signalName: "once", requestId });
    await signal(s, run, { signalName: "twice", requestId: s.uuid("other-request") });
    await s.describe(run);
    await s.completeWorkflowTask(task, []);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("signal-refused", async (s) => {
    const { queue, run } = await startOnQueue(s);
    for (const [label, fields] of Object.entries(BAD_SIGNALS)) {
      const request = { workflowExecution: { ...run }, signalName: "news", ...fields };
      await s.attempt("SignalWorkflowExecution", request, { label });
    }
    const absent = { workflowId: s.name("absent") };
    const to = async (label: string, workflowExecution: PlainObject): Promise<void> => {
      const request = { workflowExecution, signalName: "news" };
      await s.attempt("SignalWorkflowExecution", request, { label });
    };
    await to("absent workflow", absent);
    await to("absent run", { ...run, runId: s.uuid("absent-run") });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await to("closed run", { ...run });
    await to("closed workflow", { workflowId: run.workflowId });
  }),

  scenario("cancel-twice", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const workflowExecution = { ...run };
    const requestId = s.uuid("cancel-request");
    const cancel = { workflowExecution, requestId, reason: "because" };
    await s.call("RequestCancelWorkflowExecution", cancel, { label: "first" });
    await s.attempt("RequestCancelWorkflowExecution", cancel, { label: "same request" });
    const other = { ...cancel, requestId: s.uuid("other-request") };
    await s.attempt("RequestCancelWorkflowExecution", other, { label: "other request" });
    await s.attempt("RequestCancelWorkflowExecution", { workflowExecution }, { label: "no id" });
    await s.describe(run);
    await s.runWorkflowTask(queue, [command("CANCEL_WORKFLOW_EXECUTION", {})]);
    await s.attempt("RequestCancelWorkflowExecution", cancel, { label: "closed" });
    await s.closedHistory(run);
  }),

  scenario("cancel-during-workflow-task", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const task = await s.pollWorkflowTask(queue);
    await s.call("RequestCancelWorkflowExecution", { workflowExecution: { ...run } });
    const again = { workflowExecution: { ...run } };
    await s.attempt("RequestCancelWorkflowExecution", again, { label: "again" });
    await s.describe(run);
    await s.completeWorkflowTask(task, []);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("cancel-refused", async (s) => {
    const { run } = await startOnQueue(s);
    const cancel = async (label: string, request: PlainObject): Promise<void> => {
      await s.attempt("RequestCancelWorkflowExecution", request, { label });
    };
    await cancel("empty", {});
    await cancel("no workflow id", { workflowExecution: { workflowId: "" } });
    await cancel("bad run id", { workflowExecution: { workflowId: "w", runId: "x" } });
    await cancel("absent", { workflowExecution: { workflowId: s.name("absent") } });
    const firstExecutionRunId = s.uuid("other-chain");
    await cancel("of another chain", { workflowExecution: { ...run }, firstExecutionRunId });
    await terminatedHistory(s, run);
  }),

  scenario("terminate-refused", async (s) => {
    const { run } = await startOnQueue(s);
    const end = async (label: string, request: PlainObject): Promise<void> => {
      await s.attempt("TerminateWorkflowExecution", request, { label });
    };
    await end("empty", {});
    await end("no workflow id", { workflowExecution: { workflowId: "" } });
    await end("bad run id", { workflowExecution: { workflowId: "w", runId: "x" } });
    await end("absent", { workflowExecution: { workflowId: s.name("absent") } });
    const firstExecutionRunId = s.uuid("other-chain");
    await end("of another chain", { workflowExecution: { ...run }, firstExecutionRunId });
    await end("of its chain", {
      workflowExecution: { workflowId: run.workflowId },
      firstExecutionRunId: run.runId,
    });
    await end("closed", { workflowExecution: { ...run } });
    await s.history(run);
  }),
];
