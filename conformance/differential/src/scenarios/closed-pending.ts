import { command, completeWorkflow, scheduleActivity } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { terminate } from "../scripts.js";

/** What a closed run still tells of the work that it had under way. */
export const closedPendingScenarios = [
  scenario("describe-closed-with-activities", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [
      scheduleActivity(queue),
      scheduleActivity(s.name("idle"), { activityId: "a2" }),
      command("START_TIMER", { timerId: "t", startToFireTimeout: "60s" }),
    ]);
    await s.pollActivityTask(queue);
    await terminate(s, run);
    await s.describe(run);
    await s.history(run);
  }),

  scenario("describe-completed-with-activities", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await s.runWorkflowTask(queue, [scheduleActivity(queue)]);
    await s.pollActivityTask(queue);
    const signal = { workflowExecution: { ...run }, signalName: "go" };
    await s.call("SignalWorkflowExecution", signal);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.describe(run);
  }),

  scenario("describe-closed-with-waiting-task", (s) => closeWithTask(s, { isStarted: false })),

  scenario("describe-closed-with-running-task", (s) => closeWithTask(s, { isStarted: true })),

  scenario("describe-closed-with-children", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const workflowId = s.name("child");
    const parentClosePolicy = "PARENT_CLOSE_POLICY_ABANDON";
    await s.runWorkflowTask(queue, [
      command("START_CHILD_WORKFLOW_EXECUTION", {
        workflowId,
        workflowType: { name: "Child" },
        taskQueue: { name: s.name("child-queue") },
        parentClosePolicy,
      }),
    ]);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
  }),
];

async function closeWithTask(
  s: Scenario,
  { isStarted }: { readonly isStarted: boolean },
): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  if (isStarted) await s.pollWorkflowTask(queue);
  await terminate(s, run);
  await s.describe(run);
}
