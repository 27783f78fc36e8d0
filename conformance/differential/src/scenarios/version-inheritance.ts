import { applicationFailure, command, completeWorkflow } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { type PlainObject, pick } from "../wire/plain.js";
import {
  AUTO_UPGRADE,
  deploy,
  PINNED,
  pollAs,
  setCurrent,
  type Version,
  workAs,
} from "./versioned-workers.js";

/** What children and later runs have of the version of a workflow. */
export const versionInheritanceScenarios = [
  scenario("versioned-child-of-pinned-parent", (s) => startChild(s, PINNED)),
  scenario("versioned-child-of-moving-parent", (s) => startChild(s, AUTO_UPGRADE)),
  scenario("versioned-pinned-run-continues-as-new", (s) => continueAsNew(s, PINNED)),
  scenario("versioned-moving-run-continues-as-new", (s) => continueAsNew(s, AUTO_UPGRADE)),
  scenario("versioned-pinned-run-continues-as-new-and-moves", (s) =>
    continueAsNew(s, PINNED, {
      initialVersioningBehavior: "CONTINUE_AS_NEW_VERSIONING_BEHAVIOR_AUTO_UPGRADE",
    }),
  ),

  scenario("versioned-run-is-tried-again", async (s) => {
    const queue = s.name("queue");
    const [one] = await deploy(s, queue, ["1.0"]);
    if (one === undefined) return;
    await setCurrent(s, one);
    const retryPolicy = { initialInterval: "0.1s", maximumAttempts: 2 };
    const run = await s.start({ taskQueue: { name: queue }, retryPolicy });
    const fail = command("FAIL_WORKFLOW_EXECUTION", { failure: applicationFailure("no luck") });
    await workAs(s, queue, { version: one, behavior: AUTO_UPGRADE, commands: [fail] });
    const task = await pollAs(s, queue, one);
    await s.history({ workflowId: run.workflowId, runId: task.execution.runId });
    await s.call("TerminateWorkflowExecution", {
      workflowExecution: { workflowId: run.workflowId },
    });
  }),
];

async function startChild(s: Scenario, behavior: string): Promise<void> {
  const { queue, one } = await twoVersions(s);
  const run = await s.start({ taskQueue: { name: queue } });
  const workflowId = s.name("child");
  const child = command("START_CHILD_WORKFLOW_EXECUTION", {
    workflowId,
    workflowType: { name: "Child" },
    taskQueue: { name: queue },
    parentClosePolicy: "PARENT_CLOSE_POLICY_ABANDON",
  });
  await workAs(s, queue, { version: one, behavior, commands: [child] });
  await s.callUntil(
    "DescribeWorkflowExecution",
    { execution: { workflowId } },
    (response) => pick(response, "workflowExecutionInfo.historyLength") === 2,
  );
  await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  await s.call("GetWorkflowExecutionHistory", { execution: { workflowId } });
  await s.call("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
}

async function continueAsNew(
  s: Scenario,
  behavior: string,
  fields: PlainObject = {},
): Promise<void> {
  const { queue, one, two } = await twoVersions(s);
  const run = await s.start({ taskQueue: { name: queue } });
  await workAs(s, queue, { version: one, behavior });
  // Runs that follow one another faster than this wait.
  await s.pause(1100);
  await setCurrent(s, two);
  const { workflowId } = run;
  await s.call("SignalWorkflowExecution", { workflowExecution: { workflowId }, signalName: "go" });
  const next = command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", {
    workflowType: { name: "Type" },
    taskQueue: { name: queue },
    ...fields,
  });
  const version = behavior === PINNED ? one : two;
  await workAs(s, queue, { version, behavior, commands: [next] });
  const isPinned = behavior === PINNED && Object.keys(fields).length === 0;
  const worker = { version: isPinned ? one : two, behavior };
  const task = await workAs(s, queue, { ...worker, commands: [completeWorkflow()] });
  await s.closedHistory({ workflowId, runId: task.execution.runId });
  await s.describe({ workflowId, runId: task.execution.runId });
}

interface TwoVersions {
  readonly queue: string;
  readonly one: Version;
  readonly two: Version;
}

/** A queue with two versions, the first of which is current. */
async function twoVersions(s: Scenario): Promise<TwoVersions> {
  const queue = s.name("queue");
  const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
  const none = { deploymentName: "", buildId: "" };
  if (one !== undefined) await setCurrent(s, one);
  return { queue, one: one ?? none, two: two ?? none };
}
