import { payload, payloads, scheduleActivity } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";

const EAGER = { requestEagerExecution: true };

/** Activities that a worker asks for in the reply to the commands that schedule them. */
export const eagerActivityScenarios = [
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

async function eager(s: Scenario, commands: (queue: string) => readonly PlainObject[]) {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  const { taskToken } = await s.pollWorkflowTask(queue);
  await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands: commands(queue) });
  await s.describe(run);
  await s.attempt("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  await s.history(run);
}
