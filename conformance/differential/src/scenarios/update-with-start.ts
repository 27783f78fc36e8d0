import { completeWorkflow, payloads } from "../commands.js";
import { type PendingCall, type PolledWorkflowTask, type Scenario, scenario } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";
import {
  accept,
  admitted,
  answer,
  beginUpdate,
  commandsOnly,
  complete,
  reject,
  stage,
  startIdle,
  updateRequest,
} from "./update-messages.js";

const USE_EXISTING = "WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING";
const FAIL = "WORKFLOW_ID_CONFLICT_POLICY_FAIL";
const TERMINATE_EXISTING = "WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING";
const close = commandsOnly(completeWorkflow());

export const updateWithStartScenarios = [
  scenario("update-with-start-of-a-new-workflow", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("workflow");
    const both = begin(s, { workflowId, queue, id: "u1" });
    const task = await firstTask(s, queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await both.response();
    await s.history(task.execution);
    await begin(s, { workflowId, queue, id: "u1" }).result();
  }),

  scenario("update-with-start-rejected", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("workflow");
    const both = begin(s, { workflowId, queue, id: "u1" });
    const task = await firstTask(s, queue);
    await answer(s, task, [reject("u1", task)]);
    await both.response();
    await s.history(task.execution);
  }),

  scenario("update-with-start-accepted", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("workflow");
    const both = begin(s, { workflowId, queue, id: "u1", wait: "ACCEPTED" });
    const task = await firstTask(s, queue);
    await answer(s, task, [accept("u1", task)]);
    await both.response();
    const attached = begin(s, { workflowId, queue, id: "u1", conflict: FAIL });
    await s.call("SignalWorkflowExecution", {
      workflowExecution: { ...task.execution },
      signalName: "go",
    });
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [complete("u1")]);
    await attached.response();
  }),

  scenario("update-with-start-of-a-running-workflow", async (s) => {
    const { queue, run } = await startIdle(s);
    const { workflowId } = run;
    const both = begin(s, { workflowId, queue, id: "u1", conflict: USE_EXISTING });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await both.response();
    const rejected = begin(s, { workflowId, queue, id: "u2", conflict: USE_EXISTING });
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [reject("u2", next)]);
    await rejected.response();
    await s.history(run);
  }),

  scenario("update-with-start-that-must-not-meet-a-running-workflow", async (s) => {
    const { queue, run } = await startIdle(s);
    const { workflowId } = run;
    await begin(s, { workflowId, queue, id: "u1", conflict: FAIL }).result();
    await begin(s, { workflowId, queue, id: "u1" }).result();
  }),

  scenario("update-with-start-that-terminates-a-running-workflow", async (s) => {
    const { queue, run } = await startIdle(s);
    const { workflowId } = run;
    await s.pause(1100);
    const both = begin(s, { workflowId, queue, id: "u1", conflict: TERMINATE_EXISTING });
    const task = await firstTask(s, queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await both.response();
    await s.history(run);
    await s.history(task.execution);
  }),

  scenario("update-with-start-repeated", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("workflow");
    const requestId = s.uuid("request");
    const both = begin(s, { workflowId, queue, id: "u1", start: { requestId } });
    const task = await firstTask(s, queue);
    await answer(s, task, [accept("u1", task), complete("u1")]);
    await both.response();
    const other = begin(s, { workflowId, queue, id: "u2", start: { requestId } });
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [accept("u2", next), complete("u2"), close]);
    await other.response();
    await begin(s, { workflowId, queue, id: "u1", start: { requestId } }).result();
    await begin(s, { workflowId, queue, id: "u3", start: { requestId } }).result();
  }),

  scenario("update-with-start-of-a-closed-workflow", async (s) => {
    const { queue, run } = await startIdle(s);
    const { workflowId } = run;
    const update = beginUpdate(s, run, { id: "u1" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task), complete("u1"), close]);
    await update.response();
    const rejecting = { workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE" };
    await begin(s, { workflowId, queue, id: "u1" }).result();
    await begin(s, { workflowId, queue, id: "u2", start: rejecting }).result();
    await s.pause(1100);
    const again = begin(s, { workflowId, queue, id: "u3" });
    const next = await firstTask(s, queue);
    await answer(s, next, [accept("u3", next), complete("u3")]);
    await again.response();
  }),

  scenario("update-with-start-of-a-closing-workflow", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    const { workflowId } = run;
    const task = await s.pollWorkflowTask(queue);
    await s.pause(1100);
    const both = begin(s, { workflowId, queue, id: "u1", conflict: USE_EXISTING });
    await admitted(s, run, "u1");
    await answer(s, task, [close]);
    const next = await s.pollWorkflowTask(queue);
    await answer(s, next, [accept("u1", next), complete("u1")]);
    await both.result();
  }),

  scenario("update-with-start-whose-update-fails", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("workflow");
    const both = begin(s, { workflowId, queue, id: "u1" });
    const task = await firstTask(s, queue);
    await answer(s, task, [close]);
    await both.result();
    await s.closedHistory(task.execution);
  }),

  scenario("update-with-start-validation", async (s) => {
    const queue = s.name("queue");
    const workflowId = s.name("workflow");
    const namespace = "default";
    const start = s.startRequest({ namespace, workflowId, taskQueue: { name: queue } });
    const update = updateOf(workflowId, "u1");
    const both = { start, update, other: updateOf(s.name("other"), "u1") };
    const wrong = { ...wrongOperations(both), ...wrongUpdates(s, both) };
    for (const [label, operations] of Object.entries(wrong)) {
      await s.attempt("ExecuteMultiOperation", { operations: [...operations] }, { label });
    }
  }),
] as const;

