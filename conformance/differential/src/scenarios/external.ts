import { command, completeWorkflow, payload, payloads } from "../commands.js";
import { type Scenario, type ScenarioDefinition, scenario, type WorkflowRef } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";

interface Pair {
  readonly sender: WorkflowRef;
  readonly senderQueue: string;
  readonly target: WorkflowRef;
  readonly targetQueue: string;
}

/** Two workflows that know nothing of each other. */
async function pair(s: Scenario): Promise<Pair> {
  const senderQueue = s.name("sender-queue");
  const targetQueue = s.name("target-queue");
  const workflowId = s.name("sender");
  const sender = await s.start({ workflowId, taskQueue: { name: senderQueue } });
  const target = await s.start({
    workflowId: s.name("target"),
    taskQueue: { name: targetQueue },
  });
  return { sender, senderQueue, target, targetQueue };
}

const signal = (execution: PlainObject, attributes: PlainObject = {}): PlainObject =>
  command("SIGNAL_EXTERNAL_WORKFLOW_EXECUTION", {
    execution,
    signalName: "hello",
    ...attributes,
  });

const cancel = (attributes: PlainObject): PlainObject =>
  command("REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION", attributes);

/** The sender sends with its first task and completes when it learns what became of it. */
async function send(s: Scenario, from: Pair, commands: readonly PlainObject[]): Promise<void> {
  await s.runWorkflowTask(from.senderQueue, commands);
  await s.runWorkflowTask(from.senderQueue, [completeWorkflow()]);
  await s.history(from.sender);
}

const signals: readonly ScenarioDefinition[] = [
  scenario("external-signal-to-another-workflow", async (s) => {
    const both = await pair(s);
    await s.runWorkflowTask(both.targetQueue);
    const { workflowId } = both.target;
    await send(s, both, [
      signal(
        { workflowId },
        {
          namespace: "default",
          input: payloads("a", 1),
          control: "control",
          header: { fields: { h: payload("header") } },
        },
      ),
    ]);
    await s.runWorkflowTask(both.targetQueue, [completeWorkflow()]);
    await s.history(both.target);
  }),

  scenario("external-signal-to-a-run-of-another-workflow", async (s) => {
    const both = await pair(s);
    await s.runWorkflowTask(both.targetQueue);
    await send(s, both, [signal({ ...both.target })]);
    await s.history(both.target);
  }),

  scenario("external-signals-to-nobody-to-itself-to-a-closed-workflow", async (s) => {
    const both = await pair(s);
    await s.runWorkflowTask(both.targetQueue, [completeWorkflow()]);
    const { workflowId } = both.target;
    const nobody = s.name("nobody");
    await s.runWorkflowTask(both.senderQueue, [signal({ workflowId: nobody }, { control: "c1" })]);
    await s.runWorkflowTask(both.senderQueue, [signal({ workflowId: both.sender.workflowId })]);
    await s.runWorkflowTask(both.senderQueue, [signal({ workflowId })]);
    await s.runWorkflowTask(both.senderQueue, [signal({ workflowId, runId: s.uuid("no-run") })]);
    await s.runWorkflowTask(both.senderQueue, [completeWorkflow()]);
    await s.history(both.sender);
  }),

  scenario("external-signal-for-children-only-meets-somebody-else-s-workflow", async (s) => {
    const both = await pair(s);
    const { workflowId } = both.target;
    await send(s, both, [signal({ workflowId }, { childWorkflowOnly: true })]);
    await s.history(both.target);
  }),

  scenario("external-signal-for-children-only-meets-a-child", async (s) => {
    const senderQueue = s.name("sender-queue");
    const childQueue = s.name("child-queue");
    const workflowId = s.name("child");
    const sender = await s.start({
      workflowId: s.name("sender"),
      taskQueue: { name: senderQueue },
    });
    const taskQueue = { name: childQueue };
    const child = { workflowId, workflowType: { name: "Child" }, taskQueue };
    await s.runWorkflowTask(senderQueue, [command("START_CHILD_WORKFLOW_EXECUTION", child)]);
    const task = await s.runWorkflowTask(childQueue);
    await s.runWorkflowTask(senderQueue, [signal({ workflowId }, { childWorkflowOnly: true })]);
    await s.runWorkflowTask(senderQueue, [cancel({ workflowId, childWorkflowOnly: true })]);
    await s.runWorkflowTask(senderQueue, [completeWorkflow()]);
    await s.history(sender);
    await s.closedHistory(task.execution);
  }),

  scenario(
    "external-signal-beyond-the-limit-of-its-target",
    async (s) => {
      const both = await pair(s);
      await s.runWorkflowTask(both.targetQueue);
      const { workflowId } = both.target;
      await s.runWorkflowTask(both.senderQueue, [signal({ workflowId })]);
      await send(s, both, [signal({ workflowId }, { control: "control" })]);
      await s.history(both.target);
    },
    { setup: "fewPeers" },
  ),

  scenario(
    "external-refused-too-many-pending",
    async (s) => {
      const both = await pair(s);
      const { workflowId } = both.target;
      const { taskToken } = await s.pollWorkflowTask(both.senderQueue);
      const commands = [signal({ workflowId }), signal({ workflowId })];
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
      await s.history(both.sender);
    },
    { setup: "fewPeers" },
  ),

  scenario(
    "external-refused-too-many-pending-cancellations",
    async (s) => {
      const both = await pair(s);
      const { workflowId } = both.target;
      const { taskToken } = await s.pollWorkflowTask(both.senderQueue);
      const commands = [cancel({ workflowId }), cancel({ workflowId })];
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
      await s.history(both.sender);
    },
    { setup: "fewPeers" },
  ),

  scenario("external-signal-sent-with-the-closing-command", async (s) => {
    const both = await pair(s);
    await s.runWorkflowTask(both.targetQueue);
    const { workflowId } = both.target;
    await s.runWorkflowTask(both.senderQueue, [signal({ workflowId }), completeWorkflow()]);
    await s.closedHistory(both.sender);
    await s.pause(300);
    await s.history(both.target);
  }),

  scenario("external-signal-outcome-while-a-task-of-the-sender-runs", async (s) => {
    const both = await pair(s);
    await s.runWorkflowTask(both.targetQueue);
    const { workflowId } = both.target;
    const task = await s.pollWorkflowTask(both.senderQueue);
    await s.completeWorkflowTask(task, [signal({ workflowId })], {
      forceCreateNewWorkflowTask: true,
    });
    await s.pollWorkflowTask(both.targetQueue);
    await s.pause(300);
    await s.history(both.sender);
    const reason = "test over";
    await s.call("TerminateWorkflowExecution", {
      workflowExecution: { ...both.sender },
      reason,
    });
    await s.history(both.sender);
  }),
];

