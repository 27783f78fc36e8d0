import {
  applicationFailure,
  command,
  completeWorkflow,
  payload,
  payloads,
  scheduleActivity,
} from "../commands.js";
import { scenario } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";

export const startScenarios = [
  scenario("one-activity-workflow", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, input: payloads("hello", 1) });
    await s.runWorkflowTask(queue, [scheduleActivity(queue, { input: payloads("in") })]);
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskCompleted", { taskToken, result: payloads("out") });
    await s.runWorkflowTask(queue, [completeWorkflow("done")]);
    await s.closedHistory(run);
    await s.describe(run);
  }),

  scenario("start-defaults", async (s) => {
    const run = await s.start({ taskQueue: { name: s.name("queue") } });
    await s.history(run);
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("start-with-every-attribute", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      input: payloads({ a: 1 }, null),
      workflowExecutionTimeout: "3600s",
      workflowRunTimeout: "1800s",
      workflowTaskTimeout: "7s",
      retryPolicy: { initialInterval: "3s", maximumAttempts: 4, nonRetryableErrorTypes: ["Fatal"] },
      memo: { fields: { note: payload("memo"), more: payload(2) } },
      header: { fields: { trace: payload("t") } },
      userMetadata: { summary: payload("summary"), details: payload("details") },
      priority: { priorityKey: 2 },
    });
    const task = await s.pollWorkflowTask(queue);
    await s.describe(run);
    const failure = { failure: applicationFailure("fatal", { type: "Fatal" }) };
    await s.completeWorkflowTask(task, [command("FAIL_WORKFLOW_EXECUTION", failure)]);
    await s.closedHistory(run);
    await s.describe(run);
  }),

  scenario("start-delayed", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, workflowStartDelay: "600s" });
    await s.history(run);
    await s.describe(run);
    const workflowExecution = { ...run };
    await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "go" });
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution });
    await s.history(run);
  }),

  scenario("start-validation", async (s) => {
    const taskQueue = { name: s.name("queue") };
    const invalid = async (label: string, fields: PlainObject): Promise<void> => {
      const request = s.startRequest({ taskQueue, ...fields });
      await s.attempt("StartWorkflowExecution", request, { label });
    };
    for (const [label, fields] of Object.entries(INVALID_STARTS)) await invalid(label, fields);
    await s.attempt("StartWorkflowExecution", { namespace: "" }, { label: "empty request" });
    await s.attempt("StartWorkflowExecution", {}, { label: "namespace only" });
  }),

  scenario("start-id-of-greatest-length", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("long").padEnd(1000, "x");
    const run = await s.start({ workflowId, taskQueue: { name: queue } });
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario("start-eager", async (s) => {
    const queue = s.name("queue");
    const request = s.startRequest({ taskQueue: { name: queue }, requestEagerExecution: true });
    const response = await s.call("StartWorkflowExecution", request);
    const task = response.eagerWorkflowTask;
    const taskToken =
      typeof task === "object" && task !== null && "taskToken" in task ? task.taskToken : "";
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands: [completeWorkflow()] });
    const workflowId = String(request.workflowId);
    await s.closedHistory({ workflowId, runId: String(response.runId) });
  }),
];

const LONG = "x".repeat(1001);

const INVALID_STARTS: Readonly<Record<string, PlainObject>> = {
  "no workflow id": { workflowId: "" },
  "no workflow type": { workflowType: undefined },
  "empty workflow type": { workflowType: { name: "" } },
  "no task queue": { taskQueue: undefined },
  "empty task queue": { taskQueue: { name: "" } },
  "long workflow id": { workflowId: LONG },
  "long workflow type": { workflowType: { name: LONG } },
  "long task queue": { taskQueue: { name: LONG } },
  "long request id": { requestId: LONG },
  "reserved task queue": { taskQueue: { name: "/_sys/reserved" } },
  "sticky task queue": { taskQueue: { name: "sticky", kind: "TASK_QUEUE_KIND_STICKY" } },
  "system task queue": { taskQueue: { name: "temporal-sys-per-ns-tq" } },
  "task queue of invalid text": { taskQueue: { name: " " } },
  "negative execution timeout": { workflowExecutionTimeout: "-1s" },
  "negative run timeout": { workflowRunTimeout: "-1s" },
  "negative task timeout": { workflowTaskTimeout: "-1s" },
  "negative start delay": { workflowStartDelay: "-1s" },
  "invalid duration": { workflowRunTimeout: { seconds: 1, nanos: -5 } },
  "start delay with cron": { workflowStartDelay: "1s", cronSchedule: "* * * * *" },
  "retry interval negative": { retryPolicy: { initialInterval: "-1s" } },
  "retry coefficient below one": {
    retryPolicy: { initialInterval: "1s", backoffCoefficient: 0.5 },
  },
  "retry maximum interval negative": {
    retryPolicy: { initialInterval: "1s", backoffCoefficient: 2, maximumInterval: "-1s" },
  },
  "retry maximum interval below initial": {
    retryPolicy: { initialInterval: "9s", backoffCoefficient: 2, maximumInterval: "1s" },
  },
  "retry maximum attempts negative": {
    retryPolicy: { initialInterval: "1s", backoffCoefficient: 2, maximumAttempts: -1 },
  },
  "reuse policy with conflict policy": {
    workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING",
    workflowIdConflictPolicy: "WORKFLOW_ID_CONFLICT_POLICY_FAIL",
  },
  "reject duplicate with terminate existing": {
    workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE",
    workflowIdConflictPolicy: "WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING",
  },
  "priority out of range": { priority: { priorityKey: -1 } },
  "priority beyond the last": { priority: { priorityKey: 6 } },
};
