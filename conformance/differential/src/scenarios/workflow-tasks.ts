import { applicationFailure, command, completeWorkflow, payloads } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { signal, startOnQueue, terminate, terminatedHistory } from "../scripts.js";
import { pick, pickBytes } from "../wire/plain.js";

const CAUSES = [
  "UNSPECIFIED",
  "WORKFLOW_WORKER_UNHANDLED_FAILURE",
  "NON_DETERMINISTIC_ERROR",
  "RESET_STICKY_TASK_QUEUE",
  "GRPC_MESSAGE_TOO_LARGE",
  "PAYLOADS_TOO_LARGE",
  "BAD_BINARY",
];

export const workflowTaskScenarios = [
  ...CAUSES.map((cause) =>
    scenario(`workflow-task-failed-${cause.toLowerCase().replaceAll("_", "-")}`, async (s) => {
      const { queue, run } = await startOnQueue(s);
      const { taskToken } = await s.pollWorkflowTask(queue);
      await s.attempt("RespondWorkflowTaskFailed", {
        taskToken,
        cause: `WORKFLOW_TASK_FAILED_CAUSE_${cause}`,
        failure: applicationFailure("panic", { details: payloads("d") }),
        binaryChecksum: "checksum",
      });
      await s.describe(run);
      await terminatedHistory(s, run);
    }),
  ),

  scenario("workflow-task-failed-again", async (s) => {
    const { queue, run } = await startOnQueue(s, { workflowTaskTimeout: "1s" });
    await failTask(s, queue, "first");
    await s.describe(run);
    await s.history(run);
    await failTask(s, queue, "second");
    await s.describe(run);
    const third = await s.pollWorkflowTask(queue);
    await s.history(run);
    await s.completeWorkflowTask(third, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-failed-then-signal", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await failTask(s, queue, "first");
    await signal(s, run, "news");
    await s.describe(run);
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-transient-started-then-signal", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await failTask(s, queue, "first");
    const second = await s.pollWorkflowTask(queue);
    await signal(s, run, "news");
    await s.describe(run);
    await s.history(run);
    await s.completeWorkflowTask(second, []);
    await s.history(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-transient-failed-with-signal", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await failTask(s, queue, "first");
    const { taskToken } = await s.pollWorkflowTask(queue);
    await signal(s, run, "news");
    const failure = applicationFailure("second");
    await s.attempt("RespondWorkflowTaskFailed", { taskToken, failure });
    await s.describe(run);
    await s.history(run);
    await terminatedHistory(s, run);
  }),

  scenario("workflow-task-timeout", async (s) => {
    const { queue, run } = await startOnQueue(s, { workflowTaskTimeout: "1s" });
    const first = await s.pollWorkflowTask(queue);
    const second = await s.pollWorkflowTask(queue);
    await s.attempt("RespondWorkflowTaskCompleted", {
      taskToken: first.taskToken,
      commands: [completeWorkflow()],
    });
    await s.describe(run);
    await s.completeWorkflowTask(second, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-timeout-with-signal", async (s) => {
    const { queue, run } = await startOnQueue(s, { workflowTaskTimeout: "1s" });
    await s.pollWorkflowTask(queue);
    await signal(s, run, "news");
    const second = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(second, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-completed-twice", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, []);
    const { taskToken } = task;
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken });
    await s.attempt("RespondWorkflowTaskFailed", { taskToken });
    await signal(s, run, "news");
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken }, { label: "closed" });
    await s.attempt("RespondWorkflowTaskFailed", { taskToken }, { label: "closed" });
    await s.closedHistory(run);
  }),

  scenario("workflow-task-heartbeat", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const task = await s.pollWorkflowTask(queue);
    const beat = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
    const marker = command("RECORD_MARKER", { markerName: "local" });
    const first = await s.completeWorkflowTask(task, [], beat);
    await s.describe(run);
    const taskToken = pickBytes(first, "workflowTask.taskToken");
    const second = await s.call("RespondWorkflowTaskCompleted", {
      taskToken,
      commands: [marker],
      ...beat,
    });
    await s.call("RespondWorkflowTaskCompleted", {
      taskToken: pickBytes(second, "workflowTask.taskToken"),
      commands: [completeWorkflow()],
    });
    await s.closedHistory(run);
  }),

  scenario("workflow-task-heartbeat-on-queue", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, [], { forceCreateNewWorkflowTask: true });
    await s.describe(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-returned-for-buffered-signal", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const task = await s.pollWorkflowTask(queue);
    await signal(s, run, { signalName: "news", requestId: s.uuid("signal-request") });
    await s.describe(run);
    const response = await s.completeWorkflowTask(task, [], { returnNewWorkflowTask: true });
    await s.describe(run);
    const taskToken = pickBytes(response, "workflowTask.taskToken");
    await s.call("RespondWorkflowTaskCompleted", { taskToken, commands: [completeWorkflow()] });
    await s.closedHistory(run);
  }),

  scenario("workflow-task-nothing-to-return", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, [], { returnNewWorkflowTask: true });
    await terminate(s, run);
    await s.history(run);
  }),

  scenario("workflow-task-101-buffered-signals", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const { taskToken } = await s.pollWorkflowTask(queue);
    for (let index = 1; index <= 100; index += 1) await signal(s, run, `signal ${index}`);
    await s.history(run);
    await signal(s, run, "one too many");
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken });
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("workflow-task-terminated-while-started", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const { taskToken } = await s.pollWorkflowTask(queue);
    await signal(s, run, "news");
    await s.call("TerminateWorkflowExecution", {
      workflowExecution: { ...run },
      reason: "enough",
      details: payloads("why"),
    });
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken });
    await s.attempt("RespondWorkflowTaskFailed", { taskToken });
    await s.history(run);
    await s.describe(run);
  }),

  scenario("workflow-task-terminated-while-transient", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await failTask(s, queue, "first");
    await s.pollWorkflowTask(queue);
    await terminatedHistory(s, run);
  }),

  scenario("workflow-task-completed-attributes", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, [], {
      binaryChecksum: "checksum",
      identity: "another identity",
      sdkMetadata: { coreUsedFlags: [1, 2], langUsedFlags: [3], sdkName: "sdk", sdkVersion: "1.0" },
      workerVersionStamp: { buildId: "build-1" },
    });
    await s.history(run);
    await s.describe(run);
    await signal(s, run, "news");
    const second = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(second, [], { workerVersionStamp: { buildId: "build-2" } });
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("workflow-task-page-of-history", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const task = await s.pollWorkflowTask(queue);
    const markers = Array.from({ length: 1100 }, (_, index) =>
      command("RECORD_MARKER", { markerName: `marker ${index}` }),
    );
    await s.completeWorkflowTask(task, markers);
    await signal(s, run, "news");
    const { taskToken, response } = await s.pollWorkflowTask(queue);
    await s.call("GetWorkflowExecutionHistory", {
      execution: { ...run },
      nextPageToken: pick(response, "nextPageToken") ?? "",
    });
    await s.call("RespondWorkflowTaskCompleted", { taskToken, commands: [completeWorkflow()] });
  }),
];

async function failTask(s: Scenario, queue: string, message: string): Promise<void> {
  const { taskToken } = await s.pollWorkflowTask(queue);
  const failure = applicationFailure(message);
  await s.attempt("RespondWorkflowTaskFailed", { taskToken, failure });
}
