import {
  applicationFailure,
  completeWorkflow,
  payload,
  payloads,
  scheduleActivity,
} from "../commands.js";
import { scenario } from "../scenario.js";
import { pickList } from "../wire/plain.js";

export const describeScenarios = [
  scenario(
    "describe-pending-activities",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const retryPolicy = { initialInterval: "100s", maximumAttempts: 5 };
      await s.runWorkflowTask(queue, [
        scheduleActivity(queue, {
          retryPolicy,
          heartbeatTimeout: "30s",
          scheduleToCloseTimeout: "500s",
        }),
      ]);
      await s.describe(run);
      const task = await s.pollActivityTask(queue);
      await s.describe(run);
      const { taskToken } = task;
      const details = payloads("half");
      await s.call("RecordActivityTaskHeartbeat", { taskToken, details });
      await s.describe(run);
      const failure = applicationFailure("broken");
      await s.call("RespondActivityTaskFailed", { taskToken, failure });
      await s.callUntil(
        "DescribeWorkflowExecution",
        { execution: { ...run } },
        (response) => pickList(response, "pendingActivities").length === 1,
      );
      await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    },
    {
      tolerances: [
        {
          call: "DescribeWorkflowExecution",
          path: "response.pendingActivities.*.expirationTime",
          reason: "It is told relative to the next attempt, whose time no two runs have alike",
        },
      ],
    },
  ),

  scenario("describe-pending-workflow-task", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue }, workflowRunTimeout: "100s" });
    await s.describe(run);
    const task = await s.pollWorkflowTask(queue);
    await s.describe(run);
    await s.completeWorkflowTask(task, []);
    await s.describe(run);
    await s.call("RequestCancelWorkflowExecution", {
      workflowExecution: { ...run },
      requestId: s.uuid("cancel-request"),
    });
    await s.describe(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.describe(run);
  }),

  scenario("describe-memo-and-metadata", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      memo: { fields: { note: payload("remember") } },
      userMetadata: { summary: payload("summary"), details: payload("details") },
      workflowExecutionTimeout: "200s",
      workflowStartDelay: "100s",
      priority: { priorityKey: 2 },
    });
    await s.describe(run);
    await s.call("DescribeWorkflowExecution", { execution: { workflowId: run.workflowId } });
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.describe(run);
  }),
];
