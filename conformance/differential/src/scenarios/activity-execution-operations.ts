import { type Scenario, scenario } from "../scenario.js";
import { terminate } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";
import {
  type ActivityRun,
  closed,
  fail,
  mask,
  noTask,
  type Operate,
  startActivities,
} from "./activity-operations.js";

const FOREVER = { retryPolicy: { initialInterval: "600s" } };
const LONG = "x".repeat(1001);
const RPCS = [
  "PauseActivityExecution",
  "UnpauseActivityExecution",
  "ResetActivityExecution",
  "UpdateActivityExecutionOptions",
];
const BEATS = { activityOptions: { heartbeatTimeout: "9s" }, updateMask: mask("heartbeatTimeout") };

export const activityExecutionOperationScenarios = [
  scenario("activity-execution-pause", async (s) => {
    const { queue, run, operate } = await start(s, [{ heartbeatTimeout: "30s" }]);
    await operate("PauseActivityExecution", { reason: "a break", identity: "operator" });
    await operate("PauseActivityExecution", {}, "again");
    await s.describe(run);
    await noTask(s, queue);
    await operate("UnpauseActivityExecution", { reason: "enough" });
    await operate("UnpauseActivityExecution", {}, "again");
    const { taskToken } = await s.pollActivityTask(queue);
    await operate("PauseActivityExecution", { runId: "" }, "while it runs");
    await s.call("RecordActivityTaskHeartbeat", { taskToken });
    await s.call("RespondActivityTaskCompleted", { taskToken });
    await closed(s, { queue, run });
  }),

  scenario("activity-execution-reset", async (s) => {
    const { queue, run, operate } = await start(s, [{ ...FOREVER, heartbeatTimeout: "30s" }]);
    await fail(s, (await s.pollActivityTask(queue)).taskToken);
    await s.pause(120);
    await operate("UpdateActivityExecutionOptions", BEATS);
    await operate("ResetActivityExecution", { restoreOriginalOptions: true });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.describe(run);
    await operate("ResetActivityExecution", {});
    await s.call("RecordActivityTaskHeartbeat", { taskToken });
    await operate("PauseActivityExecution", {});
    await operate("ResetActivityExecution", { keepPaused: true });
    await s.describe(run);
    await operate("ResetActivityExecution", { jitter: "0.1s" });
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-execution-options", async (s) => {
    const { queue, run, operate } = await start(s, [FOREVER]);
    const retryPolicy = { activityOptions: { retryPolicy: { maximumAttempts: 3 } } };
    await change(operate, BEATS);
    await change(operate, { ...retryPolicy, updateMask: mask("retryPolicy") });
    await change(operate, { ...retryPolicy, updateMask: mask("retryPolicy.maximumAttempts") });
    await s.pollActivityTask(queue);
    await s.describe(run);
    await change(operate, { restoreOriginal: true });
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-execution-options-refused", async (s) => {
    const { run, operate } = await start(s, [FOREVER]);
    for (const [label, request] of Object.entries(REFUSED)) await change(operate, request, label);
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-execution-operations-refused", async (s) => {
    const { run, operate } = await start(s, [FOREVER]);
    for (const rpc of RPCS) {
      const refuse = async (label: string, request: PlainObject): Promise<void> => {
        const extra = rpc === "UpdateActivityExecutionOptions" ? BEATS : {};
        await operate(rpc, { ...extra, ...request }, label);
      };
      await refuse("no activity", { activityId: "" });
      await refuse("long activity", { activityId: LONG });
      await refuse("absent activity", { activityId: "none" });
      await refuse("long identity", { identity: LONG });
      await refuse("bad run ID", { runId: "no-uuid" });
      await refuse("absent run", { runId: s.uuid("no-run") });
      await refuse("absent workflow", { workflowId: "none" });
      await refuse("absent namespace", { namespace: "absent" });
      await refuse("no namespace", { namespace: "" });
    }
    for (const rpc of ["UnpauseActivityExecution", "ResetActivityExecution"]) {
      await operate(rpc, { jitter: "-1s" }, "negative jitter");
    }
    await terminate(s, run);
    for (const rpc of RPCS) {
      const extra = rpc === "UpdateActivityExecutionOptions" ? BEATS : {};
      await operate(rpc, extra, "closed");
    }
  }),
];

/** Starts activities; the operations are on the one with the ID `a1`. */
async function start(
  s: Scenario,
  activities: readonly PlainObject[],
): Promise<ActivityRun & { readonly operate: Operate }> {
  const started = await startActivities(s, activities);
  const operate: Operate = async (rpc, request, label) => {
    const options = label === undefined ? {} : { label };
    await s.attempt(rpc, { ...started.run, activityId: "a1", ...request }, options);
  };
  return { ...started, operate };
}

async function change(operate: Operate, request: PlainObject, label?: string): Promise<void> {
  await operate("UpdateActivityExecutionOptions", request, label);
}

const REFUSED: Readonly<Record<string, PlainObject>> = {
  "no options": { updateMask: mask("heartbeatTimeout") },
  "no mask": { activityOptions: {} },
  "empty mask": { activityOptions: {}, updateMask: mask("") },
  "unknown path": { activityOptions: {}, updateMask: mask("noSuchField") },
  "whole queue": { activityOptions: {}, updateMask: mask("taskQueue") },
  "mask and restore": { ...BEATS, restoreOriginal: true },
  "no queue": { activityOptions: {}, updateMask: mask("taskQueue.name") },
  "empty queue": { activityOptions: { taskQueue: {} }, updateMask: mask("taskQueue.name") },
  "system queue": {
    activityOptions: { taskQueue: { name: "temporal-sys-per-ns-tq" } },
    updateMask: mask("taskQueue.name"),
  },
  "negative schedule-to-close": timeout("scheduleToCloseTimeout"),
  "negative schedule-to-start": timeout("scheduleToStartTimeout"),
  "negative start-to-close": timeout("startToCloseTimeout"),
  "negative heartbeat": timeout("heartbeatTimeout"),
  "negative priority": priority({ priorityKey: -1 }, "priority.priorityKey"),
  "long fairness key": priority({ fairnessKey: "x".repeat(65) }, "priority.fairnessKey"),
  "negative weight": priority({ fairnessWeight: -1 }, "priority.fairnessWeight"),
  "negative whole priority": priority({ priorityKey: -1 }, "priority"),
  "no priority for a part": { activityOptions: {}, updateMask: mask("priority.priorityKey") },
  "no retry policy for a part": {
    activityOptions: {},
    updateMask: mask("retryPolicy.maximumAttempts"),
  },
  "negative attempts": retry({ maximumAttempts: -1 }, "retryPolicy.maximumAttempts"),
  "small coefficient": retry({ backoffCoefficient: 0.5 }, "retryPolicy.backoffCoefficient"),
  "negative interval": retry({ initialInterval: "-1s" }, "retryPolicy.initialInterval"),
  "negative maximum": retry({ maximumInterval: "-1s" }, "retryPolicy.maximumInterval"),
  "negative attempts of the whole": retry({ maximumAttempts: -1 }, "retryPolicy"),
};

function timeout(field: string): PlainObject {
  return { activityOptions: { [field]: "-1s" }, updateMask: mask(field) };
}

function priority(value: PlainObject, fields: string): PlainObject {
  return { activityOptions: { priority: value }, updateMask: mask(fields) };
}

function retry(retryPolicy: PlainObject, fields: string): PlainObject {
  return { activityOptions: { retryPolicy }, updateMask: mask(fields) };
}