/** Polls for the first task of a new run, which is there by then. */
async function firstTask(s: Scenario, queue: string): Promise<PolledWorkflowTask> {
  await s.pause(300);
  return await s.pollWorkflowTask(queue);
}

interface Both {
  readonly start: PlainObject;
  readonly update: PlainObject;
  /** An update of another workflow. */
  readonly other: PlainObject;
}

type Operations = Readonly<Record<string, readonly PlainObject[]>>;

function wrongOperations({ start, update, other }: Both): Operations {
  const startWorkflow = { startWorkflow: start };
  const updateWorkflow = { updateWorkflow: update };
  return {
    nothing: [],
    "only a start": [startWorkflow],
    "two starts": [startWorkflow, startWorkflow],
    "the wrong order": [updateWorkflow, startWorkflow],
    "one too many": [startWorkflow, updateWorkflow, updateWorkflow],
    "two workflows": [startWorkflow, { updateWorkflow: other }],
    "a cron schedule": [{ startWorkflow: { ...start, cronSchedule: "* * * * *" } }, updateWorkflow],
    "an eager start": [
      { startWorkflow: { ...start, requestEagerExecution: true } },
      updateWorkflow,
    ],
    "a start delay": [{ startWorkflow: { ...start, workflowStartDelay: "1s" } }, updateWorkflow],
    "no namespace": [{ startWorkflow: { ...start, namespace: "" } }, updateWorkflow],
    "an empty start": [{ startWorkflow: { namespace: "default" } }, updateWorkflow],
    "another namespace": [
      { startWorkflow: { ...start, namespace: "another" } },
      { updateWorkflow: { ...update, namespace: "another" } },
    ],
  };
}

function wrongUpdates(s: Scenario, { start, update }: Both): Operations {
  const startWorkflow = { startWorkflow: start };
  const execution = update["workflowExecution"] as PlainObject;
  return {
    "a first run": [
      startWorkflow,
      { updateWorkflow: { ...update, firstExecutionRunId: s.uuid("first") } },
    ],
    "a run": [
      startWorkflow,
      {
        updateWorkflow: {
          ...update,
          workflowExecution: { ...execution, runId: s.uuid("run") },
        },
      },
    ],
    "an update without a name": [
      startWorkflow,
      { updateWorkflow: { ...update, request: { meta: { updateId: "u1" }, input: {} } } },
    ],
    "an update that only waits for admission": [
      startWorkflow,
      { updateWorkflow: { ...update, waitPolicy: stage("ADMITTED") } },
    ],
  };
}

function updateOf(workflowId: string, updateId: string): PlainObject {
  return {
    namespace: "default",
    workflowExecution: { workflowId },
    waitPolicy: stage("COMPLETED"),
    request: updateRequest(updateId),
  };
}

/** Begins an update-with-start. */
function begin(
  s: Scenario,
  both: {
    readonly workflowId: string;
    readonly queue: string;
    readonly id: string;
    readonly wait?: "ACCEPTED";
    readonly conflict?: string;
    readonly start?: PlainObject;
    readonly deadlineMs?: number;
  },
): PendingCall {
  const { workflowId, queue, id, conflict, wait = "COMPLETED", start = {}, deadlineMs } = both;
  const startWorkflow = s.startRequest({
    namespace: "default",
    workflowId,
    taskQueue: { name: queue },
    identity: "differential",
    input: payloads("start"),
    ...(conflict === undefined ? {} : { workflowIdConflictPolicy: conflict }),
    ...start,
  });
  const updateWorkflow = { ...updateOf(workflowId, id), waitPolicy: stage(wait) };
  const operations = [{ startWorkflow }, { updateWorkflow }];
  return s.begin(
    "ExecuteMultiOperation",
    { operations },
    { label: `update ${id}`, ...(deadlineMs === undefined ? {} : { deadlineMs }) },
  );
}
