import {
  applicationFailure,
  command,
  completeWorkflow,
  payload,
  payloads,
  scheduleActivity,
} from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { type PlainObject, pickBytes, pickText } from "../wire/plain.js";

const RETRY = { maximumAttempts: 3, initialInterval: "0.05s" };
const ONCE = { maximumAttempts: 1 };
const EAGER = { requestEagerExecution: true };

/** Activities that a worker asks for in the reply to the commands that schedule them. */
export const eagerActivityScenarios = [
  scenario("eager-activity-on-another-queue", async (s) => {
    await eager(s, (queue) => [scheduleActivity(`${queue}-other`, EAGER)]);
  }),

  scenario("eager-activity-then-heartbeat-task", async (s) => {
    const request = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
    await eager(s, (queue) => [scheduleActivity(queue, EAGER)], request);
  }),

  scenario("eager-activity-cancelled-at-once", async (s) => {
    await eager(s, (queue) => [
      scheduleActivity(queue, EAGER),
      command("REQUEST_CANCEL_ACTIVITY_TASK", { scheduledEventId: 5 }),
    ]);
  }),

  scenario("eager-activity-of-closing-workflow", async (s) => {
    await eager(s, (queue) => [scheduleActivity(queue, EAGER), completeWorkflow()]);
  }),

  scenario("eager-activity-runs-to-its-end", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const { taskToken } = await s.pollWorkflowTask(queue);
    const response = await s.call("RespondWorkflowTaskCompleted", {
      taskToken,
      commands: [scheduleActivity(queue, { ...EAGER, retryPolicy: RETRY })],
    });
    const activity = { taskToken: pickBytes(response, "activityTasks.0.taskToken") };
    await s.call("RecordActivityTaskHeartbeat", { ...activity, details: payloads("half") });
    await s.call("RespondActivityTaskFailed", {
      ...activity,
      failure: applicationFailure("once more"),
    });
    const again = await s.pollActivityTask(queue);
    await s.call("RespondActivityTaskCompleted", { taskToken: again.taskToken });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("eager-activity-times-out", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [
      scheduleActivity(queue, { ...EAGER, startToCloseTimeout: "1s", retryPolicy: ONCE }),
    ]);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario(
    "eager-activity-switched-off",
    async (s) => {
      await eager(s, (queue) => [scheduleActivity(queue, EAGER)]);
    },
    { setup: "withoutEager" },
  ),

  scenario(
    "eager-start-switched-off",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue }, requestEagerExecution: true });
      await s.runWorkflowTask(queue, [completeWorkflow()]);
      await s.history(run);
    },
    { setup: "withoutEager" },
  ),

  scenario("eager-start-runs", async (s) => {
    const queue = s.name("queue");
    const request = s.startRequest({ taskQueue: { name: queue }, requestEagerExecution: true });
    const response = await s.call("StartWorkflowExecution", request);
    const run = { workflowId: pickText(request, "workflowId"), runId: pickText(response, "runId") };
    await s.describe(run);
    const taskToken = pickBytes(response, "eagerWorkflowTask.taskToken");
    const commands = [scheduleActivity(queue, EAGER)];
    await s.call("RespondWorkflowTaskCompleted", { taskToken, commands });
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario("eager-start-times-out", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({
      taskQueue: { name: queue },
      requestEagerExecution: true,
      workflowTaskTimeout: "1s",
    });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("eager-start-of-known-id", async (s) => {
    const queue = s.name("queue");
    const request = s.startRequest({ taskQueue: { name: queue } });
    await s.call("StartWorkflowExecution", request);
    await s.call("StartWorkflowExecution", {
      ...request,
      requestId: s.uuid("again"),
      requestEagerExecution: true,
      workflowIdConflictPolicy: "WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING",
    });
    const workflowExecution = { workflowId: pickText(request, "workflowId") };
    await s.call("TerminateWorkflowExecution", { workflowExecution });
  }),

  scenario("eager-activity", async (s) => {
    await eager(s, (queue) => [scheduleActivity(queue, EAGER)]);
  }),

  scenario("eager-activity-carries-its-fields", async (s) => {
    await eager(s, (queue) => [
      scheduleActivity(queue, {
        ...EAGER,
        input: payloads("in", 2),
        header: { fields: { trace: payload("t") } },
        scheduleToCloseTimeout: "50s",
        heartbeatTimeout: "5s",
        retryPolicy: { maximumAttempts: 3 },
        priority: { priorityKey: 2, fairnessKey: "f", fairnessWeight: 2 },
      }),
    ]);
  }),

  scenario("eager-activity-beside-others", async (s) => {
    await eager(s, (queue) => [
      scheduleActivity(queue, { ...EAGER, activityId: "e1" }),
      scheduleActivity(`${queue}-2`, { activityId: "plain" }),
      scheduleActivity(queue, { ...EAGER, activityId: "e2" }),
    ]);
  }),
];

async function eager(
  s: Scenario,
  commands: (queue: string) => readonly PlainObject[],
  request: PlainObject = {},
): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  const { taskToken } = await s.pollWorkflowTask(queue);
  await s.attempt("RespondWorkflowTaskCompleted", {
    taskToken,
    commands: commands(queue),
    ...request,
  });
  await s.describe(run);
  await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  await s.history(run);
}
