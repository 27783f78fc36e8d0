import { applicationFailure, command, payloads, scheduleActivity } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";

/** Signals a run so often that its history is over the limit. */
async function signalOverLimit(s: Scenario, input: string): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  for (let number = 1; number <= 6; number += 1) {
    await s.attempt("SignalWorkflowExecution", {
      workflowExecution: { ...run },
      signalName: "more",
      input: payloads(input),
      requestId: s.name(`signal-${number}`),
    });
  }
  await s.history(run);
}

/** Runs workflow tasks until the worker has long been told to continue as new. */
async function workOn(s: Scenario): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  const workflowExecution = { ...run };
  await s.runWorkflowTask(queue);
  for (const signalName of ["first", "second"]) {
    const input = payloads("x".repeat(2000));
    await s.call("SignalWorkflowExecution", { workflowExecution, signalName, input });
    await s.runWorkflowTask(queue);
  }
  await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "third" });
  const failed = await s.pollWorkflowTask(queue);
  const { taskToken } = failed;
  await s.call("RespondWorkflowTaskFailed", { taskToken, failure: applicationFailure("no") });
  await s.pollWorkflowTask(queue);
  await s.call("TerminateWorkflowExecution", { workflowExecution });
  await s.history(run);
}

const SUGGESTING = ["suggestByCount", "suggestBySize", "suggestByBoth"] as const;

export const historyLimitScenarios = [
  ...SUGGESTING.map((setup) => scenario(`continue-as-new-${kebab(setup)}`, workOn, { setup })),

  scenario(
    "limit-pending-activities",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const activities = ["a1", "a2"].map((activityId) => scheduleActivity(queue, { activityId }));
      const { taskToken } = await s.pollWorkflowTask(queue);
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands: activities });
      await s.runWorkflowTask(queue, activities.slice(0, 1));
      await s.call("SignalWorkflowExecution", {
        workflowExecution: { ...run },
        signalName: "go",
      });
      const again = await s.pollWorkflowTask(queue);
      await s.attempt("RespondWorkflowTaskCompleted", {
        taskToken: again.taskToken,
        commands: activities.slice(1),
      });
      await s.describe(run);
      await s.history(run);
      await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    },
    { setup: "fewActivities" },
  ),

  scenario("limit-history-count-by-signals", (s) => signalOverLimit(s, "x"), {
    setup: "shortHistories",
  }),
  scenario("limit-history-size-by-signals", (s) => signalOverLimit(s, "x".repeat(1000)), {
    setup: "smallHistories",
  }),
  scenario(
    "limit-history-count-by-commands",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const task = await s.pollWorkflowTask(queue);
      const markers = [1, 2, 3].map((number) =>
        command("RECORD_MARKER", { markerName: `marker-${number}` }),
      );
      await s.attempt("RespondWorkflowTaskCompleted", {
        taskToken: task.taskToken,
        commands: markers,
      });
      await s.history(run);
    },
    { setup: "shortHistories" },
  ),
];

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
