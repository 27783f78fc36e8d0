import { command, completeWorkflow, payload, payloads } from "../commands.js";
import { type Scenario, type ScenarioDefinition, scenario, type WorkflowRef } from "../scenario.js";
import { type PlainObject, pick, pickBytes, pickList } from "../wire/plain.js";
import { type Family, failWorkflow, LIFE_MS, seeStart, startChild, withChild } from "./family.js";

/** The child ends with these commands and its parent completes when it learns of it. */
async function endChild(
  s: Scenario,
  family: Family,
  commands: readonly PlainObject[],
): Promise<WorkflowRef> {
  const task = await s.runWorkflowTask(family.childQueue, commands);
  await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
  await s.history(family.parent);
  await s.history(task.execution);
  return task.execution;
}

const results: readonly ScenarioDefinition[] = [
  scenario("child-completes-with-every-option", async (s) => {
    const family = await withChild(
      s,
      {
        namespace: "default",
        input: payloads("in"),
        workflowExecutionTimeout: "60s",
        workflowRunTimeout: "50s",
        workflowTaskTimeout: "5s",
        control: "control",
        header: { fields: { h: payload("header") } },
        memo: { fields: { m: payload("memo") } },
        searchAttributes: { indexedFields: { DiffKeyword: payload("word") } },
        parentClosePolicy: "PARENT_CLOSE_POLICY_REQUEST_CANCEL",
        workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE",
        retryPolicy: { maximumAttempts: 3 },
        priority: { priorityKey: 2 },
      },
      { priority: { priorityKey: 4, fairnessKey: "fair" } },
    );
    await seeStart(s, family);
    await s.describe(family.parent);
    const execution = await endChild(s, family, [completeWorkflow("out")]);
    await s.describe(execution);
    await s.describe(family.parent);
  }),

  scenario("child-fails", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    await endChild(s, family, [failWorkflow("child broke")]);
  }),

  scenario("child-cancels-itself", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    const details = payloads("why");
    await endChild(s, family, [command("CANCEL_WORKFLOW_EXECUTION", { details })]);
  }),

  scenario("child-is-terminated", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    await s.call("TerminateWorkflowExecution", {
      workflowExecution: { workflowId: family.childId },
      reason: "enough",
    });
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(family.parent);
  }),

  scenario("child-times-out", async (s) => {
    const family = await withChild(s, { workflowRunTimeout: "1s" });
    await seeStart(s, family);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(family.parent);
  }),

  scenario("child-ends-while-a-task-of-its-parent-runs", async (s) => {
    const family = await withChild(s);
    const child = await s.pollWorkflowTask(family.childQueue);
    const task = await s.pollWorkflowTask(family.parentQueue);
    await s.completeWorkflowTask(child, [completeWorkflow("out")]);
    await s.closedHistory(child.execution);
    await s.callUntil(
      "DescribeWorkflowExecution",
      { execution: { ...family.parent } },
      (answer) => pickList(answer, "pendingChildren").length === 0,
    );
    await s.call("SignalWorkflowExecution", {
      workflowExecution: { ...family.parent },
      signalName: "late",
      requestId: s.uuid("late-signal"),
    });
    await s.completeWorkflowTask(task, []);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(family.parent);
  }),
];

