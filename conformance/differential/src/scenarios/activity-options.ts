import { completeWorkflow } from "../commands.js";
import { scenario } from "../scenario.js";
import { terminate } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";
import {
  closed,
  fail,
  mask,
  noTask,
  type Operate,
  startActivities,
} from "./activity-operations.js";

const FOREVER = { retryPolicy: { initialInterval: "600s" } };
const ONCE = { retryPolicy: { maximumAttempts: 1 } };

const ALL = {
  scheduleToCloseTimeout: "90s",
  scheduleToStartTimeout: "80s",
  startToCloseTimeout: "70s",
  heartbeatTimeout: "60s",
  priority: { priorityKey: 2, fairnessKey: "f", fairnessWeight: 1.5 },
  retryPolicy: {
    initialInterval: "2s",
    backoffCoefficient: 3,
    maximumInterval: "20s",
    maximumAttempts: 4,
    nonRetryableErrorTypes: ["Other"],
  },
};

export const activityOptionScenarios = [
  scenario("activity-options-all", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...FOREVER, priority: { priorityKey: 4 } },
    ]);
    const fields =
      "scheduleToCloseTimeout,scheduleToStartTimeout,startToCloseTimeout,heartbeatTimeout,priority,retryPolicy";
    await update(operate, { activityOptions: ALL, updateMask: mask(fields) });
    await s.describe(run);
    await s.pollActivityTask(queue);
    await s.describe(run);
    await update(operate, { restoreOriginal: true });
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-options-parts", async (s) => {
    const { run, operate } = await startActivities(s, [FOREVER]);
    const one = async (fields: string, activityOptions: PlainObject = ALL): Promise<void> =>
      await update(operate, { activityOptions, updateMask: mask(fields) }, fields);
    await one("retryPolicy.maximumAttempts");
    await one("retryPolicy.initialInterval,retryPolicy.maximumInterval");
    await one("retryPolicy.backoffCoefficient");
    await one("priority.priorityKey");
    await one("priority.fairnessKey,priority.fairnessWeight");
    await one("heartbeatTimeout");
    await one("scheduleToCloseTimeout");
    await one("startToCloseTimeout", { startToCloseTimeout: "900s" });
    await one("taskQueue");
    await one("noSuchField");
    await one("");
    await one("startDelay", { startDelay: "5s" });
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-options-clear-timeouts", async (s) => {
    const timeouts = { scheduleToCloseTimeout: "50s", scheduleToStartTimeout: "40s" };
    const { run, operate } = await startActivities(s, [{ ...timeouts, heartbeatTimeout: "5s" }]);
    const empty = { activityOptions: {} };
    await update(operate, {
      ...empty,
      updateMask: mask("heartbeatTimeout,scheduleToStartTimeout"),
    });
    await update(operate, { ...empty, updateMask: mask("scheduleToCloseTimeout") });
    await update(operate, { ...empty, updateMask: mask("startToCloseTimeout") });
    await update(operate, { ...empty, updateMask: mask("priority") });
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-options-by-type-and-all", async (s) => {
    const other = { activityId: "other", activityType: { name: "Other" } };
    const { run, operate } = await startActivities(s, [{}, other, { activityId: "a2" }]);
    const longer = { activityOptions: ALL, updateMask: mask("startToCloseTimeout") };
    await operate("UpdateActivityOptions", { type: "Act", ...longer });
    await s.describe(run);
    const both = mask("startToCloseTimeout,heartbeatTimeout");
    const beats = { activityOptions: ALL, updateMask: both };
    await operate("UpdateActivityOptions", { matchAll: true, ...beats });
    await s.describe(run);
    const restore = { type: "Other", restoreOriginal: true };
    await operate("UpdateActivityOptions", restore);
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-options-other-queue", async (s) => {
    const { queue, run, operate } = await startActivities(s, [{}]);
    const other = s.name("other-queue");
    const move = {
      activityOptions: { taskQueue: { name: other } },
      updateMask: mask("taskQueue.name"),
    };
    await update(operate, move);
    await noTask(s, queue);
    const { taskToken } = await s.pollActivityTask(other);
    await s.describe(run);
    await s.call("RespondActivityTaskCompleted", { taskToken });
    await closed(s, { queue, run });
  }),

  scenario("activity-options-of-a-running-attempt", async (s) => {
    const { queue, run, operate } = await startActivities(s, [ONCE]);
    const { taskToken } = await s.pollActivityTask(queue);
    const short = { activityOptions: { startToCloseTimeout: "1s" } };
    await update(operate, { ...short, updateMask: mask("startToCloseTimeout") });
    await s.describe(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.attempt("RespondActivityTaskCompleted", { taskToken });
    await s.closedHistory(run);
  }),

  scenario("activity-options-of-a-waiting-attempt", async (s) => {
    const { queue, run, operate } = await startActivities(s, [ONCE]);
    const short = { activityOptions: { scheduleToStartTimeout: "1s" } };
    await update(operate, { ...short, updateMask: mask("scheduleToStartTimeout") });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("activity-options-longer-timeout", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...ONCE, startToCloseTimeout: "1s" },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    const long = { activityOptions: { startToCloseTimeout: "60s" } };
    await update(operate, { ...long, updateMask: mask("startToCloseTimeout") });
    await s.pause(1500);
    await s.attempt("RespondActivityTaskCompleted", { taskToken });
    await closed(s, { queue, run });
  }),

  scenario("activity-options-during-backoff", async (s) => {
    const { queue, run, operate } = await startActivities(s, [FOREVER]);
    await fail(s, (await s.pollActivityTask(queue)).taskToken);
    const retryPolicy = { initialInterval: "0.1s", backoffCoefficient: 2, maximumAttempts: 2 };
    const fields =
      "retryPolicy.initialInterval,retryPolicy.backoffCoefficient,retryPolicy.maximumAttempts";
    await update(operate, { activityOptions: { retryPolicy }, updateMask: mask(fields) });
    const second = await s.pollActivityTask(queue);
    await s.describe(run);
    await fail(s, second.taskToken);
    await closed(s, { queue, run });
  }),

  scenario("activity-options-longer-backoff", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { retryPolicy: { initialInterval: "1s" } },
    ]);
    await fail(s, (await s.pollActivityTask(queue)).taskToken);
    const retryPolicy = { initialInterval: "100s", maximumInterval: "150s" };
    const fields = "retryPolicy.initialInterval,retryPolicy.maximumInterval";
    await update(operate, { activityOptions: { retryPolicy }, updateMask: mask(fields) });
    await s.describe(run);
    await noTask(s, queue);
    await terminate(s, run);
  }),

  scenario("activity-options-and-the-time-for-retries", async (s) => {
    const timeouts = { scheduleToCloseTimeout: "5s", retryPolicy: { initialInterval: "20s" } };
    const { queue, run, operate } = await startActivities(s, [timeouts]);
    const { taskToken } = await s.pollActivityTask(queue);
    const long = { activityOptions: { scheduleToCloseTimeout: "500s" } };
    await update(operate, { ...long, updateMask: mask("scheduleToCloseTimeout") });
    await s.describe(run);
    await fail(s, taskToken);
    await closed(s, { queue, run });
  }),

  scenario("activity-options-while-paused", async (s) => {
    const { queue, run, operate } = await startActivities(s, [{}]);
    await operate("PauseActivity", { id: "a1" });
    await update(operate, { activityOptions: ALL, updateMask: mask("heartbeatTimeout") });
    await s.describe(run);
    await noTask(s, queue);
    await operate("UnpauseActivity", { id: "a1" });
    await s.pollActivityTask(queue);
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-options-refused", async (s) => {
    const { queue, run, operate } = await startActivities(s, [FOREVER]);
    for (const [label, request] of Object.entries(REFUSED)) await update(operate, request, label);
    const change = { activityOptions: ALL, updateMask: mask("heartbeatTimeout") };
    await operate("UpdateActivityOptions", change, "no activity");
    await operate("UpdateActivityOptions", { id: "none", ...change }, "absent id");
    await operate("UpdateActivityOptions", { type: "None", ...change }, "absent type");
    const restore = { id: "none", restoreOriginal: true };
    await operate("UpdateActivityOptions", restore, "absent id, restored");
    await update(operate, { ...change, execution: { ...run, workflowId: "" } }, "no workflow ID");
    await update(
      operate,
      { ...change, execution: { ...run, workflowId: "none" } },
      "absent workflow",
    );
    await update(operate, { ...change, execution: { ...run, runId: "no-uuid" } }, "bad run ID");
    await s.describe(run);
    await s.attempt("RespondActivityTaskCompletedById", { ...run, activityId: "a1" });
    await closed(s, { queue, run });
    await update(operate, change, "closed");
    await operate("UpdateActivityOptions", { matchAll: true, ...change }, "closed, all");
  }),
];

