import { command, completeWorkflow, scheduleActivity } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal } from "../scripts.js";
import {
  AUTO_UPGRADE,
  answerOf,
  deploy,
  nothingFor,
  optionsOf,
  PINNED,
  pollActivityAs,
  pollAs,
  registerActivities,
  setCurrent,
  setRamping,
  workAs,
} from "./versioned-workers.js";

/** An activity that waited for the move of its workflow counts from the end of that. */
const WAITED = {
  call: "PollActivityTaskQueue",
  path: "response.currentAttemptScheduledTime",
  reason: "How long the workflow task took is chance",
};

/** Workflows whose workers have versions. */
export const versionedRunScenarios = [
  scenario("versioned-pinned-run-stays", async (s) => {
    const queue = s.name("queue");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue } });
    const task = await pollAs(s, queue, one);
    await s.describe(run);
    await s.completeWorkflowTask(task, [], answerOf(one, PINNED));
    await s.describe(run);
    await setCurrent(s, two);
    await signal(s, run, "go");
    await nothingFor(s, queue, two);
    await workAs(s, queue, { version: one, behavior: PINNED, commands: [completeWorkflow()] });
    await s.closedHistory(run);
    await s.describe(run);
  }),

  scenario("versioned-auto-upgrade-run-moves", async (s) => {
    const queue = s.name("queue");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue } });
    await workAs(s, queue, { version: one, behavior: AUTO_UPGRADE });
    await s.describe(run);
    await setCurrent(s, two);
    await signal(s, run, "go");
    await nothingFor(s, queue, one);
    const task = await pollAs(s, queue, two);
    await s.describe(run);
    await s.completeWorkflowTask(task, [completeWorkflow()], answerOf(two, AUTO_UPGRADE));
    await s.closedHistory(run);
    await s.describe(run);
  }),

  scenario("versioned-run-that-changes-its-behaviour", async (s) => {
    const queue = s.name("queue");
    const [one] = await deploy(s, queue, ["1.0"]);
    if (one === undefined) return;
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue } });
    await workAs(s, queue, { version: one, behavior: PINNED });
    for (const behavior of [AUTO_UPGRADE, PINNED, "VERSIONING_BEHAVIOR_UNSPECIFIED"]) {
      await signal(s, run, "go");
      await workAs(s, queue, { version: one, behavior });
      await s.describe(run);
    }
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario("versioned-tasks-that-wait-follow-the-routing", async (s) => {
    const queue = s.name("queue");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    const run = await s.start({ taskQueue: { name: queue } });
    await setCurrent(s, one);
    await setCurrent(s, two);
    await workAs(s, queue, { version: two, behavior: PINNED, commands: [completeWorkflow()] });
    await s.closedHistory(run);
  }),

  scenario("versioned-run-of-unversioned-workers", async (s) => {
    const queue = s.name("queue");
    const [one] = await deploy(s, queue, ["1.0"]);
    if (one === undefined) return;
    const run = await s.start({ taskQueue: { name: queue } });
    await nothingFor(s, queue, one);
    await s.runWorkflowTask(queue);
    await s.describe(run);
    await setCurrent(s, one);
    await signal(s, run, "go");
    await workAs(s, queue, { version: one, behavior: PINNED });
    await s.describe(run);
    await signal(s, run, "go");
    await workAs(s, queue, { version: one, behavior: AUTO_UPGRADE });
    const { deploymentName } = one;
    await s.call("SetWorkerDeploymentCurrentVersion", { deploymentName });
    await setRamping(s, one, 0);
    await signal(s, run, "go");
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
    await s.describe(run);
  }),

  scenario("versioned-worker-that-says-no-version", async (s) => {
    const queue = s.name("queue");
    const [one] = await deploy(s, queue, ["1.0"]);
    if (one === undefined) return;
    const run = await s.start({ taskQueue: { name: queue } });
    const { taskToken } = await s.pollWorkflowTask(queue);
    const answer = { taskToken, versioningBehavior: PINNED };
    await s.attempt("RespondWorkflowTaskCompleted", answer);
    const unversioned = { ...one, workerVersioningMode: "WORKER_VERSIONING_MODE_UNVERSIONED" };
    const told = { ...answer, deploymentOptions: unversioned };
    await s.attempt("RespondWorkflowTaskCompleted", told);
    const plain = { taskToken, deploymentOptions: unversioned };
    await s.call("RespondWorkflowTaskCompleted", plain);
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario("versioned-activities", async (s) => {
    const queue = s.name("queue");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    await registerActivities(s, queue, [one, two]);
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue } });
    const commands = [scheduleActivity(queue)];
    await workAs(s, queue, { version: one, behavior: PINNED, commands });
    await setCurrent(s, two);
    await pollActivityAs(s, queue, one);
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario(
    "versioned-activity-moves-its-workflow",
    async (s) => {
      const queue = s.name("queue");
      const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
      if (one === undefined || two === undefined) return;
      await registerActivities(s, queue, [one, two]);
      await setCurrent(s, one);
      const run = await s.start({ taskQueue: { name: queue } });
      const commands = [scheduleActivity(queue)];
      await workAs(s, queue, { version: one, behavior: AUTO_UPGRADE, commands });
      await setCurrent(s, two);
      const poll = { taskQueue: { name: queue }, deploymentOptions: optionsOf(two) };
      const activity = s.begin("PollActivityTaskQueue", poll);
      const task = await pollAs(s, queue, two);
      await s.completeWorkflowTask(task, [], answerOf(two, AUTO_UPGRADE));
      await activity.response();
      await s.describe(run);
      await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
      await s.history(run);
    },
    { tolerances: [WAITED] },
  ),

  scenario("versioned-activity-of-another-queue", async (s) => {
    const queue = s.name("queue");
    const other = s.name("other-queue");
    const [one] = await deploy(s, queue, ["1.0"]);
    if (one === undefined) return;
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue } });
    const commands = [scheduleActivity(other)];
    await workAs(s, queue, { version: one, behavior: PINNED, commands });
    await s.pollActivityTask(other);
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario("versioned-run-with-a-sticky-worker", async (s) => {
    const queue = s.name("queue");
    const sticky = s.name("sticky");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue } });
    const kind = "TASK_QUEUE_KIND_STICKY";
    const workerTaskQueue = { name: sticky, kind, normalName: queue };
    const stickyAttributes = { workerTaskQueue, scheduleToStartTimeout: "10s" };
    const poll = { taskQueue: workerTaskQueue, deploymentOptions: optionsOf(one) };
    const waiting = s.begin("PollWorkflowTaskQueue", poll);
    const task = await pollAs(s, queue, one);
    const answer = { ...answerOf(one, AUTO_UPGRADE), stickyAttributes };
    await s.completeWorkflowTask(task, [], answer);
    await signal(s, run, "go");
    const next = await waiting.response();
    const { taskToken } = next as { readonly taskToken: Uint8Array };
    await s.call("RespondWorkflowTaskCompleted", { taskToken, ...answer });
    await setCurrent(s, two);
    await signal(s, run, "go");
    await workAs(s, queue, {
      version: two,
      behavior: AUTO_UPGRADE,
      commands: [completeWorkflow()],
    });
    await s.closedHistory(run);
  }),

  scenario("versioned-run-of-a-full-ramp", async (s) => {
    const queue = s.name("queue");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    await setCurrent(s, one);
    await setRamping(s, two, 100);
    const run = await s.start({ taskQueue: { name: queue } });
    await workAs(s, queue, {
      version: two,
      behavior: AUTO_UPGRADE,
      commands: [command("START_TIMER", { timerId: "t", startToFireTimeout: "1s" })],
    });
    await setRamping(s, two, 0);
    await workAs(s, queue, {
      version: one,
      behavior: AUTO_UPGRADE,
      commands: [completeWorkflow()],
    });
    await s.closedHistory(run);
  }),
];