const starts: readonly ScenarioDefinition[] = [
  scenario("child-id-is-taken-by-a-running-workflow", async (s) => {
    const queue = s.name("queue");
    const other = await s.start({ workflowId: s.name("child"), taskQueue: { name: queue } });
    const parentQueue = s.name("parent-queue");
    const parent = await s.start({
      workflowId: s.name("parent"),
      taskQueue: { name: parentQueue },
    });
    const family = { parent, parentQueue, childQueue: queue, childId: other.workflowId };
    await s.runWorkflowTask(parentQueue, [startChild(family, { control: "c" })]);
    await s.runWorkflowTask(parentQueue, [completeWorkflow()]);
    await s.history(parent);
  }),

  scenario("child-id-of-the-parent-itself", async (s) => {
    const parentQueue = s.name("parent-queue");
    const childId = s.name("parent");
    const parent = await s.start({ workflowId: childId, taskQueue: { name: parentQueue } });
    const family = { parent, parentQueue, childQueue: parentQueue, childId };
    await s.runWorkflowTask(parentQueue, [startChild(family)]);
    await s.runWorkflowTask(parentQueue, [completeWorkflow()]);
    await s.history(parent);
  }),

  scenario("child-id-reuse-duplicates-rejected", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    await s.runWorkflowTask(family.childQueue, [completeWorkflow()]);
    const again = { workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE" };
    await s.runWorkflowTask(family.parentQueue, [startChild(family, again)]);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(family.parent);
  }),

  scenario("child-id-reuse-after-a-failure-waiting-for-the-interval", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    await s.runWorkflowTask(family.childQueue, [failWorkflow("once")]);
    const again = { workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY" };
    await s.runWorkflowTask(family.parentQueue, [startChild(family, again)]);
    await s.runWorkflowTask(family.parentQueue, []);
    await s.runWorkflowTask(family.childQueue, [completeWorkflow()]);
    await s.runWorkflowTask(family.parentQueue, [startChild(family, again)]);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(family.parent);
  }),

  scenario("child-of-a-child-knows-its-root", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    const grandchild = {
      parentQueue: family.childQueue,
      childQueue: s.name("grandchild-queue"),
      childId: s.name("grandchild"),
    };
    const child = await s.runWorkflowTask(family.childQueue, [startChild(grandchild)]);
    await s.runWorkflowTask(family.childQueue);
    const task = await s.runWorkflowTask(grandchild.childQueue, [completeWorkflow()]);
    await s.history(task.execution);
    await s.describe(task.execution);
    await s.runWorkflowTask(family.childQueue, [completeWorkflow()]);
    await s.history(child.execution);
  }),

  scenario("child-inherits-the-queue-of-its-parent-and-defaults", async (s) => {
    const queue = s.name("queue");
    const parent = await s.start({ taskQueue: { name: queue }, workflowRunTimeout: "30s" });
    const attributes = { workflowId: s.name("child"), workflowType: { name: "Child" } };
    const first = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(first, [command("START_CHILD_WORKFLOW_EXECUTION", attributes)]);
    await s.callUntil(
      "DescribeWorkflowExecution",
      { execution: { workflowId: attributes.workflowId } },
      (answer) => pick(answer, "pendingWorkflowTask") !== undefined,
    );
    await s.history({ workflowId: attributes.workflowId, runId: "" });
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...parent } });
  }),

  scenario("child-with-a-retry-policy-runs-again", async (s) => {
    const family = await withChild(s, {
      retryPolicy: { initialInterval: "1s", maximumAttempts: 2 },
    });
    await seeStart(s, family);
    const first = await s.runWorkflowTask(family.childQueue, [failWorkflow("first")]);
    await s.history(first.execution);
    await endChild(s, family, [failWorkflow("second")]);
  }),

  scenario("child-with-a-cron-schedule-runs-again", async (s) => {
    const family = await withChild(s, { cronSchedule: "@every 1s" });
    await seeStart(s, family);
    const first = await s.runWorkflowTask(family.childQueue, [completeWorkflow("first")]);
    await s.history(first.execution);
    const second = await s.pollWorkflowTask(family.childQueue);
    await s.call("TerminateWorkflowExecution", {
      workflowExecution: { ...second.execution },
      reason: "enough",
    });
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(family.parent);
  }),

  scenario(
    "child-in-another-namespace",
    async (s) => {
      const namespace = "temporal-system";
      const family = await withChild(s, { namespace });
      await seeStart(s, family);
      const taskQueue = { name: family.childQueue };
      const child = await s.call("PollWorkflowTaskQueue", { namespace, taskQueue });
      const taskToken = pickBytes(child, "taskToken");
      const commands = [completeWorkflow("out")];
      await s.call("RespondWorkflowTaskCompleted", { namespace, taskToken, commands });
      await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
      await s.history(family.parent);
    },
    { setup: "crossNamespace" },
  ),

  scenario("child-continues-as-new-and-its-parent-learns-the-end-of-the-chain", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    await s.pause(LIFE_MS);
    const next = command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", {
      workflowType: { name: "Child" },
      taskQueue: { name: family.childQueue },
    });
    await s.runWorkflowTask(family.childQueue, [next]);
    await endChild(s, family, [completeWorkflow("last")]);
  }),
];

/** Children: their starts and ends. */
export const childScenarios: readonly ScenarioDefinition[] = [...results, ...starts];