const cancels: readonly ScenarioDefinition[] = [
  scenario("external-cancellation-of-another-workflow", async (s) => {
    const both = await pair(s);
    await s.runWorkflowTask(both.targetQueue);
    const { workflowId } = both.target;
    await send(s, both, [
      cancel({ namespace: "default", workflowId, control: "control", reason: "because" }),
    ]);
    const canceled = command("CANCEL_WORKFLOW_EXECUTION", {});
    await s.runWorkflowTask(both.targetQueue, [canceled]);
    await s.history(both.target);
  }),

  scenario("external-cancellations-of-nobody-itself-a-closed-workflow-twice", async (s) => {
    const both = await pair(s);
    const { workflowId, runId } = both.target;
    await s.runWorkflowTask(both.targetQueue);
    await s.runWorkflowTask(both.senderQueue, [cancel({ workflowId: s.name("nobody") })]);
    await s.runWorkflowTask(both.senderQueue, [cancel({ workflowId: both.sender.workflowId })]);
    await s.runWorkflowTask(both.senderQueue, [cancel({ workflowId, runId })]);
    await s.runWorkflowTask(both.senderQueue, [cancel({ workflowId, runId, reason: "again" })]);
    await s.runWorkflowTask(both.targetQueue, [completeWorkflow()]);
    await s.runWorkflowTask(both.senderQueue, [cancel({ workflowId, runId })]);
    await s.runWorkflowTask(both.senderQueue, [completeWorkflow()]);
    await s.history(both.sender);
    await s.history(both.target);
  }),

  scenario("external-cancellation-for-children-only-meets-somebody-else-s-workflow", async (s) => {
    const both = await pair(s);
    const { workflowId } = both.target;
    await send(s, both, [cancel({ workflowId, childWorkflowOnly: true })]);
    await s.history(both.target);
  }),
];

/** A completion that is refused; what the workflow's history says of it. */
function refused(
  name: string,
  commands: (s: Scenario) => readonly PlainObject[],
): ScenarioDefinition {
  return scenario(`external-refused-${name}`, async (s) => {
    const queue = s.name("queue");
    const sender = await s.start({ taskQueue: { name: queue } });
    const { taskToken } = await s.pollWorkflowTask(queue);
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands: commands(s) });
    await s.history(sender);
  });
}

const refusals: readonly ScenarioDefinition[] = [
  refused("signal-without-execution", () => [
    command("SIGNAL_EXTERNAL_WORKFLOW_EXECUTION", { signalName: "x" }),
  ]),
  refused("signal-without-workflow-id", () => [signal({ workflowId: "" })]),
  refused("signal-without-name", (s) => [signal({ workflowId: s.name("w") }, { signalName: "" })]),
  refused("signal-to-an-illegal-run-id", (s) => [signal({ workflowId: s.name("w"), runId: "x" })]),
  refused("signal-to-a-long-workflow-id", () => [signal({ workflowId: "x".repeat(1001) })]),
  refused("signal-to-an-unknown-namespace", (s) => [
    signal({ workflowId: s.name("w") }, { namespace: "no-such-namespace" }),
  ]),
  refused("signal-to-another-namespace", (s) => [
    signal({ workflowId: s.name("w") }, { namespace: "temporal-system" }),
  ]),
  refused("cancellation-without-workflow-id", () => [cancel({})]),
  refused("cancellation-of-an-illegal-run-id", (s) => [
    cancel({ workflowId: s.name("w"), runId: "x" }),
  ]),
  refused("cancellation-in-another-namespace", (s) => [
    cancel({ workflowId: s.name("w"), namespace: "temporal-system" }),
  ]),
  refused("cancellation-of-a-child-that-is-being-started", (s) => {
    const workflowId = s.name("child");
    const child = { workflowId, workflowType: { name: "Child" } };
    return [command("START_CHILD_WORKFLOW_EXECUTION", child), cancel({ workflowId })];
  }),
];

/** Signals and cancellations that workflows send each other. */
export const externalScenarios: readonly ScenarioDefinition[] = [
  ...signals,
  ...cancels,
  ...refusals,
];
