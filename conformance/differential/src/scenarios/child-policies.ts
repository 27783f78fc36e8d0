import { command, completeWorkflow } from "../commands.js";
import { type Scenario, type ScenarioDefinition, scenario } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";
import { type Family, failWorkflow, LIFE_MS, seeStart, startChild, withChild } from "./family.js";

/** Ends the parent with one of the policies and reads what became of the child. */
function closePolicy(
  name: string,
  policy: string,
  end: (s: Scenario, family: Family) => Promise<void>,
): ScenarioDefinition {
  return scenario(name, async (s) => {
    const family = await withChild(s, { parentClosePolicy: policy });
    const child = await s.pollWorkflowTask(family.childQueue);
    await s.completeWorkflowTask(child, []);
    await end(s, family);
    await s.closedHistory(family.parent);
    if (policy === "PARENT_CLOSE_POLICY_TERMINATE") return await s.closedHistory(child.execution);
    if (policy === "PARENT_CLOSE_POLICY_REQUEST_CANCEL") {
      await s.runWorkflowTask(family.childQueue, [command("CANCEL_WORKFLOW_EXECUTION", {})]);
    } else {
      await s.pause(300);
      await s.call("TerminateWorkflowExecution", {
        workflowExecution: { ...child.execution },
        reason: "test over",
      });
    }
    await s.closedHistory(child.execution);
    await s.describe(child.execution);
  });
}

const complete = async (s: Scenario, { parentQueue }: Family): Promise<void> => {
  await s.runWorkflowTask(parentQueue, [completeWorkflow()]);
};
const fail = async (s: Scenario, { parentQueue }: Family): Promise<void> => {
  await s.runWorkflowTask(parentQueue, [failWorkflow("parent broke")]);
};
const terminate = async (s: Scenario, { parent }: Family): Promise<void> => {
  await s.call("TerminateWorkflowExecution", { workflowExecution: { ...parent }, reason: "stop" });
};
const continueAsNew = async (s: Scenario, { parentQueue }: Family): Promise<void> => {
  const taskQueue = { name: parentQueue };
  const attributes = { workflowType: { name: "Type" }, taskQueue };
  await s.runWorkflowTask(parentQueue, [command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", attributes)]);
};
const TERMINATE = "PARENT_CLOSE_POLICY_TERMINATE";
const REQUEST_CANCEL = "PARENT_CLOSE_POLICY_REQUEST_CANCEL";
const ABANDON = "PARENT_CLOSE_POLICY_ABANDON";

const closePolicies: readonly ScenarioDefinition[] = [
  closePolicy("child-parent-completes-child-is-terminated", TERMINATE, complete),
  closePolicy("child-parent-fails-child-is-asked-to-cancel", REQUEST_CANCEL, fail),
  closePolicy("child-parent-completes-child-is-abandoned", ABANDON, complete),
  closePolicy("child-parent-is-terminated-child-is-terminated", TERMINATE, terminate),
  closePolicy("child-parent-is-terminated-child-is-asked-to-cancel", REQUEST_CANCEL, terminate),
  closePolicy("child-parent-continues-as-new-child-is-terminated", TERMINATE, continueAsNew),

  scenario("child-parent-closes-child-of-a-later-run-is-terminated", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    await s.pause(LIFE_MS);
    const taskQueue = { name: family.childQueue };
    const attributes = { workflowType: { name: "Child" }, taskQueue };
    const next = command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", attributes);
    await s.runWorkflowTask(family.childQueue, [next]);
    const second = await s.pollWorkflowTask(family.childQueue);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...family.parent } });
    await s.closedHistory(second.execution);
  }),
];

/** A completion that is refused; what the parent's history says of it. */
function refused(name: string, attributes: (s: Scenario) => PlainObject): ScenarioDefinition {
  return scenario(`child-refused-${name}`, async (s) => {
    const queue = s.name("queue");
    const parent = await s.start({ taskQueue: { name: queue } });
    const task = await s.pollWorkflowTask(queue);
    const commands = [command("START_CHILD_WORKFLOW_EXECUTION", attributes(s))];
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken: task.taskToken, commands });
    await s.history(parent);
  });
}

const refusals: readonly ScenarioDefinition[] = [
  refused("no-workflow-id", () => ({ workflowType: { name: "Child" } })),
  refused("no-workflow-type", (s) => ({ workflowId: s.name("child") })),
  refused("long-workflow-id", () => ({
    workflowId: "x".repeat(1001),
    workflowType: { name: "Child" },
  })),
  refused("negative-run-timeout", (s) => ({
    workflowId: s.name("child"),
    workflowType: { name: "Child" },
    workflowRunTimeout: "-1s",
  })),
  refused("bad-retry-policy", (s) => ({
    workflowId: s.name("child"),
    workflowType: { name: "Child" },
    retryPolicy: { backoffCoefficient: 0.5 },
  })),
  refused("unknown-namespace", (s) => ({
    workflowId: s.name("child"),
    workflowType: { name: "Child" },
    namespace: "no-such-namespace",
  })),
  refused("another-namespace", (s) => ({
    workflowId: s.name("child"),
    workflowType: { name: "Child" },
    namespace: "temporal-system",
  })),
  refused("system-queue", (s) => ({
    workflowId: s.name("child"),
    workflowType: { name: "Child" },
    taskQueue: { name: "temporal-sys-per-ns-tq" },
  })),
  refused("no-attributes", () => ({})),
  refused("bad-cron-schedule", (s) => ({
    workflowId: s.name("child"),
    workflowType: { name: "Child" },
    cronSchedule: "never",
  })),

  scenario(
    "child-refused-too-many-pending",
    async (s) => {
      const family = await withChild(s);
      const task = await s.pollWorkflowTask(family.parentQueue);
      const commands = [startChild({ ...family, childId: s.name("second-child") })];
      const { taskToken } = task;
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
      await s.history(family.parent);
    },
    { setup: "fewPeers" },
  ),
];

/** What becomes of children when their parent closes, and commands that are refused. */
export const childPolicyScenarios: readonly ScenarioDefinition[] = [...closePolicies, ...refusals];