const REFUSED: Readonly<Record<string, PlainObject>> = {
  "no options": { updateMask: mask("heartbeatTimeout") },
  "no mask": { activityOptions: ALL },
  "mask and restore": {
    activityOptions: ALL,
    updateMask: mask("heartbeatTimeout"),
    restoreOriginal: true,
  },
  "empty mask and restore": { updateMask: mask(""), restoreOriginal: true },
  "no queue": { activityOptions: {}, updateMask: mask("taskQueue.name") },
  "empty queue": { activityOptions: { taskQueue: {} }, updateMask: mask("taskQueue.name") },
  "reserved queue": {
    activityOptions: { taskQueue: { name: "/_sys/q" } },
    updateMask: mask("taskQueue.name"),
  },
  "no retry policy": { activityOptions: {}, updateMask: mask("retryPolicy") },
  "no retry policy for a part": {
    activityOptions: {},
    updateMask: mask("retryPolicy.maximumAttempts"),
  },
  "no priority for a part": { activityOptions: {}, updateMask: mask("priority.priorityKey") },
  "negative attempts": retry({ maximumAttempts: -1 }, "maximumAttempts"),
  "small coefficient": retry({ backoffCoefficient: 0.5 }, "backoffCoefficient"),
  "negative interval": retry({ initialInterval: "-1s" }, "initialInterval"),
  "small maximum": retry({ maximumInterval: "1s" }, "maximumInterval"),
  "negative timeout": {
    activityOptions: { heartbeatTimeout: "-1s" },
    updateMask: mask("heartbeatTimeout"),
  },
  "negative priority": {
    activityOptions: { priority: { priorityKey: -1 } },
    updateMask: mask("priority"),
  },
};

function retry(policy: PlainObject, field: string): PlainObject {
  return { activityOptions: { retryPolicy: policy }, updateMask: mask(`retryPolicy.${field}`) };
}

async function update(operate: Operate, request: PlainObject, label?: string): Promise<void> {
  await operate("UpdateActivityOptions", { id: "a1", ...request }, label);
}
